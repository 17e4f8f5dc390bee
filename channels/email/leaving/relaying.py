"""One connection to the relay, and one mail over it, so that it is known how far the mail got.

A mail is in doubt only between its final dot and the answer to it; everything before is a plain failure. A connection is
used again only after a mail that was taken, or refused and forgotten by both sides: whatever else happened to a mail, what
the relay answers next could be about that one.
"""

import asyncio
import contextlib
import re
from typing import Final, NoReturn, assert_never, cast

from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPException, SMTPResponseException
from aiosmtplib.protocol import SMTPProtocol

from channels.email.access import NoToken
from channels.email.leaving.answers import About, Stage, about, status_of
from channels.email.terms import Relay
from messaging.office import FrozenMail

FAULTS: Final = (SMTPException, OSError, EOFError, TimeoutError)
_DOT: Final = re.compile(rb"^\.", re.MULTILINE)


class Refused(Exception):
    """The relay's definite answer about a letter: its SMTP code and its enhanced one (RFC 3463), "" where it gives none.

    Its words may name addresses and are left behind.
    """

    def __init__(self, code: int, words: str = "", subject: About = About.RECIPIENT) -> None:
        super().__init__(code)
        self.code = code
        self.status = status_of(words)
        self.about = subject

    @property
    def final(self) -> bool:
        """5xx; the first digit decides, whatever the words say. Of our own address it is for the operator to mend."""
        return self.code >= 500 and self.about is not About.SENDER

    @property
    def slow(self) -> bool:
        """We are asked to come more slowly: a temporary refusal by policy (X.7.X) or load (X.3.2), or a bare 450.

        What is about one mailbox (full, greylisted by its owner: X.2.X) says nothing about its neighbours, nor does a bare
        451, with which relays tell of troubles of their own.
        """
        if self.final:
            return False
        if not self.status:
            return self.code == 450
        return self.status.startswith("4.7.") or self.status == "4.3.2"


class Unreached(Exception):
    """The relay cannot be reached, or will not have us: surely not sent, and no letter's fault. `code`: its answer."""

    def __init__(self, code: int | None = None) -> None:
        super().__init__(code)
        self.code = code


class Unopened(Unreached):
    """No connection could be opened to it."""


class Broken(Unreached):
    """The session broke before the final dot, or was answered as no letter is: surely not sent."""


class Unanswered(Exception):
    """The final dot was sent and no answer came: it may have been taken."""


def calling(relay: Relay, own_name: str, timeout: float, token: str | None) -> SMTP:
    """A client that connects, encrypts and signs in to the relay as it wants it. `timeout` in seconds, of each answer."""

    async def given() -> str:
        return token or ""

    return SMTP(
        hostname=relay.host,
        port=relay.port,
        username=relay.username,
        password=relay.password,
        oauth_token_generator=given if token else None,
        local_hostname=own_name,
        timeout=timeout,
        use_tls=relay.security == "tls",
        start_tls=relay.security == "starttls",
        tls_context=relay.tls,
    )


class RelayConnection:
    """Connects when needed; after any fault the next mail finds a new connection."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._client: SMTP | None = None
        self._has_mail = False
        """The relay has, or may have, heard MAIL of a mail that is not over."""

    @property
    def stands(self) -> bool:
        """Whether it is open now."""
        return self._client is not None and self._client.is_connected

    async def address(self, mail: FrozenMail) -> None:
        """MAIL and RCPT, for exactly one recipient. Raises Refused, Unreached, Broken."""
        self.leave()
        reused = self._client is not None
        try:
            await self._address(mail)
        except Broken:
            if not reused:
                raise
            await self._address(mail)  # the relay had closed a connection that was idle, or had enough of it

    async def deliver(self, mail: FrozenMail) -> None:
        """DATA; returns when the relay has taken the mail over. Raises Refused, Unreached, Broken, Unanswered."""
        client = self._client
        if client is None:
            raise Broken
        protocol = await self._begun(client, mail)
        try:
            protocol.write(b".\r\n")
            answered = await protocol.read_response(timeout=self._relay.final_timeout)
        except BaseException as fault:  # also when cancelled: from here on only an answer ends the doubt
            self._drop()
            if isinstance(fault, FAULTS):
                raise Unanswered from None
            raise
        if 200 <= answered.code < 300:
            self._has_mail = False
        elif 400 <= answered.code < 600:
            await self._refused(Stage.DOT, answered.code, str(answered.message))
        else:  # an answer to something else
            self._drop()
            raise Unanswered

    def leave(self) -> None:
        """Of a mail that was begun and is not over the relay must hear no more here: what it says next is about that."""
        if self._has_mail:
            self._drop()

    async def close(self) -> None:
        """Says goodbye."""
        self.leave()
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(*FAULTS):
                await client.quit()
            client.close()

    async def _address(self, mail: FrozenMail) -> None:
        client = await self._connected(mail.sender.rpartition("@")[2])
        # A bounce must not carry the words around, and a delay is worth knowing (RFC 3461).
        dsn = client.supports_extension("dsn")
        # Told beforehand, what is too big is refused; else a relay may only hang up, which says nothing (RFC 1870).
        size = [f"SIZE={len(mail.raw)}"] if client.supports_extension("size") else []
        self._has_mail, stage = True, Stage.MAIL
        try:
            await client.mail(mail.sender, options=[*size, *(["RET=HDRS"] if dsn else [])])
            stage = Stage.RCPT
            await client.rcpt(mail.recipient, options=["NOTIFY=FAILURE,DELAY"] if dsn else None)
        except SMTPResponseException as answer:
            await self._refused(stage, answer.code, str(answer.message))
        except FAULTS:
            self._drop()
            raise Broken from None

    async def _refused(self, stage: Stage, code: int, words: str) -> NoReturn:
        """Raises what the answer is about."""
        subject = about(stage, code, status_of(words))
        match subject:
            case About.RELAY:
                self._drop()
                raise Unreached(code)
            case About.SESSION:
                self._drop()
                raise Broken(code)
            case About.SENDER | About.RECIPIENT | About.CONTENT:
                await self._forget()
                raise Refused(code, words, subject)
            case _:
                assert_never(subject)

    async def _forget(self) -> None:
        """Both sides forget the mail, or the connection ends."""
        if self._client is not None:
            try:
                await self._client.rset()
            except BaseException as fault:  # also when cancelled: it may not have heard it
                self._drop()
                if not isinstance(fault, FAULTS):
                    raise
            else:
                self._has_mail = False

    async def _connected(self, own_name: str) -> SMTP:
        if self._client is not None and self._client.is_connected:
            return self._client
        relay = self._relay
        try:
            token = await relay.access.soon() if relay.access else None  # first: without one nobody is called
        except NoToken:
            raise Unopened from None
        client = calling(relay, own_name, relay.timeout, token)
        try:
            await client.connect()
            await client.ehlo()
        except BaseException as fault:  # also when cancelled: nobody else would close it
            client.close()
            if relay.access and token and isinstance(fault, SMTPAuthenticationError):
                relay.access.refused(token)
            if isinstance(fault, FAULTS):
                code = getattr(fault, "code", None)
                raise Unopened(code if isinstance(code, int) else None) from None
            raise
        self._client, self._has_mail = client, False
        return client

    async def _begun(self, client: SMTP, mail: FrozenMail) -> SMTPProtocol:
        """All but the final dot, handed to the operating system: a relay that died meanwhile is noticed here."""
        try:
            begun = await client.execute_command(b"DATA")
            protocol = await self._body(client, mail) if begun.code == 354 else None
        except FAULTS:
            self._drop()
            raise Broken from None
        if protocol is None:
            await self._refused(Stage.DATA, begun.code, str(begun.message))
        return protocol

    async def _body(self, client: SMTP, mail: FrozenMail) -> SMTPProtocol:
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
        client, self._client, self._has_mail = self._client, None, False
        if client is not None:
            client.close()
