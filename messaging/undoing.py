"""One stray key or click: what somebody did a moment ago is undone by them, and then it is as it was.

    done at once, with a slip for who did it > half a minute, in which nobody outside is told > undone by a deed of its own

Each deed is looked at once more where it is undone: an answer, another booking or a colleague may have come between, and
then it stands, and who asked is told why.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final, TypeVar, assert_never
from uuid import UUID

from messaging.arriving import screening
from messaging.conversations import Circle, Session
from messaging.errors import NotFound, TooLate
from messaging.facts import Facts
from messaging.ids import ConversationId, OriginalId, SessionId, SlotId
from messaging.letters.settling import needs_no_answer, wait_again
from messaging.memory.bookings import Former, Slot
from messaging.memory.record import Verdict
from messaging.office import Office
from messaging.people import Person, Practice
from messaging.record.reading import enter
from messaging.sessions import booking
from messaging.sessions.finding import session_in
from messaging.slips import UNDO, Slip, StoodFacts, Undoable, WaitedFacts, opened_slip
from messaging.trust.access import Deed, Pass

OVER: Final = f"The {UNDO.seconds} seconds in which this could be undone are over. It stands."
Known = TypeVar("Known", bound=Facts)


async def settle(office: Office, held: Pass, key: UUID, waiting_since: datetime) -> Slip | None:
    """A waiting letter needs no answer. None where it was said before under this key, and can be undone by that slip."""
    outcome = await needs_no_answer(office, held, key)
    if outcome.verdict is not Verdict.NEW or outcome.id is None:
        return None
    facts = WaitedFacts(outcome.number, waiting_since)
    return Slip(Undoable.SETTLED, held.conversation, outcome.id, office.clock(), facts)


async def refuse(office: Office, held: Pass, letter: OriginalId) -> Slip:
    """A held letter is turned away. Raises NotFound."""
    await screening.refuse(office, held, letter)
    return Slip(Undoable.REFUSED, held.conversation, letter, office.clock())


async def move(
    office: Office,
    held: Pass,
    session: Session,
    starts: datetime,
    minutes: object = None,
    circle: Circle | None = None,
) -> Slip | None:
    """Another time, by a clinician; raises what `booking.move` raises. None: it stands there already."""
    slot = await office.memory.slots.taken_by(held, session.id)
    moved = await booking.move(office, held, session, starts, minutes, circle)
    return _changed(office, session, moved, slot, Undoable.MOVED)


async def move_to(
    office: Office, held: Pass, session: Session, to: SlotId, circle: Circle | None = None
) -> Slip | None:
    """Another offered time; raises what `booking.move_to` raises. None: it stands there already."""
    slot = await office.memory.slots.taken_by(held, session.id)
    moved = await booking.move_to(office, held, session, to, circle)
    return _changed(office, session, moved, slot, Undoable.MOVED)


async def cancel(office: Office, held: Pass, session: Session, circle: Circle | None = None) -> Slip | None:
    """Called off, by either side; raises what `booking.cancel` raises."""
    slot = await office.memory.slots.taken_by(held, session.id)
    gone = await booking.cancel(office, held, session, circle)
    return _changed(office, session, gone, slot, Undoable.CANCELLED)


async def undo(office: Office, person: Person, text: str, practice: Practice | None = None) -> Slip:
    """Undoes what the slip is for. Twice is once, where nothing came between. `practice`: theirs, where it is at hand.

    Raises NotFound for another person's slip; TooLate after half a minute; what the deed's own undoing raises.
    """
    slip = await opened_slip(office, person.practice, person.id, text)
    if slip.left(office.clock()).total_seconds() <= 0:
        raise TooLate(OVER)
    match slip.deed:
        case Undoable.SETTLED:
            held = await _entered(office, person, slip.conversation, Deed.SETTLE)
            waited = _known(slip, WaitedFacts)
            await wait_again(office, held, waited.number, waited.since)
        case Undoable.REFUSED:
            held = await _entered(office, person, slip.conversation, Deed.SETTLE)
            await screening.hold_again(office, held, OriginalId(slip.target))
        case Undoable.MOVED | Undoable.CANCELLED:
            held, circle = await enter(office, person, slip.conversation, Deed.BOOK)
            await _restore(office, held, replace(circle, practice=practice), slip)
        case _:
            assert_never(slip.deed)
    return slip


async def _entered(office: Office, person: Person, conversation: ConversationId, deed: Deed) -> Pass:
    return (await enter(office, person, conversation, deed))[0]


def _changed(
    office: Office, before: Session, after: Session, slot: Slot | None, deed: Undoable
) -> Slip | None:
    """None where it was not this change alone: somebody else's came between, or there was none."""
    if after.sequence != before.sequence + 1:
        return None
    offered = (slot.id, slot.clinician) if slot else (None, None)
    facts = StoodFacts(after.sequence, before.starts, before.minutes, *offered)
    return Slip(deed, before.conversation, before.id, office.clock(), facts)


async def _restore(office: Office, held: Pass, circle: Circle, slip: Slip) -> None:
    stood, session = _known(slip, StoodFacts), SessionId(slip.target)
    found = await session_in(office, held, session)
    if (found.sequence, found.starts) == (stood.sequence + 1, stood.starts):
        return  # undone already, by the same press a moment before
    slot = None
    if stood.slot is not None and stood.of is not None:
        slot = Slot(stood.slot, stood.of, stood.starts, stood.minutes, session)
    former = Former(
        session, stood.sequence, stood.starts, stood.minutes, slot, made_anew=held.role.is_clinician
    )
    await booking.restore(office, held, former, circle)


def _known(slip: Slip, kind: type[Known]) -> Known:
    """Its facts. Raises NotFound where they are those of no such deed."""
    if not isinstance(slip.facts, kind):
        raise NotFound
    return slip.facts
