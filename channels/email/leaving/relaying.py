"""One connection to the relay, and one mail over it, so that it is known how far the mail got.

A mail is in doubt only between its final dot and the answer to it; everything before is a plain failure.
"""

import asyncio
import contextlib
import re
from typing import Final, cast

from aiosmtplib import SMTP, SMTPException, SMTPResponseException
from aiosmtplib.protocol import SMTPProtocol

from channels.email.terms import Relay
from messaging.office import FrozenMail

FAULTS: Final = (SMTPException, OSError, EOFError, TimeoutError)
_STATUS: Final = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?![\d.])")
_DOT: Final = re.compile(rb"^\.", re.MULTILINE)


class Refused(Exception):
    """The relay's definite answer: its SMTP code and its enhanced one (RFC 3463), "" where it gives none.

    Its words may name addresses and are left behind.
    """

    def __init__(self, code: int, words: str = "") -> None:
        super().__init__(code)
        self.code = code
        found = _STATUS.match(words)
        self.status = found[0] if found else ""

    @property
    def final(self) -> bool:
        """5xx; the first digit decides, whatever the words say."""
        return self.code >= 500

    @property
    def slow(self) -> bool:
        """We are asked to come more slowly: 421, a temporary refusal by policy (X.7.X) or load (X.3.2), or a bare 450.

        What is about one mailbox (full, greylisted by its owner: X.2.X) says nothing about its neighbours, nor does a bare
        451, with which relays tell of troubles of their own.
        """
        if self.final:
            return False
        if not self.status:
            return self.code in (421, 450)
        return self.code == 421 or self.status.startswith("4.7.") or self.status == "4.3.2"


class Unreached(Exception):
    """The relay could not be reached, or broke off before the final dot: surely not sent."""


class Unanswered(Exception):
    """The final dot was sent and no answer came: it may have been taken."""


class RelayConnection:
    """Connects when needed; after any fault the next mail finds a new connection."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._client: SMTP | None = None

    async def address(self, mail: FrozenMail) -> None:
        """MAIL and RCPT, for exactly one recipient. Raises Refused, Unreached."""
        reused = self._client is not None
        try:
            await self._address(mail)
        except Unreached:
            if not reused:
                raise
            await self._address(mail)  # the relay had closed a connection that was idle

    async def deliver(self, mail: FrozenMail) -> None:
        """DATA; returns when the relay has taken the mail over. Raises Refused, Unreached, Unanswered."""
        client = self._client
        if client is None:
            raise Unreached
        try:
            protocol = await self._body(client, mail)
        except SMTPResponseException as answer:
            await self.reset()
            raise Refused(answer.code, str(answer.message)) from None
        except FAULTS:
            self._drop()
            raise Unreached from None
        try:
            protocol.write(b".\r\n")
            answered = await protocol.read_response(timeout=self._relay.final_timeout)
        except BaseException as fault:  # also when cancelled: from here on only an answer ends the doubt
            self._drop()
            if isinstance(fault, FAULTS):
                raise Unanswered from None
            raise
        if answered.code == 421:
            self._drop()
        if answered.code >= 300:
            raise Refused(answered.code, str(answered.message))

    async def reset(self) -> None:
        """Forgets a mail that was begun."""
        if self._client is not None:
            try:
                await self._client.rset()
            except FAULTS:
                self._drop()

    async def close(self) -> None:
        """Says goodbye."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(*FAULTS):
                await client.quit()
            client.close()

    async def _address(self, mail: FrozenMail) -> None:
        client = await self._connected(mail.sender.rpartition("@")[2])
        # A bounce must not carry the words around, and a delay is worth knowing (RFC 3461).
        dsn = client.supports_extension("dsn")
        try:
            await client.mail(mail.sender, options=["RET=HDRS"] if dsn else None)
            await client.rcpt(mail.recipient, options=["NOTIFY=FAILURE,DELAY"] if dsn else None)
        except SMTPResponseException as answer:
            await self.reset()
            if answer.code in (421, 530, 535, 538):  # about us and the relay, not about this mail
                self._drop()
                raise Unreached from None
            raise Refused(answer.code, str(answer.message)) from None
        except FAULTS:
            self._drop()
            raise Unreached from None

    async def _connected(self, own_name: str) -> SMTP:
        if self._client is not None and self._client.is_connected:
            return self._client
        relay = self._relay
        client = SMTP(
            hostname=relay.host,
            port=relay.port,
            username=relay.username,
            password=relay.password,
            local_hostname=own_name,
            timeout=relay.timeout,
            use_tls=relay.security == "tls",
            start_tls=relay.security == "starttls",
            tls_context=relay.tls,
        )
        try:
            await client.connect()
            await client.ehlo()
        except FAULTS:
            client.close()
            raise Unreached from None
        self._client = client
        return client

    async def _body(self, client: SMTP, mail: FrozenMail) -> SMTPProtocol:
        """All but the final dot, handed to the operating system: a relay that died meanwhile is noticed here."""
        begun = await client.execute_command(b"DATA")
        if begun.code != 354:
            raise SMTPResponseException(begun.code, "")
        protocol = client.protocol
        if protocol is None or protocol.transport is None:
            raise EOFError
        raw = mail.raw if mail.raw.endswith(b"\r\n") else mail.raw + b"\r\n"
        # Typed as what every loop gives; uvloop's transports do not inherit from asyncio's class.
        cast("asyncio.WriteTransport", protocol.transport).set_write_buffer_limits(0)
        protocol.write(_DOT.sub(b"..", raw))
        async with asyncio.timeout(self._relay.timeout):
            await protocol._drain_helper()
        await asyncio.sleep(0)  # lets the loop hear of a connection that has ended
        if not protocol.is_connected:
            raise EOFError
        return protocol

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()
