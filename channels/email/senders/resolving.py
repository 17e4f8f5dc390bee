"""Questions to DNS: one small interface for all checks, with bounds on time, number and trouble."""

import time
from dataclasses import dataclass, field
from typing import Protocol

import dns.exception
import dns.name
import dns.resolver

LOOKUP_SECONDS = 3.0
CHECK_SECONDS = 15.0  # for all questions about one letter; whoever runs a slow name server gains nothing
LOOKUP_LIMIT = 60  # SPF alone may ask for ten mechanisms and ten hosts in some of them
TROUBLE_LIMIT = 2


class DnsTrouble(Exception):
    """No answer for now: a time-out or a failing server. Not the same as "there is no such record"."""


class Lookup(Protocol):
    """Something that answers DNS questions: the real resolver, or a table in a test."""

    def look_up(self, name: str, kind: str) -> tuple[str, ...]:
        """Return the records of one kind (A, AAAA, MX, PTR, TXT) as text, empty when there are none.

        TXT strings are joined and decoded as latin-1; MX is `preference host`. Raises DnsTrouble.
        """
        ...


class Resolver:
    """DNS by dnspython, asking the given server, or the system's when none is given."""

    def __init__(self, host: str | None = None, port: int = 53, seconds: float = LOOKUP_SECONDS) -> None:
        self._host = host
        self._port = port
        self._seconds = seconds
        self._resolver: dns.resolver.Resolver | None = None

    def look_up(self, name: str, kind: str) -> tuple[str, ...]:
        """Ask one question."""
        try:
            question = dns.name.from_text(name)
        except (dns.exception.DNSException, UnicodeError):
            return ()  # not a name that can be in DNS
        try:
            answer = self._ready().resolve(
                question, kind, raise_on_no_answer=False, lifetime=self._seconds, search=False
            )
        except dns.resolver.NXDOMAIN:
            return ()
        except (dns.exception.DNSException, OSError):
            raise DnsTrouble from None
        return tuple(_as_text(record, kind) for record in answer.rrset or ())

    def _ready(self) -> dns.resolver.Resolver:
        # Made at the first question: a machine without resolv.conf must still start.
        if self._resolver is None:
            self._resolver = dns.resolver.Resolver(configure=self._host is None)
            if self._host is not None:
                self._resolver.nameservers = [self._host]
                self._resolver.port = self._port
        return self._resolver


@dataclass(slots=True)
class Bounded:
    """The questions about one letter: bounded in number and time, and remembered."""

    resolver: Lookup
    seconds: float = CHECK_SECONDS
    lookups: int = LOOKUP_LIMIT
    troubles: int = 0
    _began: float = field(default_factory=time.monotonic)
    _known: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)  # bound: LOOKUP_LIMIT

    def look_up(self, name: str, kind: str) -> tuple[str, ...]:
        """Ask, unless it was asked before, or too much was asked already."""
        key = (name.lower().rstrip("."), kind)
        if key not in self._known:
            self.lookups -= 1
            late = time.monotonic() - self._began > self.seconds
            if late or self.lookups < 0 or self.troubles >= TROUBLE_LIMIT:
                raise DnsTrouble
            try:
                self._known[key] = self.resolver.look_up(*key)
            except DnsTrouble:
                self.troubles += 1
                raise
        return self._known[key]


def _as_text(record: object, kind: str) -> str:
    if kind == "TXT":
        return b"".join(getattr(record, "strings", ())).decode("latin-1")
    return str(record).removesuffix(".")
