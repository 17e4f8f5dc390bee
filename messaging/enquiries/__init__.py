"""Enquiries: how somebody who is not in care asks, and what becomes of it."""
