"""Documents, agreements, and what waits for them."""
