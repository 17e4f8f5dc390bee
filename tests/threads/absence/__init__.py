"""Who is away, as kept."""
