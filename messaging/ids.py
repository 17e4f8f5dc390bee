"""The names of things, each its own type, so that a person's id never stands where a conversation's should."""

from typing import Final, NewType
from uuid import UUID

PracticeId = NewType("PracticeId", UUID)
PersonId = NewType("PersonId", UUID)
ConversationId = NewType("ConversationId", UUID)
SessionId = NewType("SessionId", UUID)
SlotId = NewType("SlotId", UUID)
"""A time that is offered for a session."""
EntryId = NewType("EntryId", UUID)
LetterId = NewType("LetterId", UUID)
"""Labels a letter thread: the id of its first letter."""
SignInId = NewType("SignInId", UUID)
OriginalId = NewType("OriginalId", UUID)
"""A letter as it arrived, raw."""
MailId = NewType("MailId", UUID)
"""One outgoing mail, owed to one person."""
ExportId = NewType("ExportId", UUID)
"""A record that is handed out in the background."""

SYSTEM: Final = PersonId(UUID(int=0))
"""The author of events that no person caused."""


def parse_uuid(value: object) -> UUID | None:
    """The UUID in its canonical text form, or None. Other spellings (braces, urn:) are nobody's id here."""
    if not isinstance(value, str) or len(value) != 36:
        return None
    try:
        return UUID(value)
    except ValueError:
        return None
