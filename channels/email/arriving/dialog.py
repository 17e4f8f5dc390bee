"""The dialog with one peer: aiosmtpd's, mended where it would lose or refuse mail, or say too much."""

import asyncio
import re
from functools import cache
from ipaddress import IPv6Address, ip_address
from typing import Any, Final, cast

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Session

from channels.email.arriving.doorkeeper import Doorkeeper
from channels.email.arriving.hooks import Envelope, Hooks
from channels.email.arriving.reception import (
    ACCIDENT,
    KEPT,
    NO_ROOM,
    TOO_BIG,
    Mail,
    Peer,
    Reception,
)
from channels.email.arriving.upload import uploaded
from channels.email.mime.parsing import Refusal
from channels.email.terms import Listening
from messaging.addresses import DOT_ATOM_ADDRESS

TOO_MANY: Final = "421 4.7.0 Too many connections, please come again later"
TIMED_OUT: Final = "421 4.4.2 You were silent for too long"
CLOSING: Final = "421 4.3.2 Closing, please come again later"
FRUITLESS: Final = "421 4.7.0 Nothing came of this, please come again later"
BREATH: Final = 16
"""Replies after which everybody else has a turn: a peer may send thousands of commands in one piece."""
GUESSES: Final = 20
"""Refused recipients in one connection; honest servers mistake an address once."""
_SIZE: Final = re.compile(r"\bSIZE=(\d{1,19})\b", re.IGNORECASE)
_ORDINARY: Final = re.compile(rf"<({DOT_ATOM_ADDRESS})>((?: [^(]*)?)")
"""A path without quotes, comments or routes, as nearly all are, and its parameters."""


class Dialog(SMTP):
    """One connection that speaks SMTP."""

    greeting: Final[str] = "ESMTP"

    def __init__(self, reception: Reception, doorkeeper: Doorkeeper, listening: Listening) -> None:
        self.line_length_limit = doorkeeper.limits.buffer
        super().__init__(
            Hooks(),
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
        self._refused = self._replies = 0
        self._until = asyncio.get_running_loop().time() + doorkeeper.limits.fruitless
        self._inside = self._seated = self._no_seat = False
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
        """Ends the connection with an answer, and without one if it is not taken."""
        if self.transport is not None and not self.transport.is_closing():
            cast(asyncio.WriteTransport, self.transport).write(f"{words}\r\n".encode())
            self.transport.close()
            asyncio.get_running_loop().call_later(self._doorkeeper.limits.farewell, self.cut)

    @property
    def task(self) -> "asyncio.Task[None]":
        """What serves this peer."""
        return cast("asyncio.Task[None]", self._handler_coroutine)

    def cut(self) -> None:
        """Ends the connection without a word."""
        if self.transport is not None:
            cast(asyncio.WriteTransport, self.transport).abort()

    async def push(self, status: Any) -> None:
        """A reply; after too many without a letter, the last."""
        self._replies += 1
        if self._replies > self._doorkeeper.limits.replies:
            self.dismiss(FRUITLESS)
            raise ConnectionResetError  # what was sent along is not looked at
        if self._replies % BREATH == 0:
            await asyncio.sleep(0)
        await super().push(status)

    def _reset_timeout(self, duration: float | None = None) -> None:
        limits, left = self._doorkeeper.limits, self._until - asyncio.get_running_loop().time()
        usual = limits.hurried if self._doorkeeper.crowded else limits.command
        super()._reset_timeout(max(0.001, min(duration or usual, left)))  # the library takes 0 for none

    def _timeout_cb(self) -> None:
        self.dismiss(TIMED_OUT)

    def _fruitful(self) -> None:
        """A letter came: as if it had only now connected."""
        self._replies = 0
        self._until = asyncio.get_running_loop().time() + self._doorkeeper.limits.fruitless

    def _create_envelope(self) -> Envelope:
        return Envelope()

    # ------------------------------------------------------------ commands

    async def smtp_MAIL(self, arg: str | None) -> None:
        """A letter's sender; one that says it is too big is spared the upload (RFC 1870)."""
        size = _SIZE.search((arg or "").rpartition(">")[2])
        if size and int(size[1]) > self._reception.terms.size_limit:
            await self.push(TOO_BIG.reply())
            return
        await super().smtp_MAIL(arg)
        cast(Envelope, self.envelope).size = int(size[1]) if size else 0

    async def admit(self, envelope: Envelope, address: str) -> str:
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
        envelope = cast(Envelope, self.envelope)
        if arg or not envelope.accepted:
            await self.push("501 5.5.4 Syntax: DATA" if arg else "503 5.5.1 There is no recipient")
            return
        self._reset_timeout(2 * self._doorkeeper.limits.wait)
        if envelope.size > self._doorkeeper.limits.held and not await self._sit_down():
            await self.push(NO_ROOM.reply())
            return
        try:
            await self._upload(envelope)
        finally:
            await self._stand_up()
        self.envelope = Envelope()
        self._reset_timeout()
        if self._doorkeeper.closing:
            self.dismiss(CLOSING)

    async def _upload(self, envelope: Envelope) -> None:
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        # The library's timer is only set again by the next command, which would cut off a slow upload.
        self._until = asyncio.get_running_loop().time() + self._doorkeeper.limits.data
        self._reset_timeout(self._doorkeeper.limits.data)
        mail = Mail(
            Peer(self._address, cast(Session, self.session).host_name or ""),
            _sender(envelope),
            tuple(envelope.accepted),
        )
        limit = self._reception.terms.size_limit
        raw = await uploaded(self._reader, limit, self._may_hold)
        self.busy = True
        try:
            replies = await self._accepted(mail, raw)
            if KEPT in replies:
                self._fruitful()
            await self.push(self.answer(replies))
        finally:
            self.busy = False

    async def _may_hold(self, octets: int) -> bool:
        """Asked while a letter grows. Waiting here, we do not read on."""
        return self._seated or octets <= self._doorkeeper.limits.held or await self._sit_down()

    async def _sit_down(self) -> bool:
        self._seated = self._seated or await self._doorkeeper.seat(self._address)
        self._no_seat = not self._seated
        return self._seated

    async def _stand_up(self) -> None:
        if self._seated:
            self._seated = False
            await self._doorkeeper.stand_up(self._address)

    async def _accepted(self, mail: Mail, raw: bytes | None) -> list[str]:
        if raw is None:
            refusal = NO_ROOM if self._no_seat else TOO_BIG
            return [refusal.reply()] * len(mail.recipients)
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


@cache  # bound: two greetings
def _commands(greeting: str) -> list[str]:
    kind = LmtpDialog if greeting == LmtpDialog.greeting else Dialog
    return [name for name in dir(kind) if name.startswith(("smtp_", "auth_"))]


def _sender(envelope: Envelope) -> str:
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
