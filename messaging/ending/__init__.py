"""How a record ends: erased, and kept erased."""
