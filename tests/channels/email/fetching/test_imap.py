"""Letters fetched from a real Dovecot: kept before they are marked, once, by one node at a time."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from channels.email.arriving.reception import Reception
from channels.email.fetching import fetcher as fetching
from channels.email.fetching.condition import Condition, Outcome, Standing
from channels.email.fetching.connection import LEFT, SEEN
from channels.email.fetching.fetcher import Fetcher
from channels.email.mime.parsing import envelope_check
from channels.email.terms import ImapAccount, MailIn
from messaging.memory.arriving import OriginalState
from messaging.office import Office
from messaging.trust.access import Work, errand
from tests.channels.email.post import Post
from tests.channels.email.world import now
from tests.conftest import TestDatabase
from tests.peers.dovecot import PASSWORD, USER, Dovecot, dovecot
from tests.peers.running import needs, until_it_is

pytestmark = [needs("dovecot"), pytest.mark.xdist_group("dovecot")]


@pytest.fixture(scope="module")
def running() -> Iterator[Dovecot]:
    with dovecot() as made:
        yield made


@pytest.fixture
def provider(running: Dovecot) -> Dovecot:
    """The provider with an empty mailbox."""
    with running.client() as client:
        client.delete_messages(client.search())
        client.expunge()
    return running


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses that a test can wait for."""
    monkeypatch.setattr(fetching, "PAUSES", (0.05,))
    monkeypatch.setattr(fetching, "TURN", 0.05)
    monkeypatch.setattr(fetching, "LOCKED_OUT", 0.05)


def account(provider: Dovecot, **other: Any) -> ImapAccount:
    return replace(ImapAccount("127.0.0.1", provider.port, "none", USER, PASSWORD), **other)


@asynccontextmanager
async def attending(
    post: Post, at: ImapAccount, office: Office | None = None, terms: MailIn | None = None
) -> AsyncIterator[Condition]:
    """A node that fetches."""
    condition, office = Condition(), office or post.cast.office
    reception = Reception(office, terms or post.terms)
    task = asyncio.create_task(Fetcher(office, reception, at, condition).run())
    try:
        yield condition
    finally:
        task.cancel()
        await asyncio.wait([task])


async def looked(condition: Condition) -> None:
    """Until the mailbox held nothing new for the first time."""
    await until_it_is(lambda: condition.looked_at is not None, "the mailbox", lambda: condition)


def addressed(letter: bytes, *to: str, field: str = "Delivered-To") -> bytes:
    """As the provider keeps it."""
    return (
        b"Return-Path: <someone@mail.example>\r\n"
        + b"".join(f"{field}: {one}\r\n".encode() for one in to)
        + b"Received: from mail.example by provider.example\r\n"
        + letter
    )


async def test_a_letter_is_kept_and_then_marked_and_others_mail_stays_as_it_is(
    post: Post, provider: Dovecot
) -> None:
    provider.deliver(addressed(post.letter("ruth"), await post.address("ruth")))
    provider.deliver(b"From: shop@example.org\r\nTo: practice@provider.example\r\n\r\nSale!\r\n")
    async with attending(post, account(provider)) as condition:
        await looked(condition)
    assert condition.letters == {Outcome.KEPT: 1, Outcome.NOBODY: 1}
    assert condition.standing is Standing.ATTENDING
    assert provider.flags() == [{SEEN}, {LEFT}]
    await post.read_all()
    (entry,) = await post.entries("ruth")
    assert entry.body.text == "I walked by the lake."
    assert await post.counts() == {OriginalState.DELIVERED: 1}


async def test_a_mailbox_fetched_late_is_judged_by_the_day_it_got_each_letter(
    post: Post, provider: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, month_ago = await post.address("ruth"), datetime.now(UTC) - timedelta(days=30)
    with monkeypatch.context() as then:
        then.setattr(time, "time", lambda: month_ago.timestamp() - 60)
        of_then = post.letter("ruth", "of then", Date=now(-31))
    provider.deliver(addressed(of_then, address), at=month_ago)
    provider.deliver(addressed(post.letter("ruth", "sent again", Date=now(-31)), address))
    async with attending(post, account(provider)) as condition:
        await looked(condition)
    await post.read_all()
    assert [e.body.text for e in await post.entries("ruth")] == ["of then"]
    assert [(one.preview, one.reason) for one in await post.screener()] == [("sent again", "not_now")]


async def test_the_server_tells_of_a_new_letter_and_it_is_fetched_at_once(
    post: Post, provider: Dovecot
) -> None:
    address = await post.address("ruth")
    async with attending(post, account(provider)) as condition:
        await looked(condition)
        for number in range(3):
            provider.deliver(addressed(post.letter("ruth", f"letter {number}"), address))
            await until_it_is(lambda: condition.letters[Outcome.KEPT] == number + 1, "the letter")  # noqa: B023
        await until_it_is(lambda: provider.flags() == [{SEEN}] * 3, "the marks")
    assert await post.counts() == {OriginalState.RECEIVED: 3}


async def test_a_mailbox_made_anew_is_read_again_and_nothing_kept_twice(
    post: Post, provider: Dovecot
) -> None:
    address = await post.address("ruth")
    with provider.client() as client:
        client.create_folder("Letters")
    for number in range(4):
        provider.deliver(addressed(post.letter("ruth", f"letter {number}"), address), "Letters")
    at = account(provider, folder="Letters")
    async with attending(post, at) as condition:
        await looked(condition)
    provider.make_anew("Letters")
    provider.deliver(addressed(post.letter("ruth", "one more"), address), "Letters")
    async with attending(post, at) as condition:
        await looked(condition)
    assert condition.letters == {Outcome.KNOWN: 4, Outcome.KEPT: 1}
    assert provider.flags("Letters") == [{SEEN}] * 5
    assert await post.counts() == {OriginalState.RECEIVED: 5}


async def test_where_the_server_tells_nothing_we_look_ourselves(post: Post) -> None:
    with dovecot(more="imap_capability = IMAP4rev1 UIDPLUS\n") as silent:
        async with attending(post, account(silent, every=0.05)) as condition:
            await looked(condition)
            silent.deliver(addressed(post.letter("ruth"), await post.address("ruth")))
            await until_it_is(lambda: condition.letters[Outcome.KEPT] == 1, "the letter")


async def test_one_node_fetches_and_the_other_takes_over(post: Post, provider: Dovecot) -> None:
    address = await post.address("ruth")
    async with attending(post, account(provider)) as second:
        async with attending(post, account(provider)) as first:
            await until_it_is(
                lambda: {first.standing, second.standing} == {Standing.ATTENDING, Standing.STANDBY}, "turns"
            )
            provider.deliver(addressed(post.letter("ruth"), address))
            await until_it_is(lambda: sum((first.letters + second.letters).values()) == 1, "the letter")
        await looked(second)
        assert second.standing is Standing.ATTENDING
        provider.deliver(addressed(post.letter("ruth", "and another"), address))
        # The first letter may come again: who fetched it may have been stopped before the provider was told.
        await until_it_is(lambda: (first.letters + second.letters)[Outcome.KEPT] == 2, "the other letter")
    assert await post.counts() == {OriginalState.RECEIVED: 2}


async def test_what_takes_no_letters_here_stays_there_and_is_counted(post: Post, provider: Dovecot) -> None:
    office, token = post.cast.office, await post.token("ruth")
    revoked = await post.address("ben", "ben")
    await office.memory.conversations.remove_member(
        errand(post.cast.practice.id, post.cast.conversation("ben"), Work.FOUNDING),
        post.cast["ben"].id,
        office.clock(),
    )
    ruth = await post.address("ruth")
    wrong = "a" if token[-1] != "a" else "b"
    nowhere = f"reply+{token[:-1]}{wrong}@quietline.localhost"
    provider.deliver(addressed(post.letter("ruth", To=nowhere), nowhere))
    provider.deliver(addressed(post.letter("ben"), revoked))
    provider.deliver(addressed(post.letter("ruth"), ruth).replace(b"<someone@mail.example>", b"<>", 1))
    provider.deliver(addressed(post.letter("ruth", "x" * 3_000_000), ruth))
    provider.deliver(addressed(post.letter("ruth", "the last"), ruth))
    async with attending(post, account(provider)) as condition:
        await looked(condition)
    assert condition.letters == {
        Outcome.NOBODY: 1, Outcome.REFUSED: 2, Outcome.TOO_BIG: 1, Outcome.KEPT: 1,
    }  # fmt: skip
    assert provider.flags() == [{LEFT}] * 4 + [{SEEN}]


async def test_a_full_disk_is_waited_out_and_nothing_is_marked(post: Post, provider: Dovecot) -> None:
    full = [True]
    office = replace(post.cast.office, room_left=lambda: not full)
    provider.deliver(addressed(post.letter("ruth"), await post.address("ruth")))
    async with attending(post, account(provider), office) as condition:
        await until_it_is(lambda: condition.standing is Standing.NO_ROOM, "the refusal")
        assert provider.flags() == [set()]
        full.clear()
        await until_it_is(lambda: condition.letters[Outcome.KEPT] == 1, "the letter")
    assert await post.counts() == {OriginalState.RECEIVED: 1}


async def test_a_turn_lost_in_the_middle_keeps_nothing_twice(
    post: Post, provider: Dovecot, database: TestDatabase
) -> None:
    address = await post.address("ruth")
    for number in range(30):
        provider.deliver(addressed(post.letter("ruth", f"letter {number}"), address))
    other = await asyncpg.connect(**database.accesses.app.connect_kwargs())
    async with attending(post, account(provider)) as condition:
        for more in (5, 15):
            await until_it_is(lambda: condition.letters[Outcome.KEPT] >= more, "some letters")  # noqa: B023
            await other.execute(
                "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and pid <> pg_backend_pid()"
            )
        await until_it_is(lambda: condition.letters[Outcome.KEPT] >= 30, "all letters")
        await until_it_is(lambda: provider.flags() == [{SEEN}] * 30, "the marks")
    await other.close()
    assert condition.letters[Outcome.KEPT] == 30
    assert await post.counts() == {OriginalState.RECEIVED: 30}


async def test_a_letter_that_trips_us_stays_there_and_the_next_come_in(
    post: Post, provider: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trips(raw: bytes) -> Any:
        if b"trips" in raw:
            raise RuntimeError("secret words")
        return envelope_check(raw)

    monkeypatch.setattr("channels.email.fetching.session.envelope_check", trips)
    address = await post.address("ruth")
    for words in ("before", "this one trips", "after"):
        provider.deliver(addressed(post.letter("ruth", words), address))
    async with attending(post, account(provider)) as condition:
        await until_it_is(lambda: provider.flags() == [{SEEN}, {LEFT}, {SEEN}], "the marks")
    assert condition.letters[Outcome.UNFETCHED] == 1
    assert await post.counts() == {OriginalState.RECEIVED: 2}


async def test_a_wrong_password_and_a_dead_server_are_said_without_a_name(
    post: Post, provider: Dovecot, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with attending(
        post, account(provider, username="stranger@provider.example", password="wrong word")
    ) as condition:
        # Dovecot's static passwords know every name; only the password is wrong.
        await until_it_is(lambda: condition.standing is Standing.REFUSED, "the refusal")
    async with attending(post, account(provider, port=1)) as condition:
        await until_it_is(lambda: condition.standing is Standing.UNREACHABLE, "the refusal")
    said = "".join(record.getMessage() + str(record.__dict__) for record in caplog.records)
    assert "provider.example" not in said
    assert "wrong word" not in said
