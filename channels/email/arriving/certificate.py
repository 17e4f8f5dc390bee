"""The certificate the listeners offer TLS with, read again when its files change; connections are not touched by that."""

import asyncio
import logging
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from messaging.faults import located

log = logging.getLogger(__name__)

LOOK: Final = 60.0
"""Seconds between looks at the files: a renewed certificate is served long before the old one ends."""


class BadCertificate(Exception):
    """The files do not make a certificate. Its text is one line for the operator."""


@dataclass(slots=True)
class Certificate:
    """A chain and its key. `context` stays the same object: what is read again counts for new handshakes."""

    chain: Path
    key: Path
    context: ssl.SSLContext = field(init=False, repr=False)
    _read: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Raises BadCertificate."""
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._load()

    async def watch(self, asked: asyncio.Event, every: float = LOOK) -> None:
        """Reads the files again when they changed, and whenever `asked`. What cannot be read leaves the old one."""
        while True:  # bound: until cancelled; each turn waits `every`, or to be asked
            asked.clear()
            try:
                async with asyncio.timeout(every):
                    await asked.wait()
            except TimeoutError:
                if await asyncio.to_thread(self._stamp) == self._read:
                    continue
            try:
                await asyncio.to_thread(self._load)
                log.info("certificate read again")
            except BadCertificate as fault:
                log.error("the old certificate stays", extra=located(fault))

    def _load(self) -> None:
        stamp = self._stamp()
        try:
            # First elsewhere: half a renewal (a new chain, the old key) must not spoil what is served.
            ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(self.chain, self.key)
            self.context.load_cert_chain(self.chain, self.key)
        except (OSError, ValueError) as fault:  # ssl.SSLError is an OSError
            raise BadCertificate(f"{self.chain} and {self.key} are no certificate with its key") from fault
        self._read = stamp

    def _stamp(self) -> tuple[int, ...]:
        """What changes when a file does; empty while one is missing."""
        try:
            found = [path.stat() for path in (self.chain, self.key)]
        except OSError:
            return ()
        return tuple(number for one in found for number in (one.st_mtime_ns, one.st_ino, one.st_size))
