"""Measures: questionnaires with published wording and scoring, as data packs, and what answers to them amount to.

measure   one instrument as its pack says it
packs     a pack read and checked; what is wrong with one is said in a line
scoring   answers checked, and scored exactly as published

Intended purpose: documentation, and a beginning for a conversation. Nothing here diagnoses or triages (docs/care.md).
"""
