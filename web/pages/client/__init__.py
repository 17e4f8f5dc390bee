"""A client's places."""
