"""Telling clinicians that a conversation of theirs has changed, without telling them what was said.

Changes are gathered for a moment and told once: an inbox is looked at, not listened to, and a busy group must not
double its own traffic.
"""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from channels.chat import frames
from channels.chat.connection import Connection
from messaging.conversations import Conversation
from messaging.errors import Refusal
from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.office import Office
from messaging.promises_store import Watch
from messaging.stored import Outcome, Posting

GATHER: Final = 1.0
"""Seconds between tellings."""
AT_ONCE: Final = 64
"""Conversations read anew for one telling; the others wait for the next."""


@dataclass(frozen=True, slots=True)
class _Change:
    practice: PracticeId
    number: int
    waiting_since: datetime | None
    exact: bool


class Inboxes:
    """The clinicians connected to this node and what changed for them."""

    def __init__(self, followed: Callable[[ConversationId], Conversation | None]) -> None:
        self._followed = followed
        self._watching: dict[PersonId, set[Connection]] = {}  # bound: one for each connection
        self._practices: Counter[PracticeId] = Counter()  # bound: practices of those connected
        # bound: conversations of those practices
        self._changes: OrderedDict[ConversationId, _Change] = OrderedDict()
        self._changed = asyncio.Event()

    def arrive(self, connection: Connection) -> None:
        """A clinician's connection is told of changes from now on."""
        person = connection.signed_in.person
        if person.role.is_clinician:
            self._watching.setdefault(person.id, set()).add(connection)
            self._practices[person.practice] += 1

    def leave(self, connection: Connection) -> None:
        """The connection has gone."""
        person = connection.signed_in.person
        watching = self._watching.get(person.id)
        if watching is not None and connection in watching:
            watching.discard(connection)
            self._practices[person.practice] -= 1
            if not self._practices[person.practice]:
                del self._practices[person.practice]
            if not watching:
                del self._watching[person.id]

    def watching(self) -> dict[PracticeId, list[PersonId]]:
        """Who is connected, by practice."""
        found: dict[PracticeId, list[PersonId]] = {}
        for person, connections in self._watching.items():
            practice = next(iter(connections)).signed_in.person.practice
            found.setdefault(practice, []).append(person)
        return found

    def changed(self, posting: Posting, outcome: Outcome) -> None:
        """An entry was committed by this node."""
        if self._practices[posting.practice] > 0:
            # The wait of a letter let in by hand began before it was written: that is read anew.
            exact = not any(isinstance(one, Watch) and one.since for one in posting.effects)
            change = _Change(posting.practice, outcome.number, outcome.waiting_since, exact)
            self._note(posting.entry.conversation, change)

    def heard(self, practice: PracticeId, conversation: ConversationId) -> None:
        """An entry was committed by another node: the bell does not say more."""
        if self._practices[practice] > 0:
            self._note(conversation, _Change(practice, 0, None, exact=False))

    def _note(self, conversation: ConversationId, change: _Change) -> None:
        self._changes[conversation] = change
        self._changed.set()

    async def run(self, office: Office) -> None:
        """Tells what has gathered, until cancelled."""
        while True:  # bound: until cancelled; each turn waits for a change
            await self._changed.wait()  # bound: until something changes
            await asyncio.sleep(GATHER)
            for _ in range(min(AT_ONCE, len(self._changes))):
                conversation, change = self._changes.popitem(last=False)
                try:
                    await self._tell(office, conversation, change)
                except Refusal:
                    self._changes.setdefault(conversation, change)
            if not self._changes:
                self._changed.clear()

    async def _tell(self, office: Office, conversation: ConversationId, change: _Change) -> None:
        known = self._followed(conversation) if change.exact else None
        if known is None:
            known = await office.memory.conversations.find(change.practice, conversation)
        if known is None:
            return
        since = change.waiting_since if change.exact else known.waiting_since
        frame = frames.encode(
            {
                "type": "inbox",
                "conversation": conversation,
                "last": max(change.number, known.last_number),
                "waiting_since": frames.moment(since) if since else None,
            }
        )
        for member in known.members:
            for connection in self._watching.get(member.person, ()):
                connection.push(frame)
