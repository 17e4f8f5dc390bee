"""Practices, their people and their conversations, as kept."""
