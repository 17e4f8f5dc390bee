"""Email therapy: letters in by SMTP and LMTP, out through a relay, nothing lost, nothing to the wrong person."""
