"""The tests of what a practice may count."""
