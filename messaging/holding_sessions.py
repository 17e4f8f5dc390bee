"""Therapy sessions: booked, opened, extended, ended. Only clinicians hold them; the record says so by itself."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from messaging.conversations import Session, SessionState
from messaging.errors import Malformed, NoSession, NotFound
from messaging.ids import EntryId, SessionId
from messaging.messages import Body, Channel, EntryKind, EventName
from messaging.office import Office
from messaging.posting import Draft, Where, post
from messaging.stored import EndSession, Gate, OpenSession, Outcome
from messaging.trust.access import Deed, Pass

SHORTEST: Final = 5
LONGEST: Final = 240
"""Minutes. Text takes longer than speech, yet nobody writes for four hours."""
USUAL: Final = 50


def checked_minutes(minutes: object) -> int:
    """A session's length. Raises Malformed."""
    if not isinstance(minutes, int) or isinstance(minutes, bool) or not SHORTEST <= minutes <= LONGEST:
        raise Malformed(f"A session lasts {SHORTEST} to {LONGEST} minutes.")
    return minutes


async def book_session(office: Office, held: Pass, starts: datetime, minutes: object) -> Session:
    """A booked session. Raises Malformed for a start without zone or more than a minute ago."""
    if starts.tzinfo is None or starts < office.clock() - timedelta(minutes=1):
        raise Malformed("A session starts in the future.")
    session = Session(
        SessionId(office.new_id()), held.conversation, SessionState.BOOKED, starts, checked_minutes(minutes)
    )
    await office.memory.conversations.book(held.practice, session)
    return session


async def open_session(
    office: Office, held: Pass, booked: Session | None = None, minutes: object = USUAL
) -> Session:
    """Opens a booked session, or a new one now. Raises SessionLive when one is."""
    now = office.clock()
    if booked is None:
        opened = Session(
            SessionId(office.new_id()),
            held.conversation,
            SessionState.LIVE,
            now,
            checked_minutes(minutes),
            now,
        )
    elif booked.state is SessionState.ENDED:
        raise NoSession("This session has ended.")
    else:
        opened = replace(booked, state=SessionState.LIVE, opened_at=booked.opened_at or now)
    await _event(office, held, EventName.SESSION_OPENED, Gate.IDLE, OpenSession(opened), opened)
    return opened


async def extend_session(office: Office, held: Pass, live: Session, minutes: object) -> Session:
    """Some minutes more, by the clinician only. Raises NoSession, Malformed."""
    if live.state is not SessionState.LIVE:
        raise NoSession
    more = checked_minutes(live.minutes + minutes if isinstance(minutes, int) else minutes)
    longer = replace(live, minutes=more)
    await office.memory.conversations.extend(held.practice, longer)
    return longer


async def end_session(office: Office, held: Pass, live: Session) -> Session:
    """Ends the live session. Raises NoSession when it has ended already."""
    if live.state is not SessionState.LIVE:
        raise NoSession
    now = office.clock()
    await _event(office, held, EventName.SESSION_ENDED, Gate.LIVE, EndSession(now), live)
    return replace(live, state=SessionState.ENDED, ended_at=now)


async def session_of(office: Office, held: Pass, session: SessionId) -> Session:
    """A session of the conversation the pass is for. Raises NotFound."""
    if held.deed is not Deed.HOLD_SESSION:
        raise NotFound
    found = await office.memory.conversations.session(held.practice, session)
    if found is None or found.conversation != held.conversation:
        raise NotFound
    return found


async def _event(
    office: Office,
    held: Pass,
    event: EventName,
    gate: Gate,
    effect: OpenSession | EndSession,
    session: Session,
) -> Outcome:
    """The key is made from the session and the event, so that a retry or a second tab writes it once."""
    key = UUID(int=session.id.int ^ (1 if event is EventName.SESSION_OPENED else 2))
    body = Body(event=event, facts={"session": str(session.id), "minutes": str(session.minutes)})
    draft = Draft(
        key, body, Channel.WEB, EntryKind.EVENT, gate=gate, id=EntryId(office.new_id()), effects=(effect,)
    )
    return await post(office, Where.by(held), draft)
