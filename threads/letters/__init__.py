"""Letters that are being written, or wait to be sent, as kept."""
