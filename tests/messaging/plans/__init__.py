"""The plan for hard hours."""
