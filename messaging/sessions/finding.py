"""Finding sessions: one by its name, those of a conversation, those of somebody's inbox. Each for whom it is open to."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from messaging.conversations import Circle, Session
from messaging.errors import NotFound, TimeTaken
from messaging.ids import ConversationId, SessionId, SlotId
from messaging.memory.bookings import Slot
from messaging.office import Office
from messaging.people import Person
from messaging.record.reading import enter
from messaging.sessions.at_hand import ROOM_OPENS
from messaging.trust.access import Deed, Pass


async def session_named(
    office: Office, person: Person, named: UUID | None, deed: Deed
) -> tuple[Pass, Circle, Session]:
    """A session of a conversation in which this person may do this. Every other one is not there: raises NotFound, Busy."""
    found = (
        await office.memory.sessions.named(person.practice, SessionId(named)) if named is not None else None
    )
    if found is None:
        raise NotFound
    held, circle = await enter(office, person, found.conversation, deed)
    return held, circle, found


async def session_in(office: Office, held: Pass, named: UUID | None) -> Session:
    """A session of the conversation one was admitted to. Raises NotFound, Busy."""
    found = await office.memory.sessions.find(held, SessionId(named)) if named is not None else None
    if found is None:
        raise NotFound
    return found


async def sessions_of(office: Office, held: Pass, limit: int) -> list[Session]:
    """The newest of the conversation whose time is near or has come, whatever became of them. Raises Busy.

    What lies further ahead is not among them: a series of a year would hide all that was held.
    """
    return await office.memory.sessions.of_conversation(held, limit, office.clock() + ROOM_OPENS)


async def sessions_ahead(office: Office, held: Pass) -> list[Session]:
    """Those of the conversation that are booked and still to begin, soonest first. Raises Busy."""
    return await office.memory.sessions.to_come(held, office.clock())


async def sessions_named(office: Office, held: Pass, named: Sequence[SessionId]) -> list[Session]:
    """Those of the conversation that are among these. Raises Busy."""
    return await office.memory.sessions.these(held, named) if named else []


async def sessions_between(
    office: Office, person: Person, conversations: Sequence[ConversationId], since: datetime, until: datetime
) -> list[Session]:
    """Those of somebody's inbox that start within, in order, whatever their state. Raises Busy."""
    return await office.memory.bookings.between(person.practice, conversations, since, until)


async def slot_offered(office: Office, person: Person, slot: SlotId) -> Slot:
    """A time that is or was offered in this person's practice. Raises TimeTaken when there is none any more, Busy."""
    found = await office.memory.slots.find(person.practice, slot)
    if found is None:
        raise TimeTaken
    return found
