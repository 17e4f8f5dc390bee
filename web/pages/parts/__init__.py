"""What pages of every reader are made of: who asks, and the acts' values as templates want them."""
