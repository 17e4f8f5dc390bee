"""Telling clinicians that a conversation of theirs has changed: its row, as their own list shows it now.

Changes are gathered for a moment and told once: an inbox is looked at, not listened to, and a busy group must not
double its own traffic. Rows that changed in the same moment are read together.
"""

import asyncio
import logging
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Sequence, Set
from typing import Final

from channels.chat import frames
from channels.chat.connection import Connection
from channels.chat.rows import row
from messaging.errors import Refusal
from messaging.faults import located
from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.inbox.listing import changed_lines
from messaging.office import Office

log = logging.getLogger(__name__)

GATHER: Final = 1.0
"""Seconds between tellings."""
AT_ONCE: Final = 64
"""Conversations read anew for one telling; the others wait for the next."""


class Inboxes:
    """The clinicians connected to this node and what changed for them."""

    def __init__(self) -> None:
        self._watching: dict[PersonId, set[Connection]] = {}  # bound: one for each connection
        self._practices: Counter[PracticeId] = Counter()  # bound: practices of those connected
        # bound: conversations of those practices
        self._changes: OrderedDict[ConversationId, PracticeId] = OrderedDict()
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

    def of(self, person: PersonId) -> Set[Connection]:
        """A clinician's connections to this node."""
        return self._watching.get(person, frozenset())

    def has(self, practice: PracticeId) -> bool:
        """Whether any clinician of it is connected."""
        return self._practices[practice] > 0

    def changed(self, practice: PracticeId, conversation: ConversationId) -> None:
        """An entry was committed, by this node or another, or a letter of it is held, or no longer."""
        if self.has(practice):
            self._changes[conversation] = practice
            self._changed.set()

    async def run(self, office: Office) -> None:
        """Tells what has gathered, until cancelled."""
        while True:  # bound: until cancelled; each turn waits for a change
            await self._changed.wait()  # bound: until something changes
            await asyncio.sleep(GATHER)
            some = [self._changes.popitem(last=False) for _ in range(min(AT_ONCE, len(self._changes)))]
            gathered: defaultdict[PracticeId, list[ConversationId]] = defaultdict(list)
            for conversation, practice in some:
                gathered[practice].append(conversation)
            for practice, conversations in gathered.items():
                await self._tell_or_keep(office, practice, conversations)
            if not self._changes:
                self._changed.clear()

    async def _tell_or_keep(
        self, office: Office, practice: PracticeId, conversations: Sequence[ConversationId]
    ) -> None:
        """While memory is away it is told later. One that fails keeps none of the others from being told."""
        try:
            await self._tell(office, practice, conversations)
        except Refusal:
            for conversation in conversations:
                self._changes.setdefault(conversation, practice)
        except Exception as fault:  # unforeseen, and perhaps of one of them: each is tried alone
            if len(conversations) == 1:
                log.error("a changed row was not told", extra=located(fault))
                return
            for conversation in conversations:
                await self._tell_or_keep(office, practice, [conversation])

    async def _tell(
        self, office: Office, practice: PracticeId, conversations: Sequence[ConversationId]
    ) -> None:
        """Each of those who watch gets the rows of their own conversations, read after what changed them was committed."""
        readers = {
            person: next(iter(connections)).signed_in.person
            for person, connections in self._watching.items()
            if next(iter(connections)).signed_in.person.practice == practice
        }
        if not readers:
            return
        for reader, line in await changed_lines(office, practice, readers, conversations):
            held = {"type": "inbox", "conversation": line.conversation.id, **row(line, office.clock())}
            frame = frames.encode(held)
            for connection in self._watching.get(reader, ()):
                connection.push(frame)
