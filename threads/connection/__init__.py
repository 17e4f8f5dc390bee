"""One connection to PostgreSQL: how long it may take, when it is dead, and what its faults mean."""
