"""Letters coming in: the dialog at the door, and what is kept before 250 is said."""
