"""A session is agreed: booked, taken from what is offered, moved, cancelled.

    the fact and its place in the queue, in one transaction > then told: an event of the record, with the mails it owes

If the process ends between the two, whoever attends the queue tells it. The event's key is made from the session and its
sequence, so that both may, and it stands there once.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, assert_never
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from messaging.conversations import Circle, Session, SessionState
from messaging.errors import (
    CareEnded,
    Conflict,
    KeyReused,
    Malformed,
    NotBooked,
    NotFound,
    TimeTaken,
    TooLate,
)
from messaging.ids import SessionId, SlotId
from messaging.memory.bookings import Agreed, Agreement, Former, Move, Slot
from messaging.office import Office
from messaging.people import Role
from messaging.sessions.holding import checked_minutes
from messaging.sessions.inviting import announce, announce_restored
from messaging.sessions.repeating import Weekly, times
from messaging.sessions.wall_time import within_years
from messaging.slips import UNDO
from messaging.trust.access import Deed, Pass, must_be_in_care

AGREEING: Final = frozenset({Deed.BOOK, Deed.HOLD_SESSION})
TOO_CLOSE: Final = (
    "Another session would be too near: somebody here keeps minutes free before and after theirs."
)
AT_ONCE: Final = 12
"""Sessions to come in one conversation that clients may take for themselves: a quarter of a year, once a week."""


async def book(
    office: Office,
    held: Pass,
    starts: datetime,
    minutes: object,
    key: UUID | None = None,
    circle: Circle | None = None,
) -> Session:
    """A session at a free time, by a clinician. The same key again is the same session. `circle`: see `announce`.

    Raises Malformed for the past, TimeTaken, KeyReused for a key that booked another time.
    """
    if held.deed is not Deed.HOLD_SESSION:
        raise NotFound
    must_be_in_care(held)
    starts = checked_start(office, starts)
    return await _book(office, held, _new(office, held, starts, checked_minutes(minutes), key), circle=circle)


async def book_series(
    office: Office,
    held: Pass,
    wish: Weekly,
    key: UUID | None = None,
    circle: Circle | None = None,
) -> list[Session]:
    """Sessions at the same time on the practice's clock, by a clinician: all of them, or none.

    Raises Malformed, TimeTaken naming the first that is not free, KeyReused for a key that booked something else.
    """
    if held.deed is not Deed.HOLD_SESSION:
        raise NotFound
    must_be_in_care(held)
    owner = await office.memory.people.practice(held.practice)
    if owner is None:
        raise NotFound
    zone, length, count = ZoneInfo(owner.time_zone), checked_minutes(wish.minutes), wish.repeat.count
    named = [uuid5(key, str(number)) for number in range(count)] if key else [None] * count
    wanted = [
        _new(office, held, at, length, one)
        for at, one in zip(times(checked_start(office, wish.starts), wish.repeat, zone), named, strict=True)
    ]
    series = await office.memory.bookings.book_all(held, wanted, office.clock())
    if series.agreed is Agreed.KNOWN:
        _must_be_the_same(series.sessions, wanted)
    if series.met is not None:
        when = f"{series.met.starts.astimezone(zone):%Y-%m-%d %H:%M}"
        if series.agreed is Agreed.TOO_CLOSE:
            raise TimeTaken(f"At {when} another session would be too near, so none was booked.")
        raise TimeTaken(f"At {when} another session is booked, so none was.")
    if series.agreed is Agreed.CARE_ENDED:
        raise CareEnded
    for one in series.sessions:
        await announce(office, held.practice, one.id, by=held.person, circle=circle)
    return list(series.sessions)


def _must_be_the_same(known: Sequence[Session], wanted: Sequence[Session]) -> None:
    """What the key booked may have been moved or called off since; it is those sessions all the same."""
    if [one.id for one in known] != [one.id for one in wanted]:
        raise KeyReused("Other sessions were booked from this page already. Please open the page anew.")


async def take(
    office: Office, held: Pass, slot: SlotId, key: UUID | None = None, circle: Circle | None = None
) -> Session:
    """An offered time becomes a session of this conversation. Raises NotFound, TimeTaken, Conflict for too many."""
    must_be_in_care(held)
    offered = await _offered(office, held, slot)
    session = _new(office, held, offered.starts, offered.minutes, key)
    if held.role is Role.CLIENT:
        await _not_too_many(office, held, session.id)
    return await _book(office, held, session, slot, circle)


async def move(
    office: Office,
    held: Pass,
    session: Session,
    starts: datetime,
    minutes: object = None,
    circle: Circle | None = None,
) -> Session:
    """Another time, by a clinician: the offer it came from is gone. Raises Malformed, TimeTaken, NotBooked, NotFound.

    `session` as who asks found it just now; whether it still stands so is looked at where it is changed.
    """
    if held.deed is not Deed.HOLD_SESSION:
        raise NotFound
    _is_own(held, session)
    must_be_in_care(held)
    length = session.minutes if minutes is None else checked_minutes(minutes)
    wanted = Move(session.id, checked_start(office, starts), length)
    agreement = await office.memory.bookings.move(held, wanted, office.clock())
    return await _told(office, held, agreement, circle)


async def move_to(
    office: Office, held: Pass, session: Session, slot: SlotId, circle: Circle | None = None
) -> Session:
    """Another offered time; the one given up is offered again. Raises TimeTaken, NotBooked, TooLate, NotFound."""
    _is_own(held, session)
    must_be_in_care(held)
    _not_begun(office, held, session)
    offered = await _offered(office, held, slot)
    wanted = Move(session.id, offered.starts, offered.minutes, slot, keeps_offer=True)
    agreement = await office.memory.bookings.move(held, wanted, office.clock())
    return await _told(office, held, agreement, circle)


async def cancel(office: Office, held: Pass, session: Session, circle: Circle | None = None) -> Session:
    """Called off, by either side; a client until the start, and late within the practice's window.

    Raises NotBooked, TooLate, NotFound.
    """
    _is_own(held, session)
    _not_begun(office, held, session)
    by_client, late_from = held.role is Role.CLIENT, timedelta()
    if by_client:
        rules = await office.memory.sessions.rules(held.practice)
        late_from = timedelta(minutes=rules.cancel_minutes)
    agreement = await office.memory.bookings.cancel(
        held, session.id, office.clock(), keeps_offer=by_client, late_from=late_from
    )
    return await _told(office, held, agreement, circle)


async def restore(office: Office, held: Pass, former: Former, circle: Circle | None = None) -> Session:
    """Moving or calling off is undone, by who did it: it stands as before. Raises TimeTaken, NotBooked, NotFound.

    Only whom an earlier mail had not reached yet is written to: the others know nothing of what is undone.
    """
    if held.deed not in AGREEING:
        raise NotFound
    must_be_in_care(held)
    now = office.clock()
    agreement = await office.memory.bookings.restore(held, former, now, now + UNDO)
    session = agreement.session
    if agreement.agreed is Agreed.DONE and session is not None:
        before = former.sequence - 1
        await announce_restored(office, held.practice, session, before, by=held.person, circle=circle)
        return session
    if agreement.agreed is Agreed.CARE_ENDED:
        raise CareEnded
    if agreement.agreed is Agreed.NOT_BOOKED:
        raise NotBooked("The session was changed again since, so this cannot be undone.")
    raise TimeTaken("The former time is not free any more, so this cannot be undone.")


def _is_own(held: Pass, session: Session) -> None:
    """Raises NotFound for a session of another conversation than the pass is for."""
    if held.deed not in AGREEING or session.conversation != held.conversation:
        raise NotFound


def checked_start(office: Office, starts: datetime) -> datetime:
    """A start in the future, in UTC. Raises Malformed."""
    if starts.tzinfo is None:
        raise Malformed("A time needs its zone.")
    within_years(starts)
    if starts < office.clock() - timedelta(minutes=1):
        raise Malformed("A session starts in the future.")
    return starts.astimezone(UTC)


async def _book(
    office: Office, held: Pass, wanted: Session, slot: SlotId | None = None, circle: Circle | None = None
) -> Session:
    agreement = await office.memory.bookings.book(held, wanted, slot, office.clock())
    known = agreement.session
    if known is not None and (known.starts, known.minutes) != (wanted.starts, wanted.minutes):
        raise KeyReused("Another session was booked from this page already. Please open the page anew.")
    return await _told(office, held, agreement, circle)


async def _told(office: Office, held: Pass, agreement: Agreement, circle: Circle | None = None) -> Session:
    """What was agreed is announced at once; what was not is refused in words for who asked."""
    session = agreement.session
    match agreement.agreed:
        case Agreed.DONE | Agreed.KNOWN if session is not None:
            await announce(office, held.practice, session.id, by=held.person, circle=circle)
            return session
        case Agreed.CLASH_HERE if held.role is not Role.CLIENT:
            raise TimeTaken("This conversation has another session at that time.")
        case Agreed.CLASH if held.role is not Role.CLIENT:
            raise TimeTaken("Another session is booked at that time.")
        case Agreed.TOO_CLOSE if held.role is not Role.CLIENT:
            raise TimeTaken(TOO_CLOSE)
        case Agreed.CARE_ENDED:
            raise CareEnded
        case Agreed.NOT_BOOKED:
            raise _not_booked(session)
        case Agreed.TOO_SOON:
            raise TimeTaken("This time is too near to be taken now. Please choose a later one.")
        case (
            Agreed.DONE
            | Agreed.KNOWN
            | Agreed.CLASH_HERE
            | Agreed.CLASH
            | Agreed.TOO_CLOSE
            | Agreed.SLOT_GONE
        ):
            raise TimeTaken
        case _:
            assert_never(agreement.agreed)


def _not_booked(session: Session | None) -> NotBooked:
    if session is not None and session.state is SessionState.CANCELLED:
        return NotBooked("This session is cancelled already.")
    return NotBooked()


def _not_begun(office: Office, held: Pass, booked: Session) -> None:
    """A client who finds out too late writes a letter: at the start others rely on the time."""
    waits = booked.state is SessionState.BOOKED
    if held.role is Role.CLIENT and waits and booked.starts <= office.clock():
        raise TooLate("The session's time has come, so it cannot be changed here any more.")


async def _offered(office: Office, held: Pass, slot: SlotId) -> Slot:
    """A slot of a clinician of this conversation. What is not theirs is not there; what is past is taken by time."""
    if held.deed is not Deed.BOOK:
        raise NotFound
    found = await office.memory.slots.find(held.practice, slot)
    conversation = await office.memory.conversations.find(held.practice, held.conversation)
    if found is None or conversation is None:
        raise TimeTaken
    member = conversation.member(found.clinician)
    if member is None or not member.role.is_clinician:
        raise NotFound
    if found.starts <= office.clock():
        raise TimeTaken
    return found


async def _not_too_many(office: Office, held: Pass, session: SessionId) -> None:
    now = office.clock()
    ahead = await office.memory.sessions.to_come(held, now)
    if len([one for one in ahead if one.id != session]) >= AT_ONCE:
        raise Conflict(
            "You have %(most)s sessions ahead. More can be taken when some of them are over.",
            {"most": AT_ONCE},
        )


def _new(office: Office, held: Pass, starts: datetime, minutes: int, key: UUID | None) -> Session:
    """Named by who asks and their key, so that asking twice names the same."""
    name = uuid5(held.conversation, f"{held.person}/{key}") if key else office.new_id()
    return Session(SessionId(name), held.conversation, SessionState.BOOKED, starts, minutes)
