"""What waits until an agreement is accepted: new sessions, and letters written here. Nothing that is under way does.

A letter by mail is kept whatever was agreed, and both sides are told (`letters.writing`). Help, stopping and words about the
agreement itself, or about dates, are always open (`letters.writing.Purpose`).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from messaging.conversations import Conversation, Due, Working
from messaging.errors import Conflict
from messaging.ids import PersonId
from messaging.trust.access import Pass

NOT_YET: Final = (
    "Not everybody in care here has agreed to what binds now, so no session begins yet. "
    "You can write a letter that says so."
)


class AgreementNeeded(Conflict):
    """What is new waits until the agreement that binds now is accepted. What runs goes on; help and stopping stay open."""

    code = "agreement_needed"
    words = "There is an agreement to read and to agree to first. Your text is kept, and Help now stays open."


def is_due(due: Iterable[Due], way: Working, now: datetime) -> bool:
    """Whether something is to be agreed to before this way of working goes on."""
    return any(one.since <= now and one.way in (way, Working.ALL) for one in due)


def must_have_agreed(held: Pass, way: Working, now: datetime) -> None:
    """Before something new is begun in this way. Raises AgreementNeeded."""
    if held.due and is_due(held.due, way, now):
        raise AgreementNeeded(NOT_YET if held.role.is_clinician else None)


def is_due_to(conversation: Conversation, person: PersonId, now: datetime) -> bool:
    """Whether they have something to agree to, whatever it is for."""
    member = conversation.member(person)
    return member is not None and any(one.since <= now for one in member.due)
