"""Releases as kept, and the slices of records that they lead to."""
