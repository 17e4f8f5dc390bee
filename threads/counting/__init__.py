"""What is counted over a whole practice."""
