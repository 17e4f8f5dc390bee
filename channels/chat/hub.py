"""The hub: what this node tells its connections, and when.

It hears of entries in two ways: from this node's writer, right after the commit and with the words at hand
(`announce`), and from the bell, which carries numbers only (`hear`). Nothing is told before it is committed; rights are
looked at for every entry told, because each commit carries the conversation's revision.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from channels.chat import frames
from channels.chat.connection import SEND_TIMEOUT, Connection
from channels.chat.following import SESSION_EVENTS, Follower
from channels.chat.frames import SIGNED_OUT, Sign
from channels.chat.inboxes import Inboxes
from channels.chat.signs import Ring, Signs
from channels.chat.streams import Reader, Stream
from messaging.conversations import Conversation
from messaging.errors import NotFound
from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.messages import Entry
from messaging.office import Office
from messaging.reading import circle_of, note_opening
from messaging.stored import Outcome, Posting, Verdict
from messaging.trust.access import Deed, admit

SWEEP: Final = SEND_TIMEOUT / 2
"""Seconds between looks at all connections: does the other end take what it is sent, has its sign-in run out?"""


@dataclass(slots=True)
class _Loading:
    """A conversation being read for a new reader, and what was heard of it meanwhile."""

    waiting: int = 0
    number: int = 0
    changed: bool = False


@dataclass(frozen=True, slots=True)
class _Running:
    office: Office
    follower: Follower


class Hub:
    """All connections and followed conversations of this node."""

    def __init__(self, node: str) -> None:
        self.node = node
        self.connections: set[Connection] = set()
        self.inboxes = Inboxes(self._followed)
        self.signs = Signs(node)
        self._streams: dict[ConversationId, Stream] = {}
        self._loading: dict[ConversationId, _Loading] = {}
        self._origins: dict[tuple[PersonId, ConversationId, UUID], list[Connection]] = {}
        self._running: _Running | None = None

    async def run(self, office: Office, ring: Ring) -> None:
        """Owns the hub's tasks until cancelled. `ring` passes a sign on to the other nodes."""
        async with asyncio.TaskGroup() as group:
            self._running = _Running(office, Follower(office, group, self.shut, self.signs))
            group.create_task(self.inboxes.run(office))
            group.create_task(self.signs.run(ring))
            group.create_task(self._sweep(office))

    @property
    def office(self) -> Office:
        """The acts' office, while the hub runs."""
        return self._run.office

    @property
    def _run(self) -> _Running:
        if self._running is None:
            raise RuntimeError("the hub is not running")
        return self._running

    # ------------------------------------------------------------ from the writer

    def announce(self, written: list[tuple[Posting, Outcome]]) -> None:
        """Entries committed by this node, in the order of their numbers; repeats of a key among them."""
        for posting, outcome in written:
            conversation = posting.entry.conversation
            stream = self._streams.get(conversation)
            if outcome.verdict is Verdict.NEW:
                self.inboxes.changed(posting, outcome)
                whose = (posting.entry.author, conversation, posting.key)
                for connection in self._origins.pop(whose, ()):
                    _acknowledge(connection, stream, outcome, said(conversation, posting.key, outcome))
            if stream is None:
                self._note_loading(conversation, outcome.number)
            elif outcome.verdict is Verdict.NEW:
                self._tell(stream, posting.entry, outcome)
            else:
                self._hint(stream, outcome.number)

    def _tell(self, stream: Stream, entry: Entry, outcome: Outcome) -> None:
        stream.last = max(stream.last, outcome.number)
        if outcome.number <= stream.told:
            return
        known = stream.circle.conversation.revision == outcome.revision
        stream.stale |= not known
        if stream.stale or entry.body.event in SESSION_EVENTS or outcome.number != stream.told + 1:
            self._run.follower.pull(stream)
            return
        frame = stream.frame(_in_session(entry, outcome), outcome.number)
        for reader in stream.tell(outcome.number, frame):
            self._run.follower.catch_up(stream, reader)

    # ------------------------------------------------------------ from the bell

    def hear(self, payload: str) -> None:
        """A payload of the bell (grammar in `threads.bell`). Unknown ones are a newer node's."""
        kind, _, rest = payload.partition(" ")
        node, _, items = rest.partition(" ")
        match kind:
            case "n" if node != self.node:
                for item in items.split():
                    self._heard_number(item)
            case "m":
                self._read_anew(_ids(rest)[1])
            case "o":
                for connection in [c for c in self.connections if str(c.signed_in.sign_in.id) == rest]:
                    connection.close(SIGNED_OUT)
            case "p" | "q" | "t" if node != self.node:
                _, conversation, person, here = items.split("/")
                stream = self._streams.get(ConversationId(UUID(conversation)))
                if stream is not None:
                    self.signs.heard(Sign(kind), stream, PersonId(UUID(person)), here=here == "1")
            case _:
                pass

    def gap(self) -> None:
        """The bell was away: everything followed is read again from where it stands."""
        for conversation in {*self._streams, *self._loading}:
            self._read_anew(conversation)

    def _read_anew(self, conversation: ConversationId) -> None:
        if conversation in self._loading:
            self._loading[conversation].changed = True
        stream = self._streams.get(conversation)
        if stream is not None:
            stream.stale = True
            self._run.follower.pull(stream)

    def _heard_number(self, item: str) -> None:
        named, _, last = item.rpartition("/")
        practice, conversation = _ids(named)
        stream = self._streams.get(conversation)
        if stream is not None:
            self._hint(stream, int(last))
        else:
            self._note_loading(conversation, int(last))
        self.inboxes.heard(practice, conversation)

    def _hint(self, stream: Stream, number: int) -> None:
        stream.last = max(stream.last, number)
        if stream.last > stream.told:
            self._run.follower.pull(stream)

    # ------------------------------------------------------------ from connections

    async def open(self, connection: Connection, conversation: ConversationId, after: int) -> Reader:
        """Lets a connection follow a conversation from after a number on. Raises NotFound."""
        with self._noting(conversation) as heard:
            found = await self.office.memory.conversations.find(
                connection.signed_in.person.practice, conversation
            )
            held = admit(connection.signed_in.person, found, Deed.READ)
            if found is None:
                raise NotFound
            await note_opening(self.office, held)
            if conversation not in self._streams:
                circle = await circle_of(self.office, found)
                self._streams.setdefault(conversation, Stream(circle, found.last_number, found.last_number))
        stream = self._streams[conversation]
        stream.stale |= heard.changed or stream.circle.conversation.revision < found.revision
        stream.last = max(stream.last, heard.number, found.last_number)
        reader = Reader(connection, held, seen=min(after, stream.last))
        before = stream.present()
        stream.readers.add(reader)
        live = frames.session(found.live, self.office.clock())
        connection.push(
            frames.encode(
                {"type": "opened", "conversation": conversation, "last": stream.last, "session": live}
            )
        )
        if stream.told < stream.last or stream.stale:
            self._run.follower.pull(stream)
        self._run.follower.catch_up(stream, reader)
        self.signs.arrive(stream, connection, before)
        return reader

    @contextmanager
    def _noting(self, conversation: ConversationId) -> Iterator[_Loading]:
        """What is committed while a conversation is read for its first reader is noted, or nobody would be told."""
        heard = self._loading.setdefault(conversation, _Loading())
        heard.waiting += 1
        try:
            yield heard
        finally:
            heard.waiting -= 1
            if not heard.waiting:
                del self._loading[conversation]

    def _note_loading(self, conversation: ConversationId, number: int) -> None:
        loading = self._loading.get(conversation)
        if loading is not None:
            loading.number = max(loading.number, number)

    def shut(self, reader: Reader) -> None:
        """A connection no longer follows a conversation."""
        stream = self._streams.get(reader.held.conversation)
        if stream is None or reader not in stream.readers:
            return
        before = stream.present()
        stream.readers.discard(reader)
        self.signs.leave(stream, reader.connection.person, before)
        if not stream.readers:
            del self._streams[stream.id]

    def stream_of(self, conversation: ConversationId) -> Stream | None:
        """The followed conversation, if any."""
        return self._streams.get(conversation)

    def _followed(self, conversation: ConversationId) -> Conversation | None:
        stream = self._streams.get(conversation)
        return stream.circle.conversation if stream is not None else None

    def expect(self, connection: Connection, conversation: ConversationId, key: UUID) -> None:
        """This connection is about to post under this key and gets `said` instead of a copy."""
        whose = (connection.person, conversation, key)
        self._origins.setdefault(whose, []).append(connection)

    def forget(self, connection: Connection, conversation: ConversationId, key: UUID) -> None:
        """The posting was answered. Another connection may still wait for the same key's answer."""
        whose = (connection.person, conversation, key)
        waiting = self._origins.get(whose)
        if waiting is not None and connection in waiting:
            waiting.remove(connection)
            if not waiting:
                del self._origins[whose]

    def say_again(
        self, connection: Connection, conversation: ConversationId, key: UUID, outcome: Outcome
    ) -> None:
        """The answer to a repeat: in the message's place where a reader has yet to be told of it, else at once."""
        stream = self._streams.get(conversation)
        _acknowledge(connection, stream, outcome, said(conversation, key, outcome))
        if stream is not None:
            self._hint(stream, outcome.number)

    async def _sweep(self, office: Office) -> None:
        """A signed-out connection is closed by the bell at once; here, one whose time ran out or whose end is stuck."""
        while True:
            await asyncio.sleep(SWEEP)
            now = office.clock()
            for connection in list(self.connections):
                connection.look()
                if connection.signed_in.sign_in.expires_at <= now:
                    connection.close(SIGNED_OUT)


def said(conversation: UUID, key: UUID, outcome: Outcome) -> str:
    """The acknowledgement, after the commit; the same for a repeat."""
    at = frames.moment(outcome.at) if outcome.at else None
    held = {"conversation": conversation, "key": key, "number": outcome.number, "id": outcome.id, "at": at}
    return frames.encode({"type": "said", **held})


def _acknowledge(connection: Connection, stream: Stream | None, outcome: Outcome, frame: str) -> None:
    """`said` takes the message's place in the order of a connection that follows the conversation."""
    for reader in stream.readers if stream else ():
        if reader.connection is connection and reader.seen < outcome.number:
            reader.own[outcome.number] = frame
            return
    connection.push(frame)


def _in_session(entry: Entry, outcome: Outcome) -> Entry:
    return replace(entry, session=outcome.session) if outcome.session is not None else entry


def _ids(named: str) -> tuple[PracticeId, ConversationId]:
    practice, _, conversation = named.partition("/")
    return PracticeId(UUID(practice)), ConversationId(UUID(conversation))
