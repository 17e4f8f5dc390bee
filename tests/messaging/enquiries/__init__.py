"""Enquiries of those who are not in care: who is told, and by what."""
