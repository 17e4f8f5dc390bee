"""What aiosmtpd asks beside its dialog, and what it keeps of a letter until it is there."""

from functools import cache
from typing import Any, Protocol

from aiosmtpd.smtp import Envelope as Wanted

from channels.email.arriving.reception import ACCIDENT, Recipient


class Envelope(Wanted):
    """One letter of the dialog, with the recipients that were accepted."""

    def __init__(self) -> None:
        super().__init__()
        self.accepted: list[Recipient] = []  # bound: `limits.recipients`
        self.size = 0
        """As it was announced."""


class Admitting(Protocol):
    """The dialog, as it is asked about a recipient."""

    async def admit(self, envelope: Envelope, address: str) -> str:
        """The reply."""


class Hooks:
    """What aiosmtpd asks its handler."""

    def __dir__(self) -> list[str]:
        """See `Dialog.__dir__`."""
        return _questions()

    async def handle_EHLO(
        self, _server: object, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        """The greeting, without offers we do not keep (signing in, help)."""
        session.host_name = hostname
        kept = [line for line in responses[:-1] if not line.startswith("250-AUTH")]
        return [*kept, "250 PIPELINING"]

    async def handle_RCPT(
        self, server: Admitting, _session: Any, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Reception decides."""
        return await server.admit(envelope, address)

    async def handle_exception(self, _fault: Exception) -> str:
        """The library would answer 500, a bounce, and quote the fault."""
        return ACCIDENT


@cache
def _questions() -> list[str]:
    return [name for name in dir(Hooks) if name.startswith("handle_")]
