"""Rows out of a real database, and in again."""
