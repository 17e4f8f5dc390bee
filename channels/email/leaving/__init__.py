"""Letters going out: made once, carried to the relay, the truth about each kept."""
