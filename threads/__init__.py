"""Threads remembers: what was said, in which order, by whom? The only floor that speaks SQL."""
