"""Whose network an address is of: the unit in which strangers are counted.

A whole IPv4 address, or the /64 of an IPv6 one: the smallest that one subscriber is given (RFC 6177), who can take
2^64 addresses in it.
"""

import re
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Final

_WITH_PORT: Final = re.compile(r"\[([^]]*)\](?::\d+)?|([0-9.]+):\d+")
"""`[v6]`, `[v6]:port` or `v4:port`, as some proxies write it."""


def network_of(address: str) -> str | None:
    """The network as text; None for what is no address."""
    with_port = _WITH_PORT.fullmatch(address)
    bare = next(one for one in with_port.groups() if one is not None) if with_port else address
    try:
        found = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or IPv6Network((found, 64), strict=False))
