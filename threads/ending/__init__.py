"""How a record ends: what is deleted, and the ledger outside the database."""
