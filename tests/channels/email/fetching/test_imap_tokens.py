"""A mailbox at a provider that takes no passwords: a real Dovecot, which asks a token server about every token."""

import asyncio
import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from channels.email.access import Lack
from channels.email.examining.doors import NOT_TAKEN, examine_mailbox
from channels.email.fetching import fetcher as fetching
from channels.email.fetching.condition import Outcome, Standing
from channels.email.fetching.connection import SEEN
from channels.email.terms import ImapAccount
from tests.channels.email.fetching.test_imap import addressed, attending, looked
from tests.channels.email.post import Post
from tests.peers.dovecot import USER, Dovecot, dovecot
from tests.peers.running import needs, until_it_is
from tests.peers.token_server import (
    CLIENT,
    OF_DOVECOT,
    SECRET,
    Book,
    TokenServer,
    introspecting,
    token_server,
)
from web.oauth import tokens
from web.oauth.kept import read_consent, write_consent
from web.oauth.providers import Provider, Terms
from web.oauth.tokens import AccessTokens

pytestmark = [needs("dovecot"), pytest.mark.xdist_group("dovecot")]


@pytest.fixture(scope="module")
def server() -> Iterator[TokenServer]:
    with token_server() as made:
        yield made


@pytest.fixture(scope="module")
def mailbox(server: TokenServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    file = tmp_path_factory.mktemp("oauth") / "dovecot-oauth2.conf.ext"
    file.write_text(introspecting(server))
    with dovecot(more=OF_DOVECOT.format(file=file)) as made:
        yield made


@pytest.fixture
def book(server: TokenServer) -> Book:
    """The provider, who knows nobody yet."""
    server.book = Book()
    return server.book


@pytest.fixture
def provider(mailbox: Dovecot, book: Book) -> Dovecot:
    """An empty mailbox."""
    with mailbox.client() as client:
        client.delete_messages(client.search())
        client.expunge()
    return mailbox


@pytest.fixture
def terms(server: TokenServer, book: Book, tmp_path: Path) -> Terms:
    """Somebody has agreed."""
    write_consent(tmp_path / "consent", book.agree())
    return Terms(Provider(server.endpoint), CLIENT, tmp_path / "consent", SECRET)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses that a test can wait for."""
    monkeypatch.setattr(fetching, "PAUSES", (0.05,))
    monkeypatch.setattr(fetching, "LOCKED_OUT", 0.05)
    monkeypatch.setattr(tokens, "PAUSES", (0.05,))
    monkeypatch.setattr(tokens, "LONG", 0.05)


@pytest.fixture(autouse=True)
def nothing_is_told(book: Book, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """After each test: no token, consent, secret or name stands in any line of the log."""
    caplog.set_level(logging.DEBUG)
    yield
    said = "".join(f"{one.getMessage()} {one.__dict__}" for one in caplog.records)
    for secret in (*book.given, SECRET, "secret words", "provider.example"):
        assert secret not in said


def account(provider: Dovecot, terms: Terms) -> ImapAccount:
    return ImapAccount("127.0.0.1", provider.port, "none", USER, "", access=AccessTokens(terms))


async def test_letters_are_fetched_by_token(post: Post, provider: Dovecot, terms: Terms, book: Book) -> None:
    provider.deliver(addressed(post.letter("ruth"), await post.address("ruth")))
    async with attending(post, account(provider, terms)) as condition:
        await looked(condition)
    assert condition.letters == {Outcome.KEPT: 1}
    assert condition.standing is Standing.ATTENDING
    assert len(book.asked) == 1
    assert "method=XOAUTH2" in (provider.here / "log").read_text()


async def test_a_token_that_ended_is_replaced_and_nothing_is_lost(
    post: Post, provider: Dovecot, terms: Terms, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "YOUNG", 0.0)
    book.rotates = True
    at, address = account(provider, terms), await post.address("ruth")
    for number in range(3):
        async with attending(post, at) as condition:
            await looked(condition)
            book.tokens.clear()  # before its time, as when somebody signs out everywhere; the session goes on
            provider.deliver(addressed(post.letter("ruth", f"walk {number}"), address))
            await until_it_is(lambda: condition.letters[Outcome.KEPT] == 1, "the letter", lambda: condition)
    assert len(book.asked) == 3
    assert book.consents == {read_consent(terms.consent)}
    assert provider.flags() == [{SEEN}] * 3


async def test_a_consent_that_ended_is_said_and_a_new_one_is_taken_up(
    post: Post, provider: Dovecot, terms: Terms, book: Book
) -> None:
    book.end()
    at = account(provider, terms)
    provider.deliver(addressed(post.letter("ruth"), await post.address("ruth")))
    async with attending(post, at) as condition:
        await until_it_is(lambda: condition.standing is Standing.NO_CONSENT, "the end", lambda: condition)
        found = await asyncio.to_thread(examine_mailbox, at)
        assert (found.fine, found.says) == (False, Lack.ENDED.says)
        assert provider.flags() == [set()]
        write_consent(terms.consent, book.agree())
        await until_it_is(lambda: condition.letters[Outcome.KEPT] == 1, "the letter", lambda: condition)
    assert condition.standing is Standing.ATTENDING


async def test_a_provider_that_gives_no_tokens_for_a_while_is_waited_for(
    post: Post, provider: Dovecot, terms: Terms, book: Book
) -> None:
    book.scripted = [(503, b"secret words"), (200, b"<html>secret words"), (429, b"")]
    async with attending(post, account(provider, terms)) as condition:
        await until_it_is(lambda: condition.standing is Standing.NO_TOKEN, "the lack", lambda: condition)
        await looked(condition)
    assert len(book.asked) == 4


async def test_a_stop_does_not_wait_for_a_slow_provider(post: Post, provider: Dovecot, terms: Terms) -> None:
    with token_server() as slow:
        slow.book.waits = threading.Event()
        at = account(provider, replace(terms, provider=Provider(slow.endpoint)))
        async with attending(post, at) as condition:
            await until_it_is(slow.book.came.is_set, "the question")
        assert not slow.book.asked
        slow.book.waits.set()
    assert condition.standing is Standing.STARTING


async def test_a_token_for_another_mailbox_and_a_server_without_are_said_so(
    provider: Dovecot, terms: Terms
) -> None:
    at = replace(account(provider, terms), username="another@provider.example")
    found = await asyncio.to_thread(examine_mailbox, at)
    assert (found.fine, found.says) == (False, NOT_TAKEN)
    with dovecot() as plain:
        found = await asyncio.to_thread(examine_mailbox, account(plain, terms))
    assert (found.fine, "does not take tokens" in found.says) == (False, True)
