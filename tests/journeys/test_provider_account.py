"""An account at a provider that takes no passwords, from the first consent on: a real server, a real Dovecot, a relay that
refuses foreign senders, and a provider that takes its consent back. No secret of it is in a log or in what a command says.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from channels.email.access import Lack
from messaging.arriving.screening import held
from messaging.memory.arriving import OriginalState
from messaging.memory.leaving import MailState
from messaging.record.reading import entries_after
from tests.cast import Cast
from tests.channels.email.account import TAGGED, report, sends_as_account
from tests.channels.email.fetching.test_imap import addressed
from tests.channels.email.leaving.test_courier import state, write
from tests.channels.email.world import NameServer, now, records, signed
from tests.conftest import RunningServer, TestDatabase, own_database, start_server
from tests.journeys.mail_server import counts
from tests.peers.dovecot import USER, Dovecot, dovecot
from tests.peers.provider_relay import ProviderRelay
from tests.peers.running import free_port, needs, until_it_is
from tests.peers.token_server import (
    ACCOUNT,
    CLIENT,
    OF_DOVECOT,
    SECRET,
    TokenServer,
    introspecting,
    token_server,
)
from tests.web.commands.consenting import asked, begun, finished
from tests.web.commands.test_command_line import quietline
from web.commands.asking_health import _ready
from web.oauth.asking import BACK

pytestmark = needs("dovecot")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestDatabase]:
    with own_database(tmp_path_factory.mktemp("account")) as made:
        yield made


@pytest.fixture
def tokens() -> Iterator[TokenServer]:
    with token_server() as made:
        yield made


@pytest.fixture
def mailbox(tokens: TokenServer, tmp_path: Path) -> Iterator[Dovecot]:
    file = tmp_path / "dovecot-oauth2.conf.ext"
    file.write_text(introspecting(tokens))
    with dovecot(more=OF_DOVECOT.format(file=file)) as made:
        yield made


@pytest.fixture
async def relay(tokens: TokenServer) -> AsyncIterator[ProviderRelay]:
    made = await ProviderRelay(tokens.book, at="rcpt").start()
    yield made
    await made.stop()


@pytest.fixture
async def settings(
    database: TestDatabase, tokens: TokenServer, mailbox: Dovecot, relay: ProviderRelay, tmp_path: Path
) -> AsyncIterator[dict[str, str]]:
    """As somebody with an account would write them."""
    server = NameServer(records())
    host, port = await server.start()
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    user = quote(USER, safe="")
    yield database.environment(
        QUIETLINE_SENDER=ACCOUNT,
        QUIETLINE_IMAP_URL=f"imap://{user}@127.0.0.1:{mailbox.port}",
        QUIETLINE_RELAY_URL=f"smtp://{user}@127.0.0.1:{relay.port}",
        QUIETLINE_OAUTH=tokens.endpoint,
        QUIETLINE_OAUTH_CLIENT=CLIENT,
        QUIETLINE_OAUTH_SECRET_FILE=str(tmp_path / "secret"),
        QUIETLINE_OAUTH_CONSENT_FILE=str(tmp_path / "mail.consent"),
        QUIETLINE_OPS=f"127.0.0.1:{free_port()}",
        QUIETLINE_DNS=f"{host}:{port}",
    )
    server.stop()


class Story:
    """The server, and everything it and its commands say."""

    def __init__(self, settings: dict[str, str], log: Path, tokens: TokenServer) -> None:
        self.settings, self.log, self.tokens = settings, log, tokens
        self.said = ""

    async def start(self) -> RunningServer:
        with self.log.open("a") as file:
            return await asyncio.to_thread(start_server, self.settings, "--roles", "mail,jobs", log=file)

    async def command(self, *words: str) -> tuple[int, str]:
        done = await asyncio.to_thread(quietline, self.settings, *words)
        self.said += done.stdout + done.stderr
        return done.returncode, done.stdout

    async def agree(self) -> None:
        """Somebody runs `quietline mail consent` and says yes in a browser."""
        command, page = await asyncio.to_thread(begun, self.settings, f"{self.tokens.base}/authorize")
        question = asked(page)
        answer = {"code": self.tokens.book.code(question["code_challenge"]), "state": question["state"]}
        status, out, err = await asyncio.to_thread(finished, command, f"{BACK}/?{urlencode(answer)}")
        self.said += out + err
        assert status == 0, err

    async def health(self, lack: Lack | None) -> None:
        """Until the running server says it."""

        async def says() -> bool:
            found = await asyncio.to_thread(_ready, f"http://{self.settings['QUIETLINE_OPS']}")
            return bool(found["status"] == "ready") and found.get("oauth_says") == (
                lack.says if lack else None
            )

        await until_it_is(says, f"health to say {lack}")

    async def doctor(self) -> dict[str, tuple[bool, str]]:
        _, out = await self.command("doctor", "--mail", "--json", "--wait", "0")
        found = [json.loads(line) for line in out.splitlines()]
        return {one["check"]: (one["fine"], one["says"]) for one in found}

    def nothing_is_told(self) -> None:
        """No token, consent, secret, name or word in any line."""
        said = self.log.read_text() + self.said
        assert "no token" in said
        for secret in (*self.tokens.book.given, SECRET, "secret words", "Bearer"):
            assert secret not in said
        assert ACCOUNT not in self.log.read_text()


def mail_to(relay: ProviderRelay, cast: Cast) -> list[Message]:
    found = [raw for _, recipients, raw in relay.taken if recipients == [cast["ruth"].email]]
    return [message_from_bytes(raw) for raw in found]


def answer(cast: Cast, mail: Message) -> bytes:
    lines = (
        f"From: <{cast['ruth'].email}>",
        f"To: {mail['Reply-To']}",
        f"Date: {now()}",
        f"In-Reply-To: {mail['Message-ID']}",
        f"References: {mail['References']} {mail['Message-ID']}",
        "Message-ID: <1@mail.example>",
    )
    return addressed(signed("\r\n".join((*lines, "", "I walked by the lake.", "")).encode()), ACCOUNT)


async def sent(cast: Cast, number: int) -> bool:
    return await state(cast, "ruth", number) is MailState.SENT


@pytest.mark.parametrize("replies", ["", ACCOUNT], ids=["with_tags", "without"])
async def test_from_the_first_consent_to_its_end_and_on(
    cast: Cast,
    settings: dict[str, str],
    tokens: TokenServer,
    mailbox: Dovecot,
    relay: ProviderRelay,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    replies: str,
) -> None:
    settings |= {"QUIETLINE_REPLY_ADDRESS": replies} if replies else {}
    sends_as_account(cast, replies or TAGGED, monkeypatch)
    tokens.book.rotates = True
    story = Story(settings, tmp_path / "log", tokens)
    server = await story.start()
    try:
        await story.health(Lack.NO_CONSENT)
        first = await write(cast, "ruth")
        await story.agree()
        await until_it_is(lambda: sent(cast, first), "the letter to leave")
        await story.health(None)
        (mail,) = mail_to(relay, cast)
        assert mail["Reply-To"] == (f"<{ACCOUNT}>" if replies else mail["Reply-To"])
        mailbox.deliver(answer(cast, mail))
        await until_it_is(lambda: said(cast, ["I walked by the lake."]), "the answer to come in")
        assert await held(cast.office, cast["mira"]) == []
        assert {name: fine for name, (fine, _) in (await story.doctor()).items() if name in CHECKS} == dict.fromkeys(
            CHECKS, True
        )  # fmt: skip

        mailbox.deliver(b"Return-Path: <>\r\n" + report(mail))
        await until_it_is(lambda: bounced(cast, first), "the report to be read")

        tokens.book.end()
        relay.hang_up()
        second = await write(cast, "ruth")
        server.stop()
        server = await story.start()  # a token that was refused is replaced at the next sign-in
        await story.health(Lack.ENDED)
        assert await story.command("health") == (0, f"ready: {Lack.ENDED.says}\n")
        found = await story.doctor()
        assert {found[one] for one in CHECKS} == {(False, Lack.ENDED.says)}
        assert not await sent(cast, second)
        await story.agree()
        await until_it_is(lambda: sent(cast, second), "the letter that waited")
        await story.health(None)
    finally:
        server.stop()
    assert (await counts(cast))[OriginalState.DELIVERED] == 1
    assert relay.refused == 0
    story.nothing_is_told()


CHECKS = ("oauth", "imap", "relay")


async def said(cast: Cast, texts: list[str]) -> bool:
    admitted, _ = await cast.enter("mira", "ruth")
    entries = await entries_after(cast.office, admitted, 0)
    return [one.body.text for one in entries if one.author == cast["ruth"].id] == texts


async def bounced(cast: Cast, number: int) -> bool:
    return await state(cast, "ruth", number) is MailState.FAILED
