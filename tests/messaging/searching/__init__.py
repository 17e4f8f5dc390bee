"""Searching: what is found, by whom, and what is told of it."""
