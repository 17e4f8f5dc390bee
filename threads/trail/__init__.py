"""The audit trail: append-only, chained, anchored outside the database."""
