"""On which terms mail is carried: what the operator decides, as frozen values."""

import ssl
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Final

from channels.email.access import Access
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
    sender: str | None = field(default=None, repr=False)
    """The one address that all our mail is from, where a provider gave us an account: letters and reports come to it."""
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
class MailOut:
    """Letters by mail, going out. `domain` is the server's own; practices may have theirs. `base_url`: where links lead."""

    domain: str
    reply_address: str
    base_url: str
    sender: str | None = field(default=None, repr=False)
    """The one address all of it is from, in envelope and From: providers refuse an account any other."""


KIBIBYTE: Final = 1024


@dataclass(frozen=True, slots=True)
class DialogLimits:
    """What peers may take of a listener. Times in seconds, sizes in octets. Our own border server is one peer that brings
    everybody's mail: what is said of one address is not said of it.
    """

    recipients: int = 10
    connections_each: int = 20
    """From one address; a load test from one machine needs more."""
    connections: int = 200
    crowd: int = 150
    """With so many inside the silent are sent away sooner (`hurried`), so that others find a place."""
    hurried: float = 10.0
    buffer: int = 64 * KIBIBYTE
    """Read ahead of what was asked for, twice as much at most; no command is longer."""
    command: float = 60.0
    replies: int = 100
    """Without a letter: enough for ten recipients refused one by one, and no way to be busy with us for hours."""
    fruitless: float = 600.0
    """Without a letter, whatever is said: border servers keep a connection for five minutes at most."""
    data: float = 600.0
    """For a whole upload: 30 MB over a slow line."""
    held: int = 256 * KIBIBYTE
    """Of a letter, before it needs a seat: nearly all letters are smaller, and 200 of them are 50 MB."""
    seats: int = 4
    """Larger letters on their way in at once: each takes up to three times its size while it is kept."""
    seats_each: int = 2
    """From one address, so that two slow ones leave room for others."""
    wait: float = 60.0
    """For a seat; RFC 5321 4.5.3.2.5 grants two minutes."""
    goodbye: float = 10.0
    """At a stop: for letters whose commit is under way."""
    farewell: float = 5.0
    """For a peer to take our last answer before the line is cut: one that reads nothing would hold it for ever."""


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
    """Empty: it is signed in to by `access`."""
    folder: str = "INBOX"
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    """Instead of the system's certificate authorities."""
    every: float = 30.0
    """Seconds between looks, where the server does not tell of new letters by itself."""
    access: Access | None = field(default=None, repr=False)
    """Who has tokens for it, instead of a password."""

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
    access: Access | None = field(default=None, repr=False)
    """Who has tokens for it, instead of a password."""
