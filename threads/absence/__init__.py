"""Who is away and who stands in for them, as kept (`messaging.absence`)."""
