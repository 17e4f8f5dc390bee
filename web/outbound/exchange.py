"""One call and its answer, blocking: to one address, bounded in time and octets, redirections not followed.

Nothing of an answer is ever put into words: it holds what somebody else says.
"""

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Final

USER_AGENT: Final = "quietline"


class NotAnswered(Exception):
    """Nobody there, or what came was no answer. It may have been heard all the same."""


class Longer(NotAnswered):
    """The answer has more octets than are read."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """`seconds` for connecting and for each piece of the answer, `altogether` for all of it; `octets` of the answer."""

    seconds: float = 10.0
    altogether: float = 20.0
    octets: int = 64 * 1024


@dataclass(frozen=True, slots=True)
class Call:
    """What is asked, of a host by name. `there`: its address as it was looked at; asking DNS twice may be answered twice."""

    host: str
    port: int
    path: str = field(repr=False)
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    secure: bool = True
    there: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)


@cache  # bound: one; to read a machine's certificates takes longer than all else a start does, and few ever ask
def this_machines() -> ssl.SSLContext:
    """Whose certificates are believed where nobody says otherwise."""
    return ssl.create_default_context()


def exchange(call: Call, bounds: Bounds, context: ssl.SSLContext | None = None) -> Answer:
    """Asks once. Raises NotAnswered."""
    connection = _Connection(call, bounds.seconds, context)
    headers = {"User-Agent": USER_AGENT, **call.headers}
    try:
        with _cut_after(bounds.altogether, connection):
            connection.request(call.method, call.path, call.body, headers)
            answer = connection.getresponse()
            content = answer.read(bounds.octets + 1)
    except (OSError, http.client.HTTPException, ValueError):
        raise NotAnswered from None
    finally:
        connection.close()
    if len(content) > bounds.octets:
        raise Longer
    return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, content)


class _Connection(http.client.HTTPConnection):
    """TCP to the pinned address, TLS for the host's name."""

    def __init__(self, call: Call, seconds: float, context: ssl.SSLContext | None) -> None:
        super().__init__(call.host, call.port, timeout=seconds)
        self._there = call.there or call.host
        self._tls = (context or this_machines()) if call.secure else None
        self._held: socket.socket | None = (
            None  # the library forgets its own where the answer ends with the connection
        )
        self._cut = False
        # As the header says it: without the port where that is the usual one.
        self.default_port = http.client.HTTPS_PORT if call.secure else http.client.HTTP_PORT

    def connect(self) -> None:
        plain = socket.create_connection((self._there, self.port), self.timeout)
        self.sock = self._held = plain
        if self._tls is not None:
            try:
                self.sock = self._held = self._tls.wrap_socket(plain, server_hostname=self.host)
            except (OSError, ValueError):
                plain.close()
                raise
        if self._cut:
            raise TimeoutError

    def cut_off(self) -> None:
        """From another thread: whoever waits for a piece wakes with an error."""
        self._cut = True
        if self._held is not None:
            with contextlib.suppress(OSError):
                # Below TLS, whose own objects must not be touched by two threads.
                socket.socket.shutdown(self._held, socket.SHUT_RDWR)


@contextmanager
def _cut_after(seconds: float, connection: _Connection) -> Iterator[None]:
    """Each piece has its own limit; who sends pieces for ever is cut off by a clock beside."""
    clock = threading.Timer(seconds, connection.cut_off)
    clock.daemon = True
    clock.start()
    try:
        yield
    finally:
        clock.cancel()
