"""On which terms mail is carried: what the operator decides, as frozen values."""

import ssl
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Final

from messaging.trust.pace import Rate

BORDERS: Final = ("127.0.0.0/8", "::1/128")
"""Where our own border server may stand unless the operator names its network: on this machine.

Not every private network: in a shared one any neighbour could write their own Authentication-Results.
"""
MEBIBYTE: Final = 1024 * 1024
PER_ADDRESS: Final = Rate(burst=200, per_second=0.2)
"""Letters to one reply address: a person writes some a day; a loop or a flood is slowed, never lost."""


@dataclass(frozen=True, slots=True)
class MailIn:
    """Letters by mail, coming in. `domain` is the server's own; practices may have theirs.

    `authserv_id` names our border server; its Authentication-Results are believed only from peers within `borders`, or
    whoever reaches this port could write their own. `dns` None: the system's resolver.
    """

    domain: str
    reply_address: str = "reply+{token}@{domain}"
    size_limit: int = 30 * MEBIBYTE
    authserv_id: str | None = None
    borders: tuple[str, ...] = BORDERS
    arc_sealers: tuple[str, ...] = ()
    """Domains of forwarders that are believed about what they saw (ARC)."""
    dns: tuple[str, int] | None = None
    per_address: Rate = PER_ADDRESS
    readers: int = 2
    """Processes that read letters; each takes a core while it reads."""

    def is_border(self, peer: str | None) -> bool:
        """Whether a peer is our own border server. None: a Unix socket, so somebody on this machine."""
        if self.authserv_id is None:
            return False
        if peer is None:
            return True
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        return any(address in ip_network(one) for one in self.borders)


@dataclass(frozen=True, slots=True)
class DialogLimits:
    """What one peer may take of the listeners. Times in seconds."""

    recipients: int = 10
    connections_each: int = 20
    """From one address; a load test from one machine needs more."""
    connections: int = 200
    line: int = MEBIBYTE
    """Octets of one line: real HTML mail has lines far beyond the 998 of RFC 5321; the total size is the limit."""
    command: float = 60.0
    data: float = 600.0
    """For a whole upload: 30 MB over a slow line."""
    goodbye: float = 10.0
    """At a stop: for letters whose commit is under way."""


@dataclass(frozen=True, slots=True)
class Listening:
    """One listener. `path` is a Unix socket; otherwise host and port (0: any free one)."""

    protocol: str
    host: str = ""
    port: int = 0
    path: str | None = None
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    """Offers STARTTLS."""


@dataclass(frozen=True, slots=True)
class ImapAccount:
    """A mailbox elsewhere. `security`: tls (from the start), starttls (required), none; the first two verified."""

    host: str
    port: int
    security: str
    username: str = field(repr=False)
    password: str = field(repr=False)
    folder: str = "INBOX"
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    """Instead of the system's certificate authorities."""
    every: float = 30.0
    """Seconds between looks, where the server does not tell of new letters by itself."""

    @property
    def name(self) -> str:
        """What the mailbox is remembered by; another password or port is still the same mailbox."""
        return f"{self.username}@{self.host}/{self.folder}"


@dataclass(frozen=True, slots=True)
class Relay:
    """Where outgoing mail is handed over. `security`: none, tls (from the start), starttls (required); both verified."""

    host: str
    port: int
    security: str = "none"
    username: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    """Instead of the system's certificate authorities."""
    connections: int = 8
    timeout: float = 60.0
    """Seconds for each answer but the last."""
    final_timeout: float = 600.0
    """For the answer to the final dot: RFC 5321 4.5.3.2.6 grants ten minutes, and giving up sooner makes doubles."""
