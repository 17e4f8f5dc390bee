"""A note as it reads, and what is asked of whoever writes one."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from messaging.errors import NoRoom, NotFound
from messaging.ids import ConversationId, PersonId, SessionId
from messaging.messages import checked_text
from messaging.notes.sealed import Inside
from messaging.office import Office
from messaging.trust.access import Deed, Pass

NOTE_LIMIT: Final = 40_000
"""Characters of one note: some fifteen pages."""
VERSIONS: Final = 200
"""How often one note may be changed: the page of it reads all of its versions."""
PAGE: Final = 50
"""Notes read at once."""
FULL: Final = "The server is out of space. Your note was not kept; please keep it and try later."
UNREAD: Final = "[This note could not be opened. Please tell the practice.]"


@dataclass(frozen=True, slots=True)
class Note:
    """A note as it stands. `at`: when it was made; `changed_at`: when this version of it was, where it is not the first."""

    id: UUID
    conversation: ConversationId
    author: PersonId
    at: datetime
    text: str = field(repr=False)
    version: int = 1
    changed_at: datetime | None = None
    session: SessionId | None = None
    """The session it is about, where it was begun from one's record."""
    taken_out: bool = False
    """No longer part of the record since `changed_at`; what it said before is kept as its earlier versions."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a page or program hands in. The same `key` again is the same note."""

    key: UUID
    text: object = field(repr=False)
    session: SessionId | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """New words for a note; `version` is the one they were written over, None: whichever stands."""

    text: object = field(repr=False)
    version: int | None = None


def note_id(held: Pass, key: UUID) -> UUID:
    """The id of what its author writes under a key: sent twice, it is one note."""
    return uuid5(held.person, f"{held.conversation} {key}")


async def inside_of(office: Office, held: Pass, written: Written) -> Inside:
    """What somebody writes, checked; of a session of this conversation. Raises Malformed, TooLong, NotFound."""
    text = checked_text(written.text, NOTE_LIMIT)
    if written.session is not None and await office.memory.sessions.find(held, written.session) is None:
        raise NotFound
    return Inside(text, written.session)


def must_note(held: Pass) -> None:
    """The pass is one for notes. Raises NotFound."""
    if held.deed is not Deed.NOTE:
        raise NotFound


def must_have_room(office: Office) -> None:
    """Nothing new is begun while the disk is nearly full. Raises NoRoom."""
    if not office.room_left():
        raise NoRoom(FULL)
