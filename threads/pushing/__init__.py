"""The answers to what is asked of devices that are told by push."""
