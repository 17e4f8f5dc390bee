"""One person's work never holds up another's: turns, paces, places."""
