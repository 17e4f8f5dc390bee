"""The practice's documents and who agreed to them, as kept."""
