"""The clock of sessions: what must happen to one by itself, and when to look at it again.

Whoever changes a session makes it due (in the same transaction); a job claims what is due and asks `attend`. Everything
here may be repeated and may be late: what happens is decided by how the session stands at that moment.
"""

from datetime import datetime, timedelta
from typing import assert_never

from messaging.conversations import Session, SessionState
from messaging.errors import NoSession
from messaging.ids import PracticeId, SessionId
from messaging.memory.record import Gate
from messaging.memory.sessions import EndSession, MissSession
from messaging.messages import EventName
from messaging.office import Office
from messaging.record.posting import Where, post
from messaging.sessions.holding import session_event
from messaging.sessions.reminding import follow


async def claim_due(
    office: Office, now: datetime, lease: timedelta, limit: int
) -> list[tuple[PracticeId, SessionId]]:
    """Sessions for which it is time, nobody else's until `now + lease`: by that moment `attended` knows the claim."""
    return await office.memory.sessions.due(now, lease, limit)


async def attended(
    office: Office, practice: PracticeId, session: SessionId, held_until: datetime, again: datetime | None
) -> None:
    """Done with for now; attended to `again`, if it says when. Raises Busy."""
    await office.memory.sessions.attended(practice, session, held_until, again)


async def next_due(office: Office) -> datetime | None:
    """When it is time for the next session. Raises Busy."""
    return await office.memory.sessions.next_due()


async def attend(office: Office, practice: PracticeId, session: SessionId) -> datetime | None:
    """Does what is due to a session; returns when to come again, or None. Raises Busy: come again soon."""
    found = await office.memory.sessions.named(practice, session)
    if found is None:
        return None
    match found.state:
        case SessionState.BOOKED:
            return await _attend_booked(office, practice, found)
        case SessionState.LIVE:
            return await _attend_live(office, practice, found)
        case SessionState.CANCELLED:
            return await follow(office, practice, found)
        case SessionState.ENDED | SessionState.MISSED:
            return None
        case _:
            assert_never(found.state)


async def _attend_booked(office: Office, practice: PracticeId, booked: Session) -> datetime | None:
    """Told and reminded of while it is to come. One that nobody opened while it could have lasted was missed."""
    if office.clock() < booked.ends:
        return min(booked.ends, await follow(office, practice, booked) or booked.ends)
    missing = (MissSession(booked),)
    await post(
        office,
        Where.by_nobody(practice, booked.conversation),
        session_event(booked, EventName.SESSION_MISSED, Gate.SYSTEM, missing, by="time"),
    )
    return None


async def _attend_live(office: Office, practice: PracticeId, live: Session) -> datetime | None:
    """The hard end. If the clinician was faster, theirs stands; if it was extended meanwhile, nothing is written."""
    now = office.clock()
    if now < live.words_until:
        return live.words_until
    ending = (EndSession(live.id, now, if_over=True),)
    try:
        await post(
            office,
            Where.by_nobody(practice, live.conversation),
            session_event(live, EventName.SESSION_ENDED, Gate.ENDING, ending, by="time"),
        )
    except NoSession:
        return None
    return None
