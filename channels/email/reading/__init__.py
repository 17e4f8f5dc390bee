"""The reader: what a letter that was taken is, whose it is, and what becomes of it."""
