"""A client's key, looked up at their provider when they ask for it: Web Key Directory (draft-koch-openpgp-webkey-service).

The only page this server ever fetches. The host is that of the address the practice has on file, nothing a visitor types.
By https alone, from public addresses alone, without following redirections, within limits of size and time.
"""

import asyncio
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from channels.email.sealing.directory import NoHost, NotFetched, places
from web.outbound.exchange import Bounds, Call, NotAnswered, exchange
from web.outbound.places import HTTPS, is_public, resolve

BOUNDS: Final = Bounds(seconds=5.0, altogether=15.0, octets=256 * 1024)
"""Octets: a key with hundreds of other people's signatures."""


@dataclass(frozen=True, slots=True)
class KeyDirectory:
    """Looks keys up. What it reaches the world with is given, so that tests have a world of their own."""

    resolve: Callable[[str, int], Sequence[str]] = resolve
    allowed: Callable[[str], bool] = is_public
    context: ssl.SSLContext | None = None
    """Whose certificates are believed; nothing: those this machine believes."""
    port: int = HTTPS

    async def find(self, address: str) -> bytes:
        """What the provider gives out for the address. Raises NotFetched."""
        try:
            async with asyncio.timeout(BOUNDS.altogether):
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
            there = next((one for one in self.resolve(host, self.port) if self.allowed(one)), None)
        except OSError:
            raise NoHost from None
        if there is None:
            raise NotFetched
        try:
            answer = exchange(
                Call(host, self.port, path, headers={"Host": host}, there=there), BOUNDS, self.context
            )
        except NotAnswered:
            raise NotFetched from None
        if answer.status != 200 or not answer.content:
            raise NotFetched
        return answer.content
