"""One conversation as this node follows it: who reads along, and up to which number everyone has been told.

    committed here  > announce(number) > in order? > every reader at once
    committed elsewhere, or a gap      > pull from the record > every reader, in order
    a reader who comes with `after`    > catches up from the record, page by page > then follows

A reader is told each number once and in order, because it is only ever told `seen + 1`.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from channels.chat import frames
from channels.chat.connection import Connection
from messaging.conversations import Circle, Conversation, Session
from messaging.ids import ConversationId, PersonId, PracticeId, SessionId
from messaging.messages import Entry, EntryKind
from messaging.trust.access import Pass
from messaging.trust.seams import Seam, insist


@dataclass(slots=True, eq=False)
class Reader:
    """One connection reading one conversation. `seen` is the last number it was told."""

    connection: Connection
    held: Pass
    seen: int
    behind: bool = True
    # bound: as many as frames may wait; beyond that the connection is closed (`answers`)
    own: dict[int, str] = field(default_factory=dict)
    """`said` frames by number: told in place of the message to the connection that sent it."""

    def tell(self, number: int, frame: str, *, if_room: bool = False) -> bool:
        """Tells the next number. False when there is a gap to be filled first, or asked for and no room."""
        if number <= self.seen:
            self.own.pop(number, None)
            return True
        if self.behind or number != self.seen + 1 or (if_room and not self.connection.has_room):
            return False
        self.hand(number, frame)
        return True

    def hand(self, number: int, frame: str) -> None:
        """Hands over `number`, which is the next one. Raises SeamBroken otherwise: the connection ends, and resumes."""
        insist(Seam.TOLD, number == self.seen + 1)
        self.seen = number
        self.connection.push(self.own.pop(number, frame) if self.own else frame)

    def inherit(self, former: "Reader") -> None:
        """Opened once more on one connection: acknowledgements not yet told keep their place in the order."""
        later = [number for number in former.own if number > self.seen]
        self.own.update({number: former.own.pop(number) for number in later})

    def answer(self) -> None:
        """No longer followed: what was asked is answered all the same."""
        for number in sorted(self.own):
            self.connection.push(self.own.pop(number))


@dataclass(slots=True, eq=False)
class Stream:
    """A conversation followed by at least one reader."""

    circle: Circle
    told: int
    """Everything up to here was handed to the readers that are not behind."""
    last: int
    """The highest number known to be committed."""
    readers: set[Reader] = field(default_factory=set)  # bound: one for each connection
    stale: bool = False
    """Who belongs to it or its session has changed: nothing is told before it was read anew."""
    pulling: bool = False
    changed: Session | None = None
    """A session that began, changed or ended, not yet told."""

    @property
    def practice(self) -> PracticeId:
        """The tenant."""
        return self.circle.conversation.practice

    @property
    def id(self) -> ConversationId:
        """The conversation."""
        return self.circle.conversation.id

    def people(self) -> set[PersonId]:
        """Who follows it through this node."""
        return {r.connection.person for r in self.readers}

    def knows_less(self, found: Conversation, *, or_as_much: bool = False) -> bool:
        """Whether this was read later than what the stream knows. Both only ever rise, and each reading sees both."""
        known = self.circle.conversation
        if (known.last_number, known.revision) == (found.last_number, found.revision):
            return or_as_much
        return known.last_number <= found.last_number and known.revision <= found.revision

    def frame(self, entry: Entry, number: int, session: SessionId | None = None) -> str:
        """The entry's frame, encoded once for all readers. `session`: what the writer found it to belong to."""
        held = frames.message(entry, number, self.circle.people.get(entry.author))
        if session is not None and entry.kind is EntryKind.MESSAGE:
            held["session"] = session
        return frames.encode(held)

    def tell(self, number: int, frame: str, *, if_room: bool = False) -> list[Reader]:
        """Hands `number` to every reader that is due for it; returns those with a gap."""
        self.told = max(self.told, number)
        return [
            reader
            for reader in self.readers
            if not reader.tell(number, frame, if_room=if_room) and not reader.behind
        ]

    def push(self, frame: str, *, but: PersonId | None = None) -> None:
        """A sign for everyone except one person."""
        for reader in self.readers:
            if reader.connection.person != but:
                reader.connection.push(frame)


@dataclass(slots=True)
class Loading:
    """A conversation being read for a new reader, and what was heard of it meanwhile."""

    waiting: int = 0
    number: int = 0
    changed: bool = False


def presence(conversation: UUID, person: UUID, *, here: bool, since: datetime | None = None) -> str:
    """The presence frame; of who is gone also since when."""
    held = {"type": "presence", "conversation": conversation, "person": person, "here": here}
    if since is not None:
        held["since"] = frames.moment(since)
    return frames.encode(held)


def typing(conversation: UUID, person: UUID) -> str:
    """The typing frame: that, never what."""
    return frames.encode({"type": "typing", "conversation": conversation, "person": person})


def gesture(conversation: UUID, person: UUID, word: frames.Word) -> str:
    """The frame of a one-tap word."""
    return frames.encode({"type": "sign", "conversation": conversation, "person": person, "word": word})
