"""Processes that read letters: within limits, behind walls (`box/`), killed when one takes too much."""
