"""Live chat: frames, the protocol as values, one connection, and the hub that fans out."""
