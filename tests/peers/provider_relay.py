"""The SMTP relay of a provider: signs in by XOAUTH2 alone, and takes mail of an account from its own address only."""

import asyncio
import json
from base64 import b64decode
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from tests.peers.token_server import ACCOUNT, Book


class ProviderRelay:
    """Listens on this machine. `at`: where it refuses a foreign sender, `mail` or `rcpt` (as Postfix does)."""

    def __init__(self, book: Book, at: str = "mail") -> None:
        self.book, self.at, self.port = book, at, 0
        self.taken: list[tuple[str, list[str], bytes]] = []
        self.signed_in = 0
        self.refused = 0
        self._servers: list[SMTP] = []

    async def start(self) -> "ProviderRelay":
        """Listens."""
        loop = asyncio.get_running_loop()

        def serve() -> SMTP:
            made = SMTP(
                self,
                hostname="relay",
                loop=loop,
                auth_require_tls=False,
                auth_exclude_mechanism=["PLAIN", "LOGIN"],
            )
            self._servers.append(made)
            return made

        self._server = await loop.create_server(serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        """Ends, and hangs up."""
        self._server.close()
        self.hang_up()

    def hang_up(self) -> None:
        """On everybody who is connected."""
        for one in self._servers:
            if one.transport is not None:
                one.transport.close()
        self._servers.clear()

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:
        """Takes tokens that hold; others are told why by a challenge, which is to be answered with nothing."""
        user, _, rest = b64decode(args[1]).decode().partition("\x01")
        token = rest.removeprefix("auth=Bearer ").removesuffix("\x01\x01")
        if user == f"user={ACCOUNT}" and token in self.book.tokens:
            self.signed_in += 1
            return AuthResult(success=True, auth_data=ACCOUNT)
        self.refused += 1
        why = json.dumps({"status": "401", "schemes": "bearer"}).encode()
        said = await server.challenge_auth(why)
        assert said == b"", "a token that was refused is not said again"
        return AuthResult(success=False, handled=False)

    async def handle_MAIL(
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """At the first word of it, or with the recipient."""
        if not session.authenticated:
            return "530 5.7.57 Client not authenticated to send mail"
        if self.at == "mail" and address != ACCOUNT:
            return "553 5.7.1 Sender address rejected: not owned by the account"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 Ok"

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Postfix says it only here."""
        if envelope.mail_from != ACCOUNT:
            return "553 5.7.1 Sender address rejected: not owned by the account"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """From is looked at as well."""
        content: Any = envelope.content
        if f"<{ACCOUNT}>".encode() not in content.partition(b"\r\nTo:")[0]:
            return "554 5.2.252 SendAsDenied"
        self.taken.append((str(envelope.mail_from), list(envelope.rcpt_tos), bytes(content)))
        return "250 2.0.0 Ok"
