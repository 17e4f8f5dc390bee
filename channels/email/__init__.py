"""Email therapy: letters in by SMTP and LMTP, out through a relay, nothing lost, no wrong recipient."""
