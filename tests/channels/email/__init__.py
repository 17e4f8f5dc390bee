"""Email: tests of reading, judging, folding and writing letters."""
