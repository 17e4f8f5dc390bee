"""Channels carries: how does a message arrive, how does it leave? The only floor that speaks SMTP."""
