"""A mailbox at a provider, with plus addressing: a real server fetches from a real Dovecot, and is killed over it."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from channels.email.fetching.connection import SEEN
from messaging.leaving.owing import reply_token
from messaging.memory.arriving import OriginalState
from messaging.record.reading import entries_after
from tests.cast import Cast
from tests.channels.email.fetching.test_imap import addressed
from tests.channels.email.world import NameServer, now, records, signed
from tests.conftest import TestDatabase, own_database
from tests.journeys.mail_server import counts, leases_run_out, serving
from tests.peers.between import Wire
from tests.peers.dovecot import Dovecot, dovecot
from tests.peers.running import needs, until_it_is

pytestmark = needs("dovecot")
PLUS = "practice+{token}@provider.example"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestDatabase]:
    with own_database(tmp_path_factory.mktemp("imap")) as made:
        yield made


@pytest.fixture
def provider() -> Iterator[Dovecot]:
    with dovecot() as made:
        yield made


@pytest.fixture
async def names() -> AsyncIterator[str]:
    server = NameServer(records())
    host, port = await server.start()
    yield f"{host}:{port}"
    server.stop()


async def mail(cast: Cast, number: int) -> bytes:
    """A letter as the provider keeps it: the plus address stands where the client's program put it."""
    _, circle = await cast.enter("ruth", "ruth")
    token = await reply_token(cast.office, circle, cast["ruth"])
    lines = (
        f"From: <{cast['ruth'].email}>",
        f"To: Haus Linde <{PLUS.format(token=token).upper()}>",
        f"Subject: walk {number}",
        f"Date: {now()}",
        f"Message-ID: <{number}@mail.example>",
    )
    letter = signed("\r\n".join((*lines, "", f"walk {number}", "")).encode())
    return addressed(letter, "practice@provider.example")


async def texts(cast: Cast) -> list[str]:
    admitted, _ = await cast.enter("mira", "ruth")
    return [entry.body.text for entry in await entries_after(cast.office, admitted, 0)]


async def delivered(cast: Cast, letters: int) -> bool:
    return await counts(cast) == {OriginalState.DELIVERED: letters}


async def test_a_server_killed_between_commit_and_mark_doubles_nothing(
    cast: Cast, database: TestDatabase, provider: Dovecot, names: str
) -> None:
    for number in range(5):
        provider.deliver(await mail(cast, number))
    async with Wire(provider.port) as wire:
        wire.stop = b"STORE"
        url = provider.url(port=wire.port)
        with serving(database, IMAP_URL=url, REPLY_ADDRESS=PLUS, DNS=names) as server:
            await wire.stopped.wait()
            server.kill()
            assert sum((await counts(cast)).values()) == 5
            assert provider.flags() == [set()] * 5
            wire.stop = None
            await leases_run_out(database)
            await asyncio.to_thread(server.start)
            await until_it_is(lambda: provider.flags() == [{SEEN}] * 5, "the marks")
            provider.deliver(await mail(cast, 5))
            await until_it_is(lambda: delivered(cast, 6), "the last letter")
    assert sorted(await texts(cast)) == [f"walk {number}" for number in range(6)]


async def test_a_server_killed_again_and_again_while_it_fetches_keeps_each_letter_once(
    cast: Cast, database: TestDatabase, provider: Dovecot, names: str
) -> None:
    for number in range(40):
        provider.deliver(await mail(cast, number))
    with serving(database, IMAP_URL=provider.url(), REPLY_ADDRESS=PLUS, DNS=names) as server:
        for letters in (3, 12, 25):
            await until_it_is(lambda: at_least(cast, letters), "some letters")  # noqa: B023
            server.kill()
            await asyncio.to_thread(server.start)
        await until_it_is(lambda: provider.flags() == [{SEEN}] * 40, "the marks")
        await leases_run_out(database)
        await until_it_is(lambda: delivered(cast, 40), "all letters")
    assert sorted(await texts(cast)) == sorted(f"walk {number}" for number in range(40))


async def at_least(cast: Cast, letters: int) -> bool:
    return sum((await counts(cast)).values()) >= letters
