"""One connection to PostgreSQL: the driver's, with a socket that notices when the other end is gone without a word."""

import asyncio
import socket
from typing import Any, Final

import asyncpg

IDLE: Final = 30
"""Seconds without traffic before the system asks the other end whether it is there ..."""
INTERVAL: Final = 10
PROBES: Final = 3
"""... and how often, and how many times, before the connection is dead: one that dies is noticed within a minute."""
UNACKNOWLEDGED_MS: Final = 30_000
"""Milliseconds that what was sent may stay unacknowledged by the other end's system (RFC 5482)."""

OPTIONS: Final = (
    ("SOL_SOCKET", "SO_KEEPALIVE", 1),
    ("IPPROTO_TCP", "TCP_KEEPIDLE", IDLE),
    ("IPPROTO_TCP", "TCP_KEEPINTVL", INTERVAL),
    ("IPPROTO_TCP", "TCP_KEEPCNT", PROBES),
    ("IPPROTO_TCP", "TCP_USER_TIMEOUT", UNACKNOWLEDGED_MS),
)
"""By name: not every system has them all."""


class Link(asyncpg.Connection):  # type: ignore[misc]  # asyncpg has no types
    """Kept alive by the system. The driver has no such option; a Unix socket needs none."""

    def __init__(self, protocol: Any, transport: asyncio.BaseTransport, *rest: Any) -> None:
        super().__init__(protocol, transport, *rest)
        opened = transport.get_extra_info("socket")
        if opened is not None and opened.family in (socket.AF_INET, socket.AF_INET6):
            keep_alive(opened)


def keep_alive(opened: socket.socket) -> None:
    """Sets the options this system has."""
    for level, name, value in OPTIONS:
        if hasattr(socket, name):
            opened.setsockopt(getattr(socket, level), getattr(socket, name), value)
