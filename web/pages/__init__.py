"""Pages: one module per place a person can stand."""
