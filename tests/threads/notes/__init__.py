"""Notes as kept: whose they are is the database's own rule."""
