"""The practice's own forms, as kept."""
