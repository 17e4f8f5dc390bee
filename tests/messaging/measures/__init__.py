"""Notes: how long they are kept, and what may be searched."""
