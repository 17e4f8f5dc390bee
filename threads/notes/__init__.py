"""Notes as kept: versions of progress notes, and process notes that only their author's transactions see."""
