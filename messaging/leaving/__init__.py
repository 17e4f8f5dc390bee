"""Mail that is owed: what is told, when, locked with whose key, and what became of it."""
