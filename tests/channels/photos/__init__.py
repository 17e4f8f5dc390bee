"""Photos: tests of what is taken out of them, and of what stays."""
