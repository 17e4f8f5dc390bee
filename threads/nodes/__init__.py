"""Several processes over one database: who rings for entries, and who else is there."""
