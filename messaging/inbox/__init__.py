"""The inbox: who waits, and since when."""
