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
ROOM_OPENS: Final = timedelta(minutes=15)
"""Before a booked start, for who is in care: time enough to check in, and not so much that one sits and waits."""
MEANT_FROM: Final = timedelta(minutes=30)
"""Before a booked start, for who holds it: from then on the page shows it, and pressing "open" means it.

Not the same number, for this one errs on the other side: two who agree to begin twenty minutes early hold the booked
session. Were it taken for another, the booked one would stand as missed beside it. Never less than ROOM_OPENS: who waits
in the room waits for that session.
"""


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
    return next((one for one in booked if one.starts <= now + MEANT_FROM), None)


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
    return session.state is SessionState.BOOKED and session.starts - ROOM_OPENS <= now < session.ends


async def _not_over(
    office: Office, practice: PracticeId, conversations: Iterable[ConversationId], now: datetime
) -> list[Session]:
    booked = await office.memory.sessions.next_booked(practice, list(conversations), now - LONGEST)
    return [one for one in booked if one.ends > now]
