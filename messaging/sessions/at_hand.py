"""Which session it is time for: the one question, and its numbers, in one place.

awaited    booked, and its time is not over: it may still begin
due        so near its start that pressing "open" means this one
at hand    live, or so near that the waiting room is open
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from messaging.conversations import Conversation, Session, SessionState
from messaging.ids import ConversationId, PracticeId
from messaging.office import Office
from messaging.trust.access import Pass

LONGEST: Final = timedelta(hours=4)
"""A session that should have begun so long ago may still be on: none is longer."""
OPENED_EARLY: Final = timedelta(minutes=30)
"""A session opened this long before its booked start is the booked one."""
EARLY: Final = timedelta(minutes=15)
"""The waiting room opens this long before a booked session."""


async def awaited(
    office: Office, practice: PracticeId, conversations: Iterable[ConversationId]
) -> Session | None:
    """The next booked one of these whose time is not over: one that should have begun is still awaited. Raises Busy."""
    now = office.clock()
    return next(iter(await _not_over(office, practice, conversations, now)), None)


async def due_session(office: Office, held: Pass) -> Session | None:
    """The booked session whose time it is, or nearly. Raises Busy."""
    now = office.clock()
    booked = await _not_over(office, held.practice, [held.conversation], now)
    return next((one for one in booked if one.starts <= now + OPENED_EARLY), None)


async def session_at_hand(office: Office, conversation: Conversation) -> Session | None:
    """The live session, or the booked one for which the waiting room is open."""
    if conversation.live is not None:
        return conversation.live
    now = office.clock()
    booked = await _not_over(office, conversation.practice, [conversation.id], now)
    return next((one for one in booked if waiting_room_open(one, now)), None)


def waiting_room_open(session: Session, now: datetime) -> bool:
    """While it is live, or booked and its time near or come."""
    if session.state is SessionState.LIVE:
        return True
    return session.state is SessionState.BOOKED and session.starts - EARLY <= now < session.ends


async def _not_over(
    office: Office, practice: PracticeId, conversations: Iterable[ConversationId], now: datetime
) -> list[Session]:
    booked = await office.memory.sessions.next_booked(practice, list(conversations), now - LONGEST)
    return [one for one in booked if one.ends > now]
