"""Pages for anyone, and what is said in trouble."""
