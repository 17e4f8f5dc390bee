"""Therapy sessions: opened, extended, ended. Only clinicians hold them; the record says so by itself."""

from dataclasses import replace
from datetime import timedelta
from typing import Final, assert_never
from uuid import UUID, uuid5

from messaging.conversations import Session, SessionState, Working
from messaging.errors import Malformed, NoSession, NotFound, SessionLive, TooEarly
from messaging.facts import SessionFacts
from messaging.ids import SessionId
from messaging.memory.record import Effect, Gate, Verdict
from messaging.memory.sessions import EndSession, ExtendSession, MissSession, OpenSession
from messaging.messages import Body, Channel, EntryKind, EventName
from messaging.office import Office
from messaging.record.posting import Draft, Where, post
from messaging.record.reading import first_said
from messaging.sessions.at_hand import due_session
from messaging.trust.access import Deed, Pass, must_be_in_care
from messaging.trust.due import must_have_agreed

SHORTEST: Final = 5
LONGEST: Final = 240
"""Minutes. Text takes longer than speech, yet nobody writes for four hours."""
USUAL: Final = 50
FARTHEST: Final = timedelta(days=366)
"""Ahead. Nobody agrees on an hour in two years; a mistyped year is found before anyone relies on it."""


def checked_minutes(minutes: object) -> int:
    """A session's length. Raises Malformed."""
    if not isinstance(minutes, int) or isinstance(minutes, bool) or not SHORTEST <= minutes <= LONGEST:
        raise Malformed(f"A session lasts {SHORTEST} to {LONGEST} minutes.")
    return minutes


async def open_session(
    office: Office,
    held: Pass,
    booked: Session | None = None,
    minutes: object = USUAL,
    *,
    beside: bool = False,
) -> Session:
    """Opens a booked session, or a new one now. Raises SessionLive when one of theirs is, NoSession when it is over,
    AgreementNeeded where somebody in care has still to agree.

    `beside` others of theirs that are open: as an import has it.
    """
    must_be_in_care(held)
    now = office.clock()
    must_have_agreed(held, Working.CHAT, now)
    live = await office.memory.conversations.live_of(held.practice, held.person)
    if not beside and any(conversation != held.conversation for conversation, _ in live):
        raise SessionLive("Another session of yours is open. Please end it first.")
    if booked is None:
        opened = Session(
            SessionId(office.new_id()),
            held.conversation,
            SessionState.LIVE,
            now,
            checked_minutes(minutes),
            now,
        )
    else:
        _may_open(booked)
        opened = replace(booked, state=SessionState.LIVE, opened_at=booked.opened_at or now)
    draft = session_event(opened, EventName.SESSION_OPENED, Gate.IDLE, (OpenSession(opened),))
    outcome = await post(office, Where.by(held), draft)
    return opened if outcome.verdict is Verdict.NEW else await _still_open(office, held, opened)


async def open_due_session(office: Office, held: Pass) -> Session:
    """The booked session whose time it is, or nearly; else a new one. Raises what `open_session` raises."""
    return await open_session(office, held, await due_session(office, held))


def _may_open(booked: Session) -> None:
    match booked.state:
        case SessionState.BOOKED:
            return
        case SessionState.LIVE:
            raise SessionLive("This session is open already.")
        case SessionState.ENDED:
            raise NoSession("This session has ended.")
        case SessionState.CANCELLED:
            raise NoSession("This session was cancelled.")
        case SessionState.MISSED:
            raise NoSession("This session was missed. You can open a new one.")
        case _:
            assert_never(booked.state)


async def _still_open(office: Office, held: Pass, opened: Session) -> Session:
    """The answer to a repeat: the first opening stands, unless its session is over."""
    found = await office.memory.sessions.find(held, opened.id)
    if found is None or found.state is not SessionState.LIVE:
        raise NoSession("This session has ended.")
    return found


async def extend_session(
    office: Office, held: Pass, live: Session, minutes: object, key: UUID | None = None
) -> Session:
    """Some minutes more, by the clinician only. Raises NoSession when its time is over, Malformed.

    Once for each `key`, however often it is asked. Without one the event's key is made from the new length, so that two who
    ask at the same moment extend once.
    """
    if live.state is not SessionState.LIVE:
        raise NoSession("This session is not open.")
    if not isinstance(minutes, int) or isinstance(minutes, bool) or minutes < 1:
        raise Malformed("A session is extended by whole minutes.")
    longer = replace(live, minutes=checked_minutes(live.minutes + minutes))
    draft = session_event(
        longer, EventName.SESSION_EXTENDED, Gate.LIVE, (ExtendSession(longer),), by=str(minutes)
    )
    if key is not None:
        draft = replace(draft, key=event_key(live.id, f"{EventName.SESSION_EXTENDED} by {key}"))
        if await first_said(office, held, draft.key) is not None:
            return await office.memory.sessions.find(held, live.id) or live
    await post(office, Where.by(held), draft)
    return await office.memory.sessions.find(held, live.id) or longer


async def end_session(office: Office, held: Pass, live: Session) -> Session:
    """Ends the live session. Raises NoSession when it has ended already."""
    if live.state is not SessionState.LIVE:
        raise NoSession("This session has ended.")
    now = office.clock()
    ending = (EndSession(live.id, now),)
    await post(
        office,
        Where.by(held),
        session_event(live, EventName.SESSION_ENDED, Gate.ENDING, ending, by="clinician"),
    )
    return replace(live, state=SessionState.ENDED, ended_at=now)


async def miss_session(office: Office, held: Pass, booked: Session) -> Session:
    """Notes that nobody came, once the practice's grace is over. Raises TooEarly, NoSession."""
    if booked.state is not SessionState.BOOKED:
        raise NoSession("This session is not waiting to begin.")
    rules = await office.memory.sessions.rules(held.practice)
    if office.clock() < booked.starts + timedelta(minutes=rules.grace_minutes):
        raise TooEarly
    missing = (MissSession(booked),)
    await post(
        office,
        Where.by(held),
        session_event(booked, EventName.SESSION_MISSED, Gate.MEMBER, missing, by="clinician"),
    )
    return replace(booked, state=SessionState.MISSED)


async def session_of(office: Office, held: Pass, session: SessionId) -> Session:
    """A session of the conversation the pass is for. Raises NotFound."""
    if held.deed is not Deed.HOLD_SESSION:
        raise NotFound
    found = await office.memory.sessions.find(held, session)
    if found is None:
        raise NotFound
    return found


def session_event(
    session: Session, event: EventName, gate: Gate, effects: tuple[Effect, ...], by: str | None = None
) -> Draft:
    """What happened to a session. Its key is made from the session, so that a retry or a second tab writes it once.

    `by`: as in `SessionFacts`.
    """
    what = f"{event} {session.minutes}" if event is EventName.SESSION_EXTENDED else str(event)
    return Draft(
        event_key(session.id, what),
        Body(event=event, facts=SessionFacts(session.id, session.minutes, by)),
        Channel.WEB,
        EntryKind.EVENT,
        gate=gate,
        effects=effects,
    )


def event_key(session: SessionId, what: str) -> UUID:
    """The same on every node, so that several who notice the same thing write it once."""
    return uuid5(session, what)
