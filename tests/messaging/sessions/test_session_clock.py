"""Sessions that end, are extended and are missed, over a real PostgreSQL: each once, whoever is faster and however often."""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from messaging.conversations import ON_THE_WAY, Session, SessionState
from messaging.errors import Busy, Malformed, NoSession, Refusal, SessionLive, TooEarly
from messaging.facts import as_texts
from messaging.ids import SYSTEM, SessionId
from messaging.messages import EventName
from messaging.office import Office
from messaging.record.posting import say
from messaging.record.reading import entries_after
from messaging.sessions.booking import cancel
from messaging.sessions.holding import (
    LONGEST,
    end_session,
    extend_session,
    miss_session,
    open_session,
    session_of,
)
from messaging.sessions.rules import set_rules
from messaging.sessions.timekeeping import attend
from messaging.trust.access import Deed, Pass
from tests.cast import Cast
from tests.conftest import TestDatabase
from threads.database import Database, connector
from web.house import house

MINUTE = timedelta(minutes=1)


async def mira(cast: Cast, conversation: str = "ruth") -> Pass:
    held, _ = await cast.enter("mira", conversation, Deed.HOLD_SESSION)
    return held


def later(cast: Cast, by: timedelta) -> Office:
    """The same office, later: nothing waits."""
    now = cast.office.clock()
    return replace(cast.office, clock=lambda: now + by)


async def happened(cast: Cast, conversation: str = "ruth") -> list[tuple[str, str]]:
    held, _ = await cast.enter("mira", conversation)
    entries = await entries_after(cast.office, held, 0)
    return [(one.body.event or "", as_texts(one.body.facts).get("by", "")) for one in entries]


async def booked(cast: Cast, starts: datetime, conversation: str = "ruth") -> Session:
    session = Session(SessionId(uuid4()), cast.conversation(conversation), SessionState.BOOKED, starts, 50)
    held = await mira(cast, conversation)
    await cast.office.memory.bookings.book(held, session, None, cast.office.clock())
    return session


async def now_at(cast: Cast, session: Session) -> Session:
    found = await cast.office.memory.sessions.named(cast.practice.id, session.id)
    assert found is not None
    return found


async def queued(cast: Cast, database: TestDatabase, session: Session) -> datetime | None:
    base = Database(connector(database.accesses.app.url()))
    try:
        async with base.anywhere() as connection:
            asked = text("select next_at from queue where kind = 'session' and practice_id = :p and id = :s")
            found: datetime | None = await connection.scalar(asked, {"p": cast.practice.id, "s": session.id})
            return found
    finally:
        await base.close()


async def test_a_session_ends_by_itself_when_its_time_and_what_is_on_its_way_are_over(
    cast: Cast, database: TestDatabase
) -> None:
    live = await open_session(cast.office, await mira(cast))
    assert await queued(cast, database, live) == live.words_until
    assert await attend(cast.office, cast.practice.id, live.id) == live.words_until
    almost = later(cast, 50 * MINUTE + ON_THE_WAY - timedelta(seconds=1))
    assert await attend(almost, cast.practice.id, live.id) is not None
    for _ in range(2):
        over = later(cast, 50 * MINUTE + ON_THE_WAY + timedelta(seconds=1))
        assert await attend(over, cast.practice.id, live.id) is None
    assert await happened(cast) == [(EventName.SESSION_OPENED, ""), (EventName.SESSION_ENDED, "time")]
    assert (await now_at(cast, live)).state is SessionState.ENDED
    assert await queued(cast, database, live) is None
    held, _ = await cast.enter("ruth", "ruth")
    last = (await entries_after(cast.office, held, 0))[-1]
    assert (last.author, last.session) == (SYSTEM, live.id)


async def test_the_hard_end_and_the_therapists_end_at_once_are_one_end(
    cast: Cast, database: TestDatabase
) -> None:
    for name in ("ruth", "linden", "ben"):
        live = await open_session(cast.office, await mira(cast, name))
        over = later(cast, 51 * MINUTE)
        held = await mira(cast, name)
        async with house(database.settings()) as other:
            elsewhere = replace(other.office, clock=over.clock)
            answers = await asyncio.gather(
                attend(over, cast.practice.id, live.id),
                end_session(over, held, live),
                attend(elsewhere, cast.practice.id, live.id),
                end_session(elsewhere, held, live),
                return_exceptions=True,
            )
        assert all(isinstance(one, Refusal | Session | None) for one in answers)
        assert [event for event, _ in await happened(cast, name)] == ["session_opened", "session_ended"]


async def test_an_extension_is_recorded_and_moves_the_end_in_one_step(
    cast: Cast, database: TestDatabase
) -> None:
    held = await mira(cast)
    live = await open_session(cast.office, held)
    longer = await extend_session(cast.office, held, live, 10)
    assert longer.minutes == 60
    assert await happened(cast) == [("session_opened", ""), ("session_extended", "10")]
    assert await queued(cast, database, live) == longer.words_until
    late = later(cast, 55 * MINUTE)
    ruth, _ = await cast.enter("ruth", "ruth", Deed.SAY)
    assert (await say(late, ruth, uuid4(), "still here")).session == live.id
    assert await attend(late, cast.practice.id, live.id) == longer.words_until


async def test_two_taps_at_once_extend_once_and_one_after_the_other_twice(cast: Cast) -> None:
    held = await mira(cast)
    live = await open_session(cast.office, held)
    both = await asyncio.gather(*(extend_session(cast.office, held, live, 10) for _ in range(3)))
    assert {one.minutes for one in both} == {60}
    assert (await extend_session(cast.office, held, both[0], 10)).minutes == 70
    assert len(await happened(cast)) == 3


async def test_an_older_view_cannot_shorten_what_was_extended_further(cast: Cast) -> None:
    held = await mira(cast)
    live = await open_session(cast.office, held)
    await extend_session(cast.office, held, live, 30)
    assert (await extend_session(cast.office, held, live, 5)).minutes == 80
    found = await cast.office.memory.conversations.find(cast.practice.id, cast.conversation("ruth"))
    assert found is not None
    assert found.live is not None
    assert found.live.minutes == 80


@pytest.mark.parametrize("minutes", [0, -10, LONGEST, 2.5, True, "10", None])
async def test_an_extension_is_some_whole_minutes_within_the_longest_session(
    cast: Cast, minutes: object
) -> None:
    held = await mira(cast)
    live = await open_session(cast.office, held)
    with pytest.raises(Malformed):
        await extend_session(cast.office, held, live, minutes)
    assert len(await happened(cast)) == 1


async def test_after_the_hard_end_nothing_can_be_extended(cast: Cast) -> None:
    held = await mira(cast)
    live = await open_session(cast.office, held)
    with pytest.raises(NoSession):  # though nobody attended to it yet
        await extend_session(later(cast, 51 * MINUTE), held, live, 10)
    await attend(later(cast, 51 * MINUTE), cast.practice.id, live.id)
    with pytest.raises(NoSession):
        await extend_session(cast.office, held, await now_at(cast, live), 10)


class AsItWas:
    """Memory that shows a session as it was: what somebody read a moment before it changed."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def named(self, *_: object) -> Session:
        return self._session

    find = named


def blind(office: Office, session: Session) -> Office:
    return replace(office, memory=replace(office.memory, sessions=AsItWas(session)))  # type: ignore[arg-type]


async def test_what_decided_to_end_before_an_extension_committed_ends_nothing(cast: Cast) -> None:
    held = await mira(cast)
    live = await open_session(cast.office, held)
    over = later(cast, 51 * MINUTE)
    longer = await extend_session(cast.office, held, live, 10)
    with pytest.raises(Busy):
        await attend(blind(over, live), cast.practice.id, live.id)
    assert await happened(cast) == [("session_opened", ""), ("session_extended", "10")]
    assert await attend(over, cast.practice.id, live.id) == longer.words_until


async def test_a_booked_session_that_nobody_opened_is_missed(cast: Cast, database: TestDatabase) -> None:
    session = await booked(cast, cast.office.clock() + MINUTE)
    during = later(cast, 50 * MINUTE)
    assert await attend(during, cast.practice.id, session.id) == session.ends
    over = later(cast, 52 * MINUTE)
    for _ in range(2):
        await attend(over, cast.practice.id, session.id)
    assert (await happened(cast))[-1] == (EventName.SESSION_MISSED, "time")
    assert len([one for one in await happened(cast) if one[0] == EventName.SESSION_MISSED]) == 1
    assert (await now_at(cast, session)).state is SessionState.MISSED
    assert await queued(cast, database, session) is None


async def test_who_opens_just_before_it_counts_as_missed_keeps_it(cast: Cast) -> None:
    session = await booked(cast, cast.office.clock() + MINUTE)
    over = later(cast, 52 * MINUTE)
    await open_session(over, await mira(cast), session)
    with pytest.raises(Busy):
        await attend(blind(over, session), cast.practice.id, session.id)
    assert (await now_at(cast, session)).state is SessionState.LIVE


async def test_a_therapist_notes_a_missed_session_after_the_grace_of_the_practice(cast: Cast) -> None:
    await set_rules(cast.office, cast["nour"], {"grace_minutes": 20})
    session, held = await booked(cast, cast.office.clock() + MINUTE), await mira(cast)
    with pytest.raises(TooEarly):
        await miss_session(later(cast, 20 * MINUTE), held, session)
    assert (await miss_session(later(cast, 22 * MINUTE), held, session)).state is SessionState.MISSED
    assert (await happened(cast))[-1] == (EventName.SESSION_MISSED, "clinician")
    with pytest.raises(NoSession):
        await miss_session(later(cast, 23 * MINUTE), held, await now_at(cast, session))


async def test_what_is_over_is_not_opened_and_what_is_open_not_twice(cast: Cast) -> None:
    held = await mira(cast)
    session = await booked(cast, cast.office.clock() + MINUTE)
    live = await open_session(cast.office, held, session)
    with pytest.raises(SessionLive):
        await open_session(cast.office, held, live)
    await end_session(cast.office, held, live)
    ended = await now_at(cast, live)
    with pytest.raises(NoSession):
        await end_session(cast.office, held, ended)
    with pytest.raises(NoSession):
        await open_session(cast.office, held, ended)
    with pytest.raises(NoSession):  # by a page that still shows it as booked
        await open_session(cast.office, held, session)
    called_off = await cancel(cast.office, held, await booked(cast, cast.office.clock() + 2 * 60 * MINUTE))
    with pytest.raises(NoSession):
        await open_session(cast.office, held, called_off)
    missed = await booked(cast, cast.office.clock() + 5 * 60 * MINUTE)
    await attend(later(cast, 6 * 60 * MINUTE), cast.practice.id, missed.id)
    with pytest.raises(NoSession):
        await open_session(cast.office, held, await now_at(cast, missed))
    assert len([event for event, _ in await happened(cast) if event == "session_opened"]) == 1


async def test_a_called_off_session_that_somebody_opens_at_the_same_moment_stays_called_off(
    cast: Cast,
) -> None:
    held = await mira(cast)
    session = await booked(cast, cast.office.clock() + 60 * MINUTE)
    await cancel(cast.office, held, session)
    with pytest.raises(Busy):  # what it read was overtaken: nothing is written, and the next look says why
        await open_session(cast.office, held, session)
    assert (await now_at(cast, session)).state is SessionState.CANCELLED
    found = await cast.office.memory.conversations.find(cast.practice.id, cast.conversation("ruth"))
    assert found is not None
    assert found.live is None


async def test_a_node_whose_clock_jumped_ends_a_session_by_no_more_than_the_jump(cast: Cast) -> None:
    live = await open_session(cast.office, await mira(cast))
    for jump in (-400 * MINUTE, 0 * MINUTE, 49 * MINUTE):
        assert await attend(later(cast, jump), cast.practice.id, live.id) == live.words_until
    assert (await now_at(cast, live)).state is SessionState.LIVE
    await attend(later(cast, 60 * MINUTE), cast.practice.id, live.id)
    assert (await now_at(cast, live)).state is SessionState.ENDED


async def test_words_in_flight_while_it_ends_are_kept_or_refused_never_lost(cast: Cast) -> None:
    held = await mira(cast)
    live = await open_session(cast.office, held)
    ruth, _ = await cast.enter("ruth", "ruth", Deed.SAY)
    words: list[Awaitable[object]] = [say(cast.office, ruth, uuid4(), str(i)) for i in range(60)]
    words.insert(30, end_session(cast.office, held, live))
    answers = await asyncio.gather(*words, return_exceptions=True)
    refused = [one for one in answers if isinstance(one, NoSession)]
    assert len(refused) == 30
    events = await happened(cast)
    assert (len(events), events[31][0]) == (32, "session_ended")


async def test_the_lease_of_a_dead_node_runs_out_and_a_change_meanwhile_is_not_overwritten(
    cast: Cast, database: TestDatabase
) -> None:
    held = await mira(cast)
    live = await open_session(cast.office, held)
    sessions, now = cast.office.memory.sessions, cast.office.clock()
    claimed_until = live.words_until + timedelta(seconds=30)
    longer = await extend_session(cast.office, held, live, 10)
    await sessions.attended(cast.practice.id, live.id, claimed_until, now)
    await sessions.attended(cast.practice.id, live.id, claimed_until, None)
    assert await queued(cast, database, live) == longer.words_until
    await sessions.attended(cast.practice.id, live.id, longer.words_until, now + MINUTE)
    assert await queued(cast, database, live) == now + MINUTE


async def test_only_who_holds_it_finds_a_session_by_its_id(cast: Cast) -> None:
    live = await open_session(cast.office, await mira(cast))
    other = await mira(cast, "linden")
    with pytest.raises(Refusal):
        await session_of(cast.office, other, live.id)
