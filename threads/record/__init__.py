"""The record as kept: numbered, sealed entries, written in groups and read by number."""
