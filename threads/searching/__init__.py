"""What a search asks: a person's conversations, and their sealed entries in portions (`messaging.memory.searching`)."""
