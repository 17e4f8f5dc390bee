"""The closing step over a real PostgreSQL: by whom, until when, and what stays of it; breaks in the record."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from messaging.conversations import Session, SessionState
from messaging.errors import KeyReused, Malformed, NoSession, NotFound, Refusal, TooLate, TooLong
from messaging.memory.record import Verdict
from messaging.messages import CHAT_LIMIT
from messaging.record.posting import say
from messaging.sessions.breaking import Break, note_break
from messaging.sessions.closing import AFTER_END, HOMEWORK_LIMIT, Closing, close_with
from messaging.sessions.holding import end_session, open_session
from messaging.sessions.recording import session_record
from messaging.trust.access import Deed, Pass
from tests.cast import Cast


async def live(cast: Cast) -> tuple[Session, Pass, Pass]:
    mira, _ = await cast.enter("mira", "ruth", Deed.HOLD_SESSION)
    ruth, _ = await cast.enter("ruth", "ruth", Deed.SAY)
    return await open_session(cast.office, mira), mira, ruth


async def test_half_an_hour_after_the_end_it_is_too_late_and_a_retry_is_still_answered(cast: Cast) -> None:
    session, mira, ruth = await live(cast)
    closing = Closing(uuid4(), "I will sleep")
    first = await close_with(cast.office, ruth, session, closing)
    ended = await end_session(cast.office, mira, session)
    assert ended.ended_at is not None
    just = ended.ended_at + AFTER_END
    in_time = replace(cast.office, clock=lambda: just)
    late = replace(cast.office, clock=lambda: just + timedelta(seconds=1))
    assert (await close_with(in_time, mira, ended, Closing(uuid4(), "well done"))).verdict is Verdict.NEW
    with pytest.raises(TooLate):
        await close_with(late, ruth, ended, Closing(uuid4(), "one more"))
    again = await close_with(late, ruth, ended, closing)
    assert (again.verdict, again.number) == (Verdict.KNOWN, first.number)
    with pytest.raises(KeyReused):
        await close_with(late, ruth, ended, replace(closing, text="other words"))


async def test_there_is_no_closing_of_what_has_not_begun_or_is_elsewhere(cast: Cast) -> None:
    session, _, _ = await live(cast)
    linden, _ = await cast.enter("linden", "linden", Deed.SAY)
    with pytest.raises(NotFound):
        await close_with(cast.office, linden, session, Closing(uuid4(), "mine"))
    ben, _ = await cast.enter("ben", "ben", Deed.SAY)
    booked = replace(session, conversation=ben.conversation, state=SessionState.BOOKED, opened_at=None)
    with pytest.raises(NoSession):
        await close_with(cast.office, ben, booked, Closing(uuid4(), "mine"))


@pytest.mark.parametrize(
    ("closing", "refusal"),
    [
        (Closing(uuid4(), ""), Malformed),
        (Closing(uuid4(), None), Malformed),
        (Closing(uuid4(), "x" * (CHAT_LIMIT + 1)), TooLong),
        (Closing(uuid4(), "fine", homework="x" * (HOMEWORK_LIMIT + 1)), TooLong),
        (Closing(uuid4(), "fine", homework=7), Malformed),
        (Closing(uuid4(), "fine", homework="\x00"), Malformed),
    ],
)
async def test_what_cannot_be_kept_is_refused_whole(
    cast: Cast, closing: Closing, refusal: type[Refusal]
) -> None:
    session, mira, ruth = await live(cast)
    with pytest.raises(refusal):
        await close_with(cast.office, ruth, session, closing)
    assert (await session_record(cast.office, mira, session)).closings == ()


async def test_a_break_is_noted_once_and_only_of_members_of_the_live_session(cast: Cast) -> None:
    session, mira, ruth = await live(cast)
    since = cast.office.clock() - timedelta(minutes=1)
    lost = Break(ruth.practice, ruth.conversation, session.id, ruth.person, since)
    for _ in range(3):
        await note_break(cast.office, lost)
    await note_break(cast.office, replace(lost, person=cast["omar"].id))
    (away,) = (await session_record(cast.office, mira, session)).breaks
    assert (away.person, away.until) == (ruth.person, None)
    said = await say(
        cast.office, ruth, uuid4(), "I am back"
    )  # every server was down: nobody noted the return
    (away,) = (await session_record(cast.office, mira, session)).breaks
    assert away.until == said.at
    until = since + timedelta(seconds=40)
    for _ in range(2):
        await note_break(cast.office, replace(lost, until=until))
    (away,) = (await session_record(cast.office, mira, session)).breaks
    assert away.until is not None
    assert abs(away.until - until) < timedelta(milliseconds=1)
    await end_session(cast.office, mira, session)
    await note_break(cast.office, replace(lost, since=since + timedelta(seconds=50)))
    assert len((await session_record(cast.office, mira, session)).breaks) == 1


async def test_a_client_cannot_read_the_record(cast: Cast) -> None:
    session, _, ruth = await live(cast)
    with pytest.raises(NotFound):
        await session_record(cast.office, ruth, session)
