"""The hub: what this node tells its connections, and when.

It hears of entries in two ways: from this node's writer, right after the commit and with the words at hand
(`announce`), and from the bell, which carries numbers only (`hear`). Nothing is told before it is committed; rights are
looked at for every entry told, because each commit carries the conversation's revision.
"""

import asyncio
import logging
from collections.abc import Coroutine, Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from uuid import UUID

from channels.chat import frames
from channels.chat.answers import Answers, acknowledge, said
from channels.chat.arrivals import Arrivals
from channels.chat.attendance import attend
from channels.chat.company import Company
from channels.chat.connection import Connection
from channels.chat.following import SESSION_EVENTS, Follower
from channels.chat.gaps import Gaps
from channels.chat.inboxes import Inboxes
from channels.chat.owning import own
from channels.chat.passing import Ring
from channels.chat.signs import Signs
from channels.chat.streams import Loading, Reader, Stream
from channels.chat.sweeping import sweep
from messaging.faults import located
from messaging.ids import ConversationId, PracticeId
from messaging.keeping import Keep
from messaging.memory.lookups import StoredCircle
from messaging.memory.record import Outcome, Posting, Verdict
from messaging.messages import Entry
from messaging.office import Office
from messaging.record.following import live_sessions, open_to_follow
from messaging.record.reading import open_circle
from messaging.trust.access import Deed, admit
from messaging.trust.noted import coming_by

log = logging.getLogger(__name__)

LONG: Final = 3600.0
"""Seconds without the bell, where nobody says how many."""


@dataclass(frozen=True, slots=True)
class _Running:
    office: Office
    follower: Follower
    group: asyncio.TaskGroup


class Hub:
    """All connections and followed conversations of this node."""

    def __init__(self, node: str) -> None:
        self.node = node
        self.arrivals = Arrivals()
        self.inboxes = Inboxes()
        self.gaps = Gaps(self.arrivals, self.inboxes)
        self.signs = Signs(node, self.stream_of)
        self.company = Company(node, self.inboxes)
        self._streams: dict[ConversationId, Stream] = {}  # bound: so many for each connection
        self._loading: dict[ConversationId, Loading] = {}  # bound: one for each connection
        self.answers = Answers()
        self._running: _Running | None = None

    async def run(self, office: Office, ring: Ring, keep: Keep) -> None:
        """Owns the hub's tasks until cancelled. `ring` passes a sign on to the other nodes."""
        async with asyncio.TaskGroup() as group:
            self._running = _Running(office, Follower(office, group, self.shut, self.signs), group)
            group.create_task(keep("inboxes", partial(self.inboxes.run, office)))
            attending = partial(attend, office, lambda: self.connections, self._in_session)
            group.create_task(keep("sign-ins", partial(self.arrivals.sweep, office.clock, attending)))
            group.create_task(keep("gaps", partial(self.gaps.run, office)))
            sweeping = partial(sweep, self._streams.values, self._hint, self._read_anew, office)
            group.create_task(keep("sweep", sweeping))
            group.create_task(self.signs.run(office, ring, keep))
            group.create_task(self.company.run(office, ring, keep))

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Owns what a frame asks for, whatever it raises: one connection's fault is nobody else's."""
        own(self._run.group, work)

    @property
    def connections(self) -> Set[Connection]:
        """Everybody who is there."""
        return self.arrivals.connections

    def _in_session(self) -> Set[Connection]:
        live = (one for one in self._streams.values() if one.circle.conversation.live is not None)
        return {reader.connection for stream in live for reader in stream.readers}

    @property
    def office(self) -> Office:
        """The acts' office."""
        return self._run.office

    @property
    def _run(self) -> _Running:
        if self._running is None:
            raise RuntimeError("the hub is not running")
        return self._running

    def announce(self, written: list[tuple[Posting, Outcome]]) -> None:
        """Entries committed by this node, in the order of their numbers; repeats of a key among them."""
        for posting, outcome in written:
            try:
                self._announce(posting, outcome)
            except Exception as fault:  # unforeseen, and of one entry: it stands, and is read from the record
                log.error("an entry was not told", extra=located(fault))
                self._read_anew(posting.entry.conversation)

    def _announce(self, posting: Posting, outcome: Outcome) -> None:
        conversation = posting.entry.conversation
        stream = self._streams.get(conversation)
        if outcome.verdict is Verdict.NEW:
            self.inboxes.changed(posting.practice, conversation)
            connection = self.answers.asking((posting.entry.author, conversation, posting.key))
            if connection is not None:
                acknowledge(connection, stream, outcome, said(conversation, posting.key, outcome))
        self._note_loading(conversation, outcome.number)
        if stream is None:
            return
        if outcome.verdict is Verdict.NEW:
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
        frame = stream.frame(entry, outcome.number, outcome.session)
        for reader in stream.tell(outcome.number, frame):
            self._run.follower.catch_up(stream, reader)

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
            case "i":
                self.inboxes.changed(*_ids(rest))
            case "o":
                self.arrivals.signed_out(UUID(rest))
            case "e":
                self.arrivals.release_ended(rest)
            case "p" | "q" | "h" | "t" | "w":
                self.signs.heard(kind, node, items)
            case "c":
                self.company.heard(node, items)
            case _:
                pass

    def gap(self, deaf: float = LONG) -> None:
        """The bell was away for so many seconds: what is followed is read again from where it stands, the rest asked for."""
        for conversation in {*self._streams, *self._loading}:
            self._read_anew(conversation)
        self.signs.gap()
        self.gaps.note(deaf)

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
        self._note_loading(conversation, int(last))
        if stream is not None:
            self._hint(stream, int(last))
        self.inboxes.changed(practice, conversation)

    def _hint(self, stream: Stream, number: int) -> None:
        stream.last = max(stream.last, number)
        if stream.last > stream.told:
            self._run.follower.pull(stream)

    # ------------------------------------------------------------ from connections

    def arrive(self, connection: Connection) -> None:
        """Somebody is there."""
        self.arrivals.arrive(connection)
        self.inboxes.arrive(connection)

    def depart(self, connection: Connection) -> None:
        """The connection has gone."""
        self.arrivals.depart(connection)
        self.inboxes.leave(connection)
        self.signs.depart(connection)

    async def here(self, connection: Connection) -> None:
        """A page is open, whichever: its person is in the sessions of theirs that are live."""
        self.signs.here(connection, await live_sessions(self.office, connection.signed_in.person))

    async def open(self, connection: Connection, conversation: ConversationId, after: int) -> Reader:
        """Lets a connection follow a conversation from after a number on. Raises NotFound."""
        person = connection.signed_in.person
        with self._noting(conversation) as heard, coming_by(connection.door):
            known = await open_to_follow(self.office, person, conversation)
            stream = await self._stream(known)
        # What was looked up may be old by now, and a stream that was told more knows better.
        now = stream.circle.conversation
        held = admit(person, now, Deed.READ)
        stream.stale |= heard.changed
        stream.last = max(stream.last, heard.number)
        reader = Reader(connection, held, seen=max(min(after, stream.last), held.first - 1))
        stream.readers.add(reader)
        live = frames.session(now.live, self.office.clock(), now.rules)
        opened = {"type": "opened", "conversation": conversation, "last": stream.last, "session": live}
        opened["ended_at"] = frames.moment(now.ended_at) if now.ended_at else None
        connection.push(frames.encode(opened))
        if stream.told < stream.last or stream.stale or stream.changed is not None:
            self._run.follower.pull(stream)
        self._run.follower.catch_up(stream, reader)
        self.signs.arrive(stream, connection)
        return reader

    async def _stream(self, known: StoredCircle) -> Stream:
        """The stream of what was looked up, knowing at least as much. Nothing may be awaited between it and its reader."""
        found = known.conversation
        stream = self._streams.get(found.id)
        if stream is not None and not stream.knows_less(found):
            return stream
        circle = await open_circle(self.office, known)
        stream = self._streams.get(found.id)
        if stream is None:
            stream = self._streams[found.id] = Stream(circle, found.last_number, found.last_number)
        else:
            stream.stale |= stream.circle.conversation.revision != found.revision
            self._run.follower.adopt(stream, circle)
        return stream

    @contextmanager
    def _noting(self, conversation: ConversationId) -> Iterator[Loading]:
        """What is committed while a conversation is read for its first reader is noted, or nobody would be told."""
        heard = self._loading.setdefault(conversation, Loading())
        heard.waiting += 1
        try:
            yield heard
        finally:
            heard.waiting -= 1
            if not heard.waiting:
                del self._loading[conversation]

    def _note_loading(self, conversation: ConversationId, number: int) -> None:
        """Also where it is followed: its last reader may leave before the one who is being let in has come."""
        loading = self._loading.get(conversation)
        if loading is not None:
            loading.number = max(loading.number, number)

    def shut(self, reader: Reader) -> None:
        """A connection no longer follows a conversation."""
        stream = self._streams.get(reader.held.conversation)
        if stream is None or reader not in stream.readers:
            return
        stream.readers.discard(reader)
        self.signs.leave(stream, reader.connection.person)
        if not stream.readers:
            del self._streams[stream.id]

    def stream_of(self, conversation: ConversationId) -> Stream | None:
        """The followed conversation, if any."""
        return self._streams.get(conversation)

    def say_again(
        self, connection: Connection, conversation: ConversationId, key: UUID, outcome: Outcome
    ) -> None:
        """The answer to a repeat: in the message's place where a reader has yet to be told of it, else at once."""
        stream = self._streams.get(conversation)
        acknowledge(connection, stream, outcome, said(conversation, key, outcome))
        if stream is not None:
            self._hint(stream, outcome.number)


def _ids(named: str) -> tuple[PracticeId, ConversationId]:
    practice, _, conversation = named.partition("/")
    return PracticeId(UUID(practice)), ConversationId(UUID(conversation))
