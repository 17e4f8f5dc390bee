"""Settling what waits: a letter that needs no answer."""

from uuid import UUID

from messaging.messages import Body, Channel, EntryKind, EventName
from messaging.office import Office
from messaging.posting import Draft, Where, post
from messaging.stored import Outcome, Turn
from messaging.trust.access import Pass


async def needs_no_answer(office: Office, held: Pass, key: UUID) -> Outcome:
    """Says in the record that nothing more is owed; only this or an answer clears a promise."""
    draft = Draft(
        key,
        Body(event=EventName.NEEDS_NO_ANSWER),
        Channel.WEB,
        EntryKind.EVENT,
        turn=Turn.ANSWERS,
    )
    return await post(office, Where.by(held), draft)
