"""A backup as a stream: sealed, framed, looked through."""
