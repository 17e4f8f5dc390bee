"""Where a call may go: hosts by a list, and never to an address that only this machine's own networks reach."""

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from messaging.addresses import valid_domain

LONGEST: Final = 2048
"""Characters of an address that is called."""
_PLAIN: Final = re.compile(r"[\x21-\x7e]+")
HTTPS: Final = 443
LOCALHOST: Final = "localhost"
_TRANSLATED: Final = ipaddress.ip_network("64:ff9b::/96")

Resolve = Callable[[str, int], Sequence[str]]


class NotAllowed(Exception):
    """An address that is not called. Its text is one line, and names at most the host."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address, taken apart. `host` is in lower case."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def here(self) -> bool:
        """Whether the host is this machine itself, by name or by number."""
        return is_loopback(self.host)


@dataclass(frozen=True, slots=True)
class Hosts:
    """The hosts of a list: `name`, `name:port`, or `*.name` for all below a name."""

    named: frozenset[str] = frozenset()

    def allow(self, target: Target) -> bool:
        """Whether it is on the list. A name without a port stands for 443; this machine itself for any port."""
        if f"{bracketed(target.host)}:{target.port}" in self.named:
            return True
        if target.port != HTTPS and not target.here:
            return False
        below = (f"*.{rest}" for rest in _endings(target.host))
        return bracketed(target.host) in self.named or any(one in self.named for one in below)


def _endings(host: str) -> list[str]:
    """By whole labels: `evil-example.com` is not below `example.com`."""
    labels = host.split(".")
    return [".".join(labels[at:]) for at in range(1, len(labels))]


def read_hosts(raw: str) -> Hosts:
    """Comma-separated. Raises ValueError."""
    named = frozenset(one.strip().lower() for one in raw.split(",") if one.strip())
    for one in named:
        host, port = _name_and_port(one)
        if not _is_host(host.removeprefix("*.")) or not 1 <= port <= 65_535:
            raise ValueError("write hosts like api.clinic.example,*.push.example,127.0.0.1:9000")
    return Hosts(named)


def _name_and_port(one: str) -> tuple[str, int]:
    if one.startswith("["):
        host, _, rest = one[1:].partition("]")
        return host, int(rest[1:] or "0") if rest else HTTPS
    host, colon, port = one.partition(":")
    return host, int(port) if colon and port.isascii() and port.isdigit() else 0 if colon else HTTPS


def _is_host(host: str) -> bool:
    return host == LOCALHOST or valid_domain(host) or _number(host) is not None


def bracketed(host: str) -> str:
    """As it stands in an address: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host


def target_of(url: str) -> Target:
    """Takes an address apart. Raises NotAllowed for what is none, has a user or a fragment, or is not https.

    Plain http is for this machine itself.
    """
    if len(url) > LONGEST or not _PLAIN.fullmatch(url):
        raise NotAllowed("this is not an address")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise NotAllowed("this is not an address") from None
    if not host or not _is_host(host) or port == 0:
        raise NotAllowed("this is not an address")
    if "@" in parts.netloc or "#" in url:
        raise NotAllowed("the address has more than a host and a path")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        raise NotAllowed("the address does not begin with https://")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port or (HTTPS if parts.scheme == "https" else 80), path)


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host. Raises OSError."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(address: str) -> bool:
    """Whether anybody on the internet may ask there. Otherwise a name could lead us to our own machines."""
    there = ipaddress.ip_address(address)
    meant = _inner(there) if isinstance(there, ipaddress.IPv6Address) else None
    judged = meant or there
    return judged.is_global and not judged.is_multicast


def _inner(there: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The address of version 4 that one of version 6 stands for: mapped, 6to4, or by a translator (RFC 6052)."""
    if there in _TRANSLATED:
        return ipaddress.IPv4Address(int(there) & 0xFFFFFFFF)
    return there.ipv4_mapped or there.sixtofour


def is_loopback(host: str) -> bool:
    """This machine itself, by name or by number."""
    there = _number(host)
    return host == LOCALHOST or (there is not None and there.is_loopback)


def may_be_called(target: Target, address: str) -> bool:
    """A public address; for a target that is this machine itself, its own."""
    return is_loopback(address) if target.here else is_public(address)


def _number(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
