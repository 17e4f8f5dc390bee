"""The dialog with one peer: aiosmtpd's, mended where it would lose or refuse mail, or say too much."""

import asyncio
import re
from collections import Counter
from functools import cache
from ipaddress import IPv6Address, ip_address
from typing import Any, Final, cast

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Session
from aiosmtpd.smtp import Envelope as Wanted

from channels.email.arriving.reception import ACCIDENT, KEPT, TOO_BIG, Mail, Peer, Reception, Recipient
from channels.email.arriving.upload import uploaded
from channels.email.mime.parsing import Refusal
from channels.email.terms import DialogLimits, Listening
from messaging.addresses import DOT_ATOM_ADDRESS

TOO_MANY: Final = "421 4.7.0 Too many connections, please come again later"
TIMED_OUT: Final = "421 4.4.2 You were silent for too long"
CLOSING: Final = "421 4.3.2 Closing, please come again later"
GUESSES: Final = 20
"""Refused recipients in one connection; honest servers mistake an address once."""
_SIZE: Final = re.compile(r"\bSIZE=(\d{1,19})\b", re.IGNORECASE)
_ORDINARY: Final = re.compile(rf"<({DOT_ATOM_ADDRESS})>((?: [^(]*)?)")
"""A path without quotes, comments or routes, as nearly all are, and its parameters."""


class Doorkeeper:
    """Knows who is in, over all listeners of a process."""

    def __init__(self, limits: DialogLimits) -> None:
        self.limits = limits
        self.closing = False
        self.inside: set[Dialog] = set()
        self.empty = asyncio.Event()
        self.empty.set()
        self._each: Counter[str] = Counter()

    def enter(self, dialog: "Dialog", address: str | None) -> bool:
        """Lets a connection in, unless there are too many."""
        crowded = address is not None and self._each[address] >= self.limits.connections_each
        if self.closing or crowded or len(self.inside) >= self.limits.connections:
            return False
        self.inside.add(dialog)
        self.empty.clear()
        self._each[address or ""] += 1
        return True

    def leave(self, dialog: "Dialog", address: str | None) -> None:
        """It has ended."""
        self.inside.discard(dialog)
        self._each[address or ""] -= 1
        self._each += Counter()  # drops those at zero
        if not self.inside:
            self.empty.set()


class _Envelope(Wanted):
    """One letter of the dialog, with the recipients that were accepted."""

    def __init__(self) -> None:
        super().__init__()
        self.accepted: list[Recipient] = []


class _Hooks:
    """What aiosmtpd asks its handler."""

    def __dir__(self) -> list[str]:
        """See `Dialog.__dir__`."""
        return _questions()

    async def handle_EHLO(
        self, _server: "Dialog", session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        """The greeting, without offers we do not keep (signing in, help)."""
        session.host_name = hostname
        kept = [line for line in responses[:-1] if not line.startswith("250-AUTH")]
        return [*kept, "250 PIPELINING"]

    async def handle_RCPT(
        self, server: "Dialog", _session: Any, envelope: _Envelope, address: str, _options: list[str]
    ) -> str:
        """Reception decides."""
        return await server.admit(envelope, address)

    async def handle_exception(self, _fault: Exception) -> str:
        """The library would answer 500, a bounce, and quote the fault."""
        return ACCIDENT


class Dialog(SMTP):
    """One connection that speaks SMTP."""

    greeting: Final[str] = "ESMTP"

    def __init__(self, reception: Reception, doorkeeper: Doorkeeper, listening: Listening) -> None:
        self.line_length_limit = doorkeeper.limits.line
        super().__init__(
            _Hooks(),
            data_size_limit=reception.terms.size_limit,
            hostname=reception.terms.domain,
            ident=self.greeting,
            tls_context=listening.tls,
            timeout=doorkeeper.limits.command,
            auth_exclude_mechanism=("LOGIN", "PLAIN"),
            loop=asyncio.get_running_loop(),
        )
        self._reception = reception
        self._doorkeeper = doorkeeper
        self._address: str | None = None
        self._refused = 0
        self._inside = False
        self.busy = False
        """A letter is being committed."""

    def __dir__(self) -> list[str]:
        """The commands: the library looks through all names of each new dialog for them, twice, which is half its cost."""
        return _commands(self.greeting)

    # ------------------------------------------------------------ the connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A peer, or the same peer over TLS."""
        if self._original_transport is None:
            self._address = _address(transport.get_extra_info("peername"))
            self._inside = self._doorkeeper.enter(self, self._address)
            if not self._inside:
                cast(asyncio.WriteTransport, transport).write(f"{TOO_MANY}\r\n".encode())
                transport.close()
                return
        super().connection_made(transport)
        self.task.add_done_callback(_ended)

    def connection_lost(self, error: Exception | None) -> None:
        """It has ended."""
        if self._inside:
            self._inside = False
            self._doorkeeper.leave(self, self._address)
            super().connection_lost(error)

    def eof_received(self) -> bool | None:
        """The peer says no more."""
        return bool(super().eof_received()) if self._inside else False

    def dismiss(self, words: str) -> None:
        """Ends the connection with an answer."""
        if self.transport is not None and not self.transport.is_closing():
            cast(asyncio.WriteTransport, self.transport).write(f"{words}\r\n".encode())
            self.transport.close()

    @property
    def task(self) -> "asyncio.Task[None]":
        """What serves this peer."""
        return cast("asyncio.Task[None]", self._handler_coroutine)

    def cut(self) -> None:
        """Ends the connection without a word."""
        if self.transport is not None:
            cast(asyncio.WriteTransport, self.transport).abort()

    def _timeout_cb(self) -> None:
        self.dismiss(TIMED_OUT)

    def _create_envelope(self) -> _Envelope:
        return _Envelope()

    # ------------------------------------------------------------ commands

    async def smtp_MAIL(self, arg: str | None) -> None:
        """A letter's sender; one that says it is too big is spared the upload (RFC 1870)."""
        size = _SIZE.search((arg or "").rpartition(">")[2])
        if size and int(size[1]) > self._reception.terms.size_limit:
            await self.push(TOO_BIG.reply())
            return
        await super().smtp_MAIL(arg)

    async def admit(self, envelope: _Envelope, address: str) -> str:
        """A recipient: the reply."""
        if len(envelope.accepted) >= self._doorkeeper.limits.recipients:
            return "452 4.5.3 Too many recipients"
        found = await self._reception.recipient(address, _sender(envelope))
        if isinstance(found, Refusal):
            self._refused += 1
            if self._refused >= GUESSES:
                asyncio.get_running_loop().call_soon(self.dismiss, "421 4.7.0 Too many wrong addresses")
            return found.reply()
        envelope.accepted.append(found)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def smtp_DATA(self, arg: str | None) -> None:
        """The letter itself."""
        if await self.check_helo_needed():
            return
        envelope = cast(_Envelope, self.envelope)
        if arg or not envelope.accepted:
            await self.push("501 5.5.4 Syntax: DATA" if arg else "503 5.5.1 There is no recipient")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        # The library's timer is only set again by the next command, which would cut off a slow upload.
        self._reset_timeout(self._doorkeeper.limits.data)
        mail = Mail(
            Peer(self._address, cast(Session, self.session).host_name or ""),
            _sender(envelope),
            tuple(envelope.accepted),
        )
        raw = await uploaded(self._reader, self._reception.terms.size_limit)
        self.busy = True
        try:
            await self.push(self.answer(await self._accepted(mail, raw)))
        finally:
            self.busy = False
        self.envelope = _Envelope()
        self._reset_timeout()
        if self._doorkeeper.closing:
            self.dismiss(CLOSING)

    async def _accepted(self, mail: Mail, raw: bytes | None) -> list[str]:
        if raw is None:
            return [TOO_BIG.reply()] * len(mail.recipients)
        try:
            return await self._reception.accept(mail, raw)
        except Exception:  # an accident is a reply as well, for each recipient
            return [ACCIDENT] * len(mail.recipients)

    def answer(self, replies: list[str]) -> str:
        """One for the whole letter: kept for all, or what went wrong."""
        return next((reply for reply in replies if reply != KEPT), KEPT)

    async def smtp_VRFY(self, _arg: str | None) -> None:
        """Who has an address here is nobody's business."""
        await self.push("502 5.5.1 Not implemented")

    async def smtp_HELP(self, _arg: str | None) -> None:
        """There is none."""
        await self.push("502 5.5.1 Not implemented")

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        ordinary = _ORDINARY.fullmatch(
            arg
        )  # the library's parser, made for headers, takes a twentieth of a letter's time
        if ordinary is not None:
            return ordinary[1], ordinary[2]
        try:
            address, rest = super()._getaddr(arg)
        except Exception:  # the library's parser raises many things on an odd address; each means: malformed
            return None, None
        return address, rest


class LmtpDialog(Dialog, LMTP):
    """One connection that speaks LMTP: one answer for each recipient, in every case (RFC 2033 section 4.2)."""

    greeting: Final[str] = "LMTP"  # type: ignore[misc]

    def answer(self, replies: list[str]) -> str:
        """All of them, in the order of the recipients."""
        return "\r\n".join(replies)


@cache
def _questions() -> list[str]:
    return [name for name in dir(_Hooks) if name.startswith("handle_")]


@cache
def _commands(greeting: str) -> list[str]:
    kind = LmtpDialog if greeting == LmtpDialog.greeting else Dialog
    return [name for name in dir(kind) if name.startswith(("smtp_", "auth_"))]


def _sender(envelope: _Envelope) -> str:
    sender = str(envelope.mail_from or "")
    return "" if sender == "<>" else sender


def _address(peername: object) -> str | None:
    if not isinstance(peername, tuple):
        return None
    address = ip_address(peername[0].partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


def _ended(task: "asyncio.Task[None]") -> None:
    """A connection that breaks off is no event; its exception is taken so that nothing is logged of it."""
    if not task.cancelled():
        task.exception()
