"""A client's key, looked up at their provider when they ask for it: Web Key Directory (draft-koch-openpgp-webkey-service).

The only page this server ever fetches. The host is that of the address the practice has on file, nothing a visitor types.
By https alone, from public addresses alone, without following redirections, within limits of size and time.
"""

import asyncio
import http.client
import ipaddress
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from channels.email.sealing.directory import NoHost, NotFetched, places

SECONDS: Final = 5.0
"""For connecting, and for each piece of the answer."""
ALTOGETHER: Final = 15.0
LIMIT: Final = 256 * 1024
"""Octets of an answer; a key with hundreds of other people's signatures."""


@cache  # bound: one; to read a machine's certificates takes longer than all else a start does, and few ever ask
def _this_machines() -> ssl.SSLContext:
    return ssl.create_default_context()


def resolve(host: str) -> list[str]:
    """The addresses of a host. Raises OSError."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)]


def is_public(address: str) -> bool:
    """Whether anybody on the internet may ask there. Otherwise a name could lead us to our own machines."""
    there = ipaddress.ip_address(address)
    mapped = there.ipv4_mapped if isinstance(there, ipaddress.IPv6Address) else None
    return (mapped or there).is_global and not there.is_multicast


@dataclass(frozen=True, slots=True)
class KeyDirectory:
    """Looks keys up. What it reaches the world with is given, so that tests have a world of their own."""

    resolve: Callable[[str], Sequence[str]] = resolve
    allowed: Callable[[str], bool] = is_public
    context: ssl.SSLContext | None = None
    """Whose certificates are believed; nothing: those this machine believes."""
    port: int = 443

    async def find(self, address: str) -> bytes:
        """What the provider gives out for the address. Raises NotFetched."""
        try:
            async with asyncio.timeout(ALTOGETHER):
                return await asyncio.to_thread(self._find, address)
        except TimeoutError:
            raise NotFetched from None

    def _find(self, address: str) -> bytes:
        advanced, direct = places(address)
        try:
            return self._fetch(*advanced)
        except NoHost:  # only then: a provider that has the name answers by it, also with no
            return self._fetch(*direct)

    def _fetch(self, host: str, path: str) -> bytes:
        try:
            there = next((one for one in self.resolve(host) if self.allowed(one)), None)
        except OSError:
            raise NoHost from None
        if there is None:
            raise NotFetched
        connection = _Pinned(there, host, self.port, self.context or _this_machines())
        try:
            connection.request("GET", path, headers={"Host": host, "User-Agent": "quietline"})
            answer = connection.getresponse()
            content = answer.read(LIMIT + 1)
        except (OSError, http.client.HTTPException):
            raise NotFetched from None
        finally:
            connection.close()
        if answer.status != 200 or not content or len(content) > LIMIT:
            raise NotFetched
        return content


class _Pinned(http.client.HTTPSConnection):
    """To the address that was looked at, in the name that was asked for: asking DNS twice may be answered twice."""

    def __init__(self, there: str, host: str, port: int, context: ssl.SSLContext) -> None:
        super().__init__(host, port, timeout=SECONDS, context=context)
        self._there, self._tls = there, context

    def connect(self) -> None:
        """TCP to the pinned address, TLS for the host's name."""
        plain = socket.create_connection((self._there, self.port), SECONDS)
        try:
            self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)
        except (OSError, ValueError):
            plain.close()
            raise
