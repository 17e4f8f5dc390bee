"""Trouble of the database or of the relay is no letter's: none is failed by it, none counts a try, none goes twice."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from itertools import pairwise
from uuid import uuid4

import pytest

from channels.email.leaving.courier import Bag
from channels.email.leaving.reach import MOST, SHARE, Reach
from channels.email.running import run_courier
from channels.email.terms import Relay
from messaging.errors import Busy
from messaging.ids import MailId
from messaging.leaving.delivering import Consignment, Delivery, claim, deliveries, put_back
from messaging.memory.leaving import DueMail, MailState, Settled, StoredMail
from messaging.office import Office
from messaging.people import EmailMode
from messaging.trust.access import Work, errand
from tests.cast import Cast
from tests.channels.email.leaving.test_courier import later, send, state, write
from tests.channels.email.world import FakeRelay
from threads.leaving.way_out import WayOut

CLIENTS = ("ruth", "linden", "ben")
LETTERS = 2


async def written(cast: Cast) -> None:
    """Some letters to each, with their words: notices would be joined."""
    for person in cast.people.values():
        await cast.office.memory.people.set_email_mode(cast.practice.id, person.id, EmailMode.FULL)
    for _ in range(LETTERS):
        for client in CLIENTS:
            await write(cast, client)


async def mails(cast: Cast) -> list[Delivery]:
    found = []
    for client in CLIENTS:
        of = await deliveries(
            cast.office,
            errand(cast.practice.id, cast.conversation(client), Work.LEAVING),
            [*range(1, LETTERS + 1)],
        )
        found += [mail for each in of.values() for mail in each]
    return found


def ours(cast: Cast, relay: FakeRelay) -> list[bytes]:
    """What the relay took for the cast: the database is shared."""
    return [raw for person in cast.people.values() if person.email for raw in relay.to(person.email)]


@asynccontextmanager
async def couriers(cast: Cast, relay: FakeRelay, connections: int = 3) -> AsyncIterator[asyncio.Event]:
    """Couriers at work, and what wakes them."""
    wake = asyncio.Event()
    to = Relay("127.0.0.1", relay.port, connections=connections, timeout=20, final_timeout=20)
    running = asyncio.create_task(run_courier(cast.office, to, wake))
    try:
        yield wake
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def until(true: Callable[[], Awaitable[bool]], moved: asyncio.Event) -> None:
    """Looked at whenever something became of a mail."""
    async with asyncio.timeout(60):
        while not await true():
            await moved.wait()
            moved.clear()


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Set when something became of a mail."""
    truly, event = WayOut.settle, asyncio.Event()

    async def settle(self: WayOut, mail: StoredMail, settled: Settled, held: datetime | None) -> bool:
        try:
            return await truly(self, mail, settled, held)
        finally:
            event.set()

    monkeypatch.setattr(WayOut, "settle", settle)
    return event


async def all_sent(cast: Cast, relay: FakeRelay, moved: asyncio.Event) -> None:
    async def are_sent() -> bool:
        states = {one.state for one in await mails(cast)}
        assert states <= {MailState.OWED, MailState.SENDING, MailState.SENT}
        return states == {MailState.SENT}

    await until(are_sent, moved)
    sent = ours(cast, relay)
    assert len(sent) == len(await mails(cast))
    assert set(Counter(sent).values()) == {1}
    assert {one.tries for one in await mails(cast)} == {0}
    assert relay.out_of_step == 0


@pytest.mark.parametrize("committed", [False, True], ids=["not begun", "begun and not told"])
async def test_a_database_that_dies_as_letters_are_begun_fails_none_and_doubts_none(
    cast: Cast, relay: FakeRelay, monkeypatch: pytest.MonkeyPatch, moved: asyncio.Event, committed: bool
) -> None:
    await send(cast.office, relay)  # what other tests left
    await written(cast)
    truly, blips = WayOut.begin, iter(range(6))

    async def begin(self: WayOut, due: DueMail, locked_for: str | None, until: datetime) -> bool:
        blip = next(blips, None)
        if blip is None or committed:
            begun = await truly(self, due, locked_for, until)
        if blip is not None:
            raise Busy
        return begun

    monkeypatch.setattr(WayOut, "begin", begin)
    async with couriers(cast, relay):
        await all_sent(cast, relay, moved)


async def test_when_the_relay_is_back_all_go_at_once_and_none_has_counted_a_try(
    cast: Cast, relay: FakeRelay, monkeypatch: pytest.MonkeyPatch, moved: asyncio.Event
) -> None:
    await send(cast.office, relay)  # what other tests left
    truly, lost = Reach.lost, asyncio.Semaphore(0)

    def lose(self: Reach) -> None:
        truly(self)
        lost.release()

    monkeypatch.setattr(Reach, "lost", lose)
    await relay.stop()
    await written(cast)
    async with couriers(cast, relay):
        for _ in range(3):
            await lost.acquire()
        await relay.start()
        await all_sent(cast, relay, moved)


@pytest.mark.parametrize(
    ("stage", "answer"),
    [
        ("CONNECT", "421 full"),
        ("MAIL", "530 5.7.0 Sign in"),
        ("RCPT", "503 5.5.1 what?"),
        ("DATA", "421 bye"),
    ],
)
async def test_a_relay_in_trouble_fails_no_letter_and_counts_no_try(
    cast: Cast,
    relay: FakeRelay,
    monkeypatch: pytest.MonkeyPatch,
    moved: asyncio.Event,
    stage: str,
    answer: str,
) -> None:
    monkeypatch.setattr("channels.email.leaving.reach.STEP_BACK", (0.1,))
    await send(cast.office, relay)  # what other tests left
    await written(cast)
    relay.answers = {stage: [answer] * 5}
    async with couriers(cast, relay):
        await all_sent(cast, relay, moved)
    assert relay.answers[stage] == []


async def test_a_letter_that_breaks_every_session_it_is_in_holds_nobody_up(
    cast: Cast, relay: FakeRelay, moved: asyncio.Event
) -> None:
    await send(cast.office, relay)  # what other tests left
    number = await write(cast, "ruth", "\u2603" * 10)
    await write(cast, "linden")
    poison = cast["ruth"].email
    relay.breaks_at = poison
    async with couriers(cast, relay, connections=1):
        await until(lambda: _sent(cast, "linden"), moved)
    assert await state(cast, "ruth", number) is MailState.OWED
    relay.breaks_at = None
    await send(later(cast.office, cast, 400), relay)
    assert await state(cast, "ruth", number) is MailState.SENT


async def _sent(cast: Cast, conversation: str) -> bool:
    return await state(cast, conversation, 1) is MailState.SENT


async def test_what_is_claimed_while_the_bag_is_emptied_is_not_lost(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    await write(cast, "ruth")
    await write(cast, "linden")
    claimed, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(office: Office, limit: int) -> list[Consignment]:
        found = await claim(office, limit)
        claimed.set()
        await go_on.wait()
        return found

    monkeypatch.setattr("channels.email.leaving.courier.claim", slowly)
    bag = Bag(cast.office, size=50)
    taking = asyncio.create_task(bag.take())
    await claimed.wait()
    await bag.empty()
    go_on.set()
    first = await taking
    assert first is not None
    await bag.empty()
    await put_back(cast.office, first)
    again = {one.stored.conversation for one in await claim(cast.office, 1000)}
    assert again >= {cast.conversation("ruth"), cast.conversation("linden")}


class Clock:
    """Time as a test turns it on."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_it_is_looked_for_often_at_first_and_never_rarely() -> None:
    clock = Clock()
    reach = Reach(clock=clock, chance=lambda: 1.0)
    reach.lost()
    tries = [0.0]
    while clock.now < 3600:
        clock.now += 0.05
        if reach.may_try(reach):
            tries.append(clock.now)
            assert not reach.may_try(clock), "one at a time"
            reach.lost()
            reach.tried(reach)
    reach.close()
    for before, after in pairwise(tries):
        assert after - before <= min(MOST, max(0.5, before * SHARE)) + 0.1


async def test_one_connection_too_many_is_no_relay_that_is_away() -> None:
    class Standing:
        stands = True

    rung: list[None] = []
    reach = Reach(lambda: rung.append(None))
    one = Standing()
    reach.watch(one)
    reach.unopened()
    assert (reach.away, rung) == (False, [])
    one.stands = False
    reach.unopened()
    assert reach.away
    reach.answered(MailId(uuid4()))
    assert (reach.away, rung) == (False, [None])
    reach.close()
