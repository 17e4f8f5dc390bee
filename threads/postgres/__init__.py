"""Our own PostgreSQL, for everybody who has none."""
