"""A backup of the whole installation: rows out, rows in, and looked through without a database."""
