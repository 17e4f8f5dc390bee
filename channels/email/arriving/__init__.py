"""Letters coming in: the dialog at the door, and the reader behind it."""
