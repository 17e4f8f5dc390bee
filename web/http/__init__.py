"""HTTP and WebSockets: how a request comes in, whose it is, and how a refusal goes out."""
