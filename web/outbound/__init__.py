"""What this server asks of others by HTTP: every call goes out here, within limits of time and octets, without redirections.

places     which hosts may be called, and at which of their addresses
exchange   one call, blocking
carrier    calls to the hosts of a list, off the loop: push services, webhooks
"""
