"""The catalogues: whether all is said, and whether the languages agree on what is put in."""
