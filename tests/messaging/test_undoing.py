"""What a stray key or click did is undone for half a minute, by who did it: then it is as it was, and nobody was told.

Every deed of `Undoable` is swept: one that is added without a way to do it here fails.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete

from messaging import undoing
from messaging.arriving import screening
from messaging.arriving.arrival import Arrival, Destination, Reading
from messaging.arriving.originals import hold, keep
from messaging.conversations import Session
from messaging.errors import Conflict, NotBooked, NotFound, TimeTaken, TooLate
from messaging.facts import as_texts, read_facts
from messaging.ids import OriginalId, PersonId, SlotId
from messaging.leaving.delivering import begin, begun, claim, settle
from messaging.letters.writing import Letter, write_letter
from messaging.memory.arriving import OriginalState
from messaging.memory.leaving import MailForm, MailState
from messaging.messages import EventName
from messaging.office import Office
from messaging.people import Role
from messaging.practice.founding import NewPerson, add_person
from messaging.sessions.booking import book, take
from messaging.sessions.finding import session_in
from messaging.sessions.holding import end_session, open_session
from messaging.sessions.offering import withdraw
from messaging.sessions.timekeeping import attend
from messaging.slips import UNDO, Slip, StoodFacts, Undoable, WaitedFacts, opened_slip, sealed_slip
from messaging.trust.access import Deed, Pass, Work, errand
from tests.cast import Cast
from tests.messaging.sessions.booked import HOUR, by, office_at, owed, slots, told, tomorrow
from threads.tables.installation import queue

SECOND = timedelta(seconds=1)
LATER = timedelta(minutes=20)
EVERYBODYS = 1_000
"""Mails claimed at once: other tests have left some in the same queue."""


@pytest.fixture(autouse=True)
async def nothing_left(cast: Cast) -> AsyncIterator[None]:
    """What was owed here waits for no courier of other tests in the same database."""
    yield
    async with cast.office.memory.people._database.anywhere() as connection:  # type: ignore[attr-defined]
        await connection.execute(delete(queue).where(queue.c.practice_id == cast.practice.id))


@dataclass
class Done:
    """What somebody did: who, how it stood before, and the slip as their browser keeps it."""

    cast: Cast
    who: str
    before: dict[str, Any]
    slip: str
    at: datetime

    async def undo(self, after: timedelta, who: str | None = None) -> Slip:
        office = office_at(self.cast.office, self.at + after)
        return await undoing.undo(office, self.cast[who or self.who], self.slip)


async def stands(cast: Cast) -> dict[str, Any]:
    """All that a deed may change, as it stands."""
    memory, practice, mine = cast.office.memory, cast.practice.id, cast.conversation("ruth")
    found = await memory.conversations.find(practice, mine)
    assert found is not None
    sessions = await memory.sessions.of_conversation(errand(practice, mine, Work.KEEPING_TIME), 50)
    until = tomorrow() + timedelta(days=30)
    offered = await memory.slots.of_clinician(
        practice, cast["mira"].id, tomorrow() - timedelta(days=9), until
    )
    return {
        "waits": found.waiting_since,
        "sessions": [(one.id, one.state, one.starts, one.minutes) for one in sessions],
        "slots": offered,
        "held": [one.id for one in await screening.held(cast.office, cast["mira"])],
    }


async def mailed(cast: Cast, at: datetime) -> int:
    """How many mails about sessions a courier would carry at that time; those that are not true are not carried."""
    taken = await claim(office_at(cast.office, at), EVERYBODYS)
    ours = [one for one in taken if one.stored.practice == cast.practice.id and one.mail is not None]
    return len([one for one in ours if one.mail is not None and one.mail.session is not None])


async def letter(cast: Cast, who: str, text: str = "A letter.") -> None:
    held, circle = await cast.enter(who, "ruth", Deed.WRITE)
    await write_letter(cast.office, held, circle, Letter(uuid4(), text))


async def held_letter(cast: Cast) -> OriginalId:
    office, to = cast.office, Destination(cast.practice.id, cast.conversation("ruth"), cast["ruth"].id)
    name = await keep(
        office, to, Arrival("192.0.2.1", "x", "a@b.example", "c@d.example"), b"From: x\r\n\r\nHello"
    )
    original = await office.memory.mailbox.original(cast.practice.id, name)
    assert original is not None
    assert (
        await hold(office, original, "unknown_address", Reading(uuid4(), text="Hello")) is OriginalState.HELD
    )
    return name


async def done(
    cast: Cast, who: str, deed: Callable[[Office, Pass], Awaitable[Slip | None]], right: Deed
) -> Done:
    before, at = await stands(cast), cast.office.clock()
    held, _ = await cast.enter(who, "ruth", right)
    slip = await deed(office_at(cast.office, at), held)
    assert slip is not None
    assert await stands(cast) != before
    return Done(cast, who, before, await sealed_slip(cast.office, cast.practice.id, cast[who].id, slip), at)


async def settled(cast: Cast) -> Done:
    await letter(cast, "ruth")
    waits = (await stands(cast))["waits"]
    return await done(
        cast, "mira", lambda office, held: undoing.settle(office, held, uuid4(), waits), Deed.SETTLE
    )


async def refused(cast: Cast) -> Done:
    name = await held_letter(cast)

    async def deed(office: Office, held: Pass) -> Slip:
        return await undoing.refuse(office, held, name)

    return await done(cast, "mira", deed, Deed.SETTLE)


async def in_offer(cast: Cast) -> Session:
    """A session in an hour that was offered, of which everybody was told long ago."""
    first = (await slots(cast))[0]
    session = await take(cast.office, await by(cast, "ruth", "ruth"), first.id)
    await sent(cast)
    return session


async def sent(cast: Cast, later: timedelta = timedelta()) -> None:
    """All mail that is owed then goes."""
    office = office_at(cast.office, cast.office.clock() + later)
    for one in await claim(office, EVERYBODYS):
        wanted = begun(office, one)
        if await begin(office, one, wanted):
            await settle(office, wanted, MailState.SENT, 250)


async def moved(cast: Cast) -> Done:
    session = await in_offer(cast)
    return await done(
        cast,
        "mira",
        lambda office, held: undoing.move(office, held, session, tomorrow(48), 80),
        Deed.HOLD_SESSION,
    )


async def moved_by_client(cast: Cast) -> Done:
    session = await in_offer(cast)
    free = await cast.office.memory.slots.free(cast.practice.id, [cast["mira"].id], cast.office.clock(), 9)
    return await done(
        cast, "ruth", lambda office, held: undoing.move_to(office, held, session, free[1].id), Deed.BOOK
    )


async def cancelled(cast: Cast) -> Done:
    session = await in_offer(cast)
    return await done(
        cast, "mira", lambda office, held: undoing.cancel(office, held, session), Deed.HOLD_SESSION
    )


async def cancelled_by_client(cast: Cast) -> Done:
    session = await in_offer(cast)
    return await done(cast, "ruth", lambda office, held: undoing.cancel(office, held, session), Deed.BOOK)


DEEDS: dict[Undoable, list[Callable[[Cast], Awaitable[Done]]]] = {
    Undoable.SETTLED: [settled],
    Undoable.REFUSED: [refused],
    Undoable.MOVED: [moved, moved_by_client],
    Undoable.CANCELLED: [cancelled, cancelled_by_client],
}
EVERY = [one for some in DEEDS.values() for one in some]
each = pytest.mark.parametrize("do", EVERY, ids=[one.__name__ for one in EVERY])


def test_every_deed_that_can_be_undone_is_swept() -> None:
    assert DEEDS.keys() == set(Undoable)


@each
async def test_undone_within_half_a_minute_it_is_as_it_was_and_nobody_was_told(
    cast: Cast, do: Callable[[Cast], Awaitable[Done]]
) -> None:
    what = await do(cast)
    assert await mailed(cast, what.at + UNDO - SECOND) == 0
    slip = await what.undo(UNDO - SECOND)
    assert slip.deed in DEEDS
    assert do in DEEDS[slip.deed]
    assert await stands(cast) == what.before
    assert await mailed(cast, what.at + LATER) == 0
    written = await told(cast)
    await what.undo(UNDO - SECOND)  # twice is once
    assert (await stands(cast), await told(cast)) == (what.before, written)


@each
async def test_after_half_a_minute_it_stands_and_one_is_told_so(
    cast: Cast, do: Callable[[Cast], Awaitable[Done]]
) -> None:
    what = await do(cast)
    stood = await stands(cast)
    with pytest.raises(TooLate, match="30 seconds in which this could be undone are over"):
        await what.undo(UNDO)
    assert await stands(cast) == stood
    changes_a_time = do not in (settled, refused)
    assert await mailed(cast, what.at + LATER) == (1 if changes_a_time else 0)


@each
async def test_by_anybody_else_it_is_not_undone(cast: Cast, do: Callable[[Cast], Awaitable[Done]]) -> None:
    what = await do(cast)
    cast.people["paul"] = await add_person(
        cast.office, cast.practice.id, NewPerson(Role.PSYCHIATRIST, f"paul-{cast.practice.slug}", "Paul")
    )
    stood = await stands(cast)
    for other in {"mira", "ruth", "eli", "paul", "nour", "linden"} - {what.who}:
        with pytest.raises(NotFound):
            await what.undo(SECOND, other)
    assert await stands(cast) == stood


@each
async def test_who_left_the_conversation_undoes_nothing_there(
    cast: Cast, do: Callable[[Cast], Awaitable[Done]]
) -> None:
    what = await do(cast)
    mine = cast.conversation("ruth")
    await cast.office.memory.conversations.remove_member(
        errand(cast.practice.id, mine, Work.FOUNDING), cast[what.who].id, cast.office.clock()
    )
    with pytest.raises(NotFound):
        await what.undo(SECOND)


async def test_a_slip_of_somebodys_own_making_is_none(cast: Cast) -> None:
    what = await settled(cast)
    practice, mira = cast.practice.id, cast["mira"].id
    for bad in ("", "x", "ü", "A" * 64, what.slip[:-2], "B" + what.slip[1:], what.slip * 9):
        with pytest.raises(NotFound):
            await opened_slip(cast.office, practice, mira, bad)


async def test_what_was_answered_since_waits_no_more(cast: Cast) -> None:
    what = await settled(cast)
    await letter(cast, "mira", "An answer after all.")
    with pytest.raises(Conflict, match="A letter has gone out here since"):
        await what.undo(SECOND)
    assert (await stands(cast))["waits"] is None


async def test_a_letter_that_came_since_waits_since_the_first_one(cast: Cast) -> None:
    what = await settled(cast)
    await letter(cast, "ruth", "P.S.")
    await what.undo(SECOND)
    assert (await stands(cast))["waits"] == what.before["waits"]


async def test_a_receipt_that_was_stopped_in_between_goes_after_all(cast: Cast) -> None:
    what = await settled(cast)

    async def receipts() -> list[MailState]:
        found = await cast.office.memory.mailbox.mail_of(
            errand(cast.practice.id, cast.conversation("ruth"), Work.LEAVING), [1]
        )
        return [one.state for one in found if one.form is MailForm.RECEIPT]

    for one in await claim(cast.office, EVERYBODYS):  # a courier finds that nothing waits
        if one.stored.practice == cast.practice.id and one.mail is None:
            await settle(cast.office, one, MailState.STOPPED, None)
    assert await receipts() == [MailState.STOPPED]
    await what.undo(SECOND)
    await sent(cast, LATER)
    assert await receipts() == [MailState.SENT]


@pytest.mark.parametrize("do", [moved, cancelled, cancelled_by_client])
async def test_an_hour_that_was_given_away_since_is_not_taken_back(
    cast: Cast, do: Callable[[Cast], Awaitable[Done]]
) -> None:
    what = await do(cast)
    await book(cast.office, await by(cast, "mira", "linden"), tomorrow(), 50)
    with pytest.raises(TimeTaken, match="not free any more"):
        await what.undo(SECOND)


async def test_a_session_that_was_changed_again_since_is_left_alone(cast: Cast) -> None:
    what = await moved(cast)
    (session,) = await cast.office.memory.sessions.of_conversation(
        errand(cast.practice.id, cast.conversation("ruth"), Work.KEEPING_TIME), 5
    )
    held = await by(cast, "mira", "ruth")
    await undoing.move(cast.office, held, session, tomorrow(72), 50)
    with pytest.raises(NotBooked, match="changed again"):
        await what.undo(SECOND)


async def test_an_offer_that_was_withdrawn_since_stays_withdrawn(cast: Cast) -> None:
    what = await cancelled_by_client(cast)
    (gone,) = [one for one in what.before["slots"] if one.session is not None]
    await withdraw(cast.office, cast["mira"], gone.id)
    await what.undo(SECOND)
    now = await stands(cast)
    assert now["sessions"] == what.before["sessions"]
    assert gone.id not in {one.id for one in now["slots"]}


async def test_who_had_not_heard_of_the_session_yet_hears_of_it_after_the_undoing(cast: Cast) -> None:
    """Booked and moved within a breath: the first mail is not true any more, and after the undoing it is needed."""
    booked = await book(cast.office, await by(cast, "mira", "ruth"), tomorrow(), 50)

    async def later(office: Office, held: Pass) -> Slip | None:
        return await undoing.move(office, held, await session_in(office, held, booked.id), tomorrow(5), 50)

    for _ in range(2):  # and once more: what is undone twice is told once
        what = await done(cast, "mira", later, Deed.HOLD_SESSION)
        await what.undo(SECOND)
    assert await mailed(cast, cast.office.clock() + LATER) == 1


async def test_the_record_says_what_was_done_and_that_it_was_undone(cast: Cast) -> None:
    await (await cancelled(cast)).undo(SECOND)
    await (await settled(cast)).undo(SECOND)
    events = [event for event, _ in await told(cast) if event]
    assert events == [
        EventName.SESSION_BOOKED,
        EventName.SESSION_CANCELLED,
        EventName.SESSION_RESTORED,
        EventName.NEEDS_NO_ANSWER,
        EventName.WAITS_AGAIN,
    ]


async def test_a_restored_session_is_held_like_any_other(cast: Cast) -> None:
    what = await cancelled(cast)
    await what.undo(SECOND)
    held = await by(cast, "mira", "ruth")
    (session,) = await cast.office.memory.sessions.of_conversation(
        errand(cast.practice.id, held.conversation, Work.KEEPING_TIME), 5
    )
    office = replace(cast.office, clock=lambda: session.starts + HOUR / 60)
    await end_session(office, held, await open_session(office, held, session))


async def test_a_restored_session_is_reminded_of_and_not_told_again(cast: Cast) -> None:
    """The clock of sessions comes by when the undoing is over, and finds it told: as undone, not as moved."""
    what = await cancelled(cast)
    await what.undo(SECOND)
    way = errand(cast.practice.id, cast.conversation("ruth"), Work.KEEPING_TIME)
    (session,) = await cast.office.memory.sessions.of_conversation(way, 5)
    before = await told(cast)
    again = await attend(office_at(cast.office, cast.office.clock() + UNDO), cast.practice.id, session.id)
    assert again is not None
    assert again < session.starts
    assert await told(cast) == before
    at = session.starts - HOUR / 2
    owing = await owed(cast)
    assert await attend(office_at(cast.office, at), cast.practice.id, session.id) == session.ends
    assert await owed(cast) == sorted([*owing, "ruth"])


def test_a_slip_is_kept_as_programs_before_kept_it() -> None:
    """The half minute in which a server is changed for a newer one loses no slip."""
    at, named, whose = datetime(2026, 11, 23, 17, 20, 3, 456789, UTC), UUID(int=5), UUID(int=7)
    assert as_texts(WaitedFacts(12, at)) == {"number": "12", "since": "2026-11-23T17:20:03.456789+00:00"}
    stood = StoodFacts(2, at, 50, SlotId(named), PersonId(whose))
    assert list(as_texts(stood).items()) == [
        ("sequence", "2"),
        ("starts", "2026-11-23T17:20:03.456789+00:00"),
        ("minutes", "50"),
        ("slot", named.hex),
        ("of", whose.hex),
    ]
    for facts in (WaitedFacts(12, at), stood, StoodFacts(2, at, 50)):
        assert read_facts(type(facts), as_texts(facts)) == facts
