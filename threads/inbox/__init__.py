"""What an inbox lists, read for one person or for several."""
