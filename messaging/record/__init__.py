"""The record: one door for every message, and reading what was admitted."""
