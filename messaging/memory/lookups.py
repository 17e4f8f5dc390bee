"""What every arrival asks of memory: who shows this token, who is in this conversation, what was said; and what a letter is
written upon. Each one question.

After a restart thousands ask at once, so the answer brings the wrapped keys along: nothing more is asked for until
somebody speaks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from messaging.conversations import Conversation, Ground
from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.memory.people import StoredPerson
from messaging.memory.record import StoredEntry
from messaging.memory.sign_ins import StoredSignIn
from messaging.trust.access import Pass, Way


@dataclass(frozen=True, slots=True)
class StoredBearer:
    """A sign-in that was not ended, with its active person. Whether its time has run out is the asker's to judge."""

    sign_in: StoredSignIn
    person: StoredPerson
    keys: Mapping[UUID, bytes] = field(repr=False)
    """The wrapped keys of the practice and of the person: without the first everyone would ask for it at the same time."""


@dataclass(frozen=True, slots=True)
class StoredCircle:
    """A conversation with its current members, and those people as kept."""

    conversation: Conversation
    people: tuple[StoredPerson, ...]
    keys: Mapping[UUID, bytes] = field(repr=False)
    """The wrapped keys of the conversation and of its people, by owner."""


@dataclass(frozen=True, slots=True)
class StoredPage:
    """What somebody lacks of a conversation, and its revision in the same state.

    While that is the revision they know, everybody who belonged to it when these entries were written still does.
    """

    entries: tuple[StoredEntry, ...]
    revision: int


class Lookups(Protocol):
    """Read anew at every call; nothing is remembered, so nothing has to be taken back. Passwords' hashes stay away."""

    async def bearer(self, practice: PracticeId, token_hash: bytes) -> StoredBearer | None:
        """Who shows this token. Raises Busy."""

    async def circle(self, practice: PracticeId, conversation: ConversationId) -> StoredCircle | None:
        """The conversation with everyone in it: what a way to it is made from. Raises Busy."""

    async def page(self, held: Pass, number: int, limit: int) -> StoredPage | None:
        """Entries with numbers above `number`, in order, at most `limit`. Raises Busy."""

    async def ground(self, way: Way, author: PersonId, key: UUID) -> Ground | None:
        """What a letter of this author's under `key` is written upon; None when the conversation is gone. Raises Busy."""
