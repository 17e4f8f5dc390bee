"""Of the room of the same name."""
