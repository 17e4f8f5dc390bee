"""Sign-ins as kept."""
