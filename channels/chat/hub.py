"""The hub: what this node tells its connections, and when.

It hears of entries in two ways: from this node's writer, right after the commit and with the words at hand
(`announce`), and from the bell, which carries numbers only (`hear`). Nothing is told before it is committed; rights are
looked at for every entry told, because each commit carries the conversation's revision.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from channels.chat import frames
from channels.chat.connection import Connection
from channels.chat.frames import RESTARTING, REVOKED, SIGNED_OUT, Sign
from channels.chat.inboxes import Inboxes
from channels.chat.streams import Reader, Stream, presence, typing
from messaging.conversations import Circle, Conversation, SessionState
from messaging.errors import NotFound, Refusal
from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.messages import Entry, EventName
from messaging.office import Office
from messaging.people import Person
from messaging.reading import circle_of, entries_after
from messaging.stored import Outcome, Posting, Verdict
from messaging.trust.access import Deed, Pass, admit

log = logging.getLogger(__name__)

PAGE: Final = 100
RETRY: Final = 0.3
"""Seconds before a failed read (the database was away) is tried again."""
SESSION_EVENTS: Final = frozenset({EventName.SESSION_OPENED, EventName.SESSION_ENDED})


Ring = Callable[[str], Awaitable[None]]


@dataclass(slots=True)
class _Loading:
    """A conversation being read for a new reader: the highest number heard of meanwhile."""

    waiting: int = 0
    number: int = 0


class Hub:
    """All connections and followed conversations of this node."""

    def __init__(self, node: str) -> None:
        self.node = node
        self.connections: set[Connection] = set()
        self.inboxes = Inboxes(self._followed)
        self._office: Office | None = None
        self._streams: dict[ConversationId, Stream] = {}
        self._loading: dict[ConversationId, _Loading] = {}
        self._origins: dict[UUID, list[Connection]] = {}
        self._group: asyncio.TaskGroup | None = None
        self._signs: asyncio.Queue[str] = asyncio.Queue(maxsize=1000)

    @property
    def office(self) -> Office:
        """The acts' office; the house hands it over in `run`."""
        if self._office is None:
            raise RuntimeError("the hub is not running")
        return self._office

    async def run(self, office: Office, ring: Ring) -> None:
        """Owns the hub's tasks until cancelled. `ring` sends a sign to the other nodes."""
        self._office = office
        async with asyncio.TaskGroup() as group:
            self._group = group
            group.create_task(self.inboxes.run(office))
            group.create_task(self._ring_signs(ring))

    # ------------------------------------------------------------ from the writer

    def announce(self, written: list[tuple[Posting, Outcome]]) -> None:
        """Entries just committed by this node, in the order of their numbers."""
        for posting, outcome in written:
            stream = self._streams.get(posting.entry.conversation)
            if outcome.verdict is Verdict.NEW:
                self.inboxes.changed(posting, outcome)
                for connection in self._origins.pop(posting.key, ()):
                    self._acknowledge(connection, stream, posting, outcome)
                if stream is not None:
                    self._follow(stream, posting.entry, outcome)
            elif stream is not None:
                self._hint(stream, outcome.number)
            if stream is None:
                self._note_loading(posting.entry.conversation, outcome.number)

    def _acknowledge(
        self, connection: Connection, stream: Stream | None, posting: Posting, outcome: Outcome
    ) -> None:
        """`said` takes the message's place in the order of a connection that follows the conversation."""
        frame = said(posting.entry.conversation, posting.key, outcome)
        for reader in stream.readers if stream else ():
            if reader.connection is connection and reader.seen < outcome.number:
                reader.own[outcome.number] = frame
                return
        connection.push(frame)

    def _follow(self, stream: Stream, entry: Entry, outcome: Outcome) -> None:
        stream.last = max(stream.last, outcome.number)
        if outcome.number <= stream.told:
            return
        known = stream.circle.conversation.revision == outcome.revision
        if entry.body.event in SESSION_EVENTS or not known:
            stream.stale = True
        if stream.stale or outcome.number != stream.told + 1:
            self._pull(stream)
            return
        entry_frame = stream.frame(_with_session(entry, outcome), outcome.number)
        for reader in stream.tell(outcome.number, entry_frame):
            self._catch_up(stream, reader)

    # ------------------------------------------------------------ from the bell

    def hear(self, payload: str) -> None:
        """A payload of the bell (grammar in `threads.bell`). Unknown ones are a newer node's."""
        kind, _, rest = payload.partition(" ")
        match kind:
            case "n":
                node, _, items = rest.partition(" ")
                if node != self.node:
                    for item in items.split():
                        self._heard_numbers(item)
            case "m":
                stream = self._streams.get(_ids(rest)[1])
                if stream is not None:
                    stream.stale = True
                    self._pull(stream)
            case "o":
                for connection in [c for c in self.connections if str(c.signed_in.sign_in.id) == rest]:
                    connection.close(SIGNED_OUT)
            case "p" | "q" | "t":
                node, _, sign = rest.partition(" ")
                if node != self.node:
                    self._heard_sign(Sign(kind), sign)
            case _:
                pass

    def gap(self) -> None:
        """The bell was away: everything followed is read again from where it stands."""
        for stream in self._streams.values():
            stream.stale = True
            self._pull(stream)

    def _heard_numbers(self, item: str) -> None:
        practice, conversation, last = item.split("/")
        stream = self._streams.get(ConversationId(UUID(conversation)))
        if stream is not None:
            self._hint(stream, int(last))
        else:
            self._note_loading(ConversationId(UUID(conversation)), int(last))
        self.inboxes.heard(PracticeId(UUID(practice)), ConversationId(UUID(conversation)))

    def _hint(self, stream: Stream, number: int) -> None:
        stream.last = max(stream.last, number)
        if stream.last > stream.told:
            self._pull(stream)

    def _heard_sign(self, kind: Sign, sign: str) -> None:
        _, conversation, person, here = sign.split("/")
        stream = self._streams.get(ConversationId(UUID(conversation)))
        if stream is None:
            return
        who = PersonId(UUID(person))
        if kind is Sign.TYPING:
            stream.push(typing(stream.id, who), but=who)
            return
        if kind is Sign.QUESTION:
            for present in {r.connection.person for r in stream.readers}:
                self._sign(Sign.PRESENCE, stream, present, here=True)
        self._now_elsewhere(stream, who, here=here == "1")

    def _now_elsewhere(self, stream: Stream, who: PersonId, *, here: bool) -> None:
        before = stream.present()
        if here:
            stream.here[who] = 1
        else:
            stream.here.pop(who, None)
        self._tell_presence(stream, before)

    # ------------------------------------------------------------ from connections

    async def open(self, connection: Connection, conversation: ConversationId, after: int) -> Reader:
        """Lets a connection follow a conversation from after a number on. Raises NotFound."""
        found, held, heard = await self._admitted(connection.signed_in.person, conversation)
        stream = self._streams.get(conversation)
        if stream is None or stream.circle.conversation.revision < found.revision:
            circle = await circle_of(self.office, found)
            stream = self._streams.get(conversation) or self._start(circle)
        stream.last = max(stream.last, heard.number, found.last_number)
        reader = Reader(connection, held, seen=max(0, min(after, stream.last)))
        before = stream.present()
        stream.readers.add(reader)
        live = frames.session(stream.circle.conversation.live, self.office.clock())
        connection.push(
            frames.encode(
                {"type": "opened", "conversation": conversation, "last": stream.last, "session": live}
            )
        )
        if stream.told < stream.last:
            self._pull(stream)
        self._catch_up(stream, reader)
        self._arrive(stream, connection, before)
        return reader

    async def _admitted(
        self, person: Person, conversation: ConversationId
    ) -> tuple[Conversation, Pass, "_Loading"]:
        """The conversation as it is now. What is committed while it is read is noted, or it would be told to nobody."""
        heard = self._loading.setdefault(conversation, _Loading())
        heard.waiting += 1
        try:
            found = await self.office.memory.conversations.find(person.practice, conversation)
            held = admit(person, found, Deed.READ)
        finally:
            heard.waiting -= 1
            if not heard.waiting:
                del self._loading[conversation]
        if found is None:
            raise NotFound
        return found, held, heard

    def _note_loading(self, conversation: ConversationId, number: int) -> None:
        loading = self._loading.get(conversation)
        if loading is not None:
            loading.number = max(loading.number, number)

    def _followed(self, conversation: ConversationId) -> Conversation | None:
        stream = self._streams.get(conversation)
        return stream.circle.conversation if stream is not None else None

    def shut(self, reader: Reader) -> None:
        """A connection no longer follows a conversation."""
        stream = self._streams.get(reader.held.conversation)
        if stream is None or reader not in stream.readers:
            return
        before = stream.present()
        stream.readers.discard(reader)
        self._tell_presence(stream, before)
        if reader.connection.person not in {r.connection.person for r in stream.readers}:
            self._sign(Sign.PRESENCE, stream, reader.connection.person, here=False)
        if not stream.readers:
            del self._streams[stream.id]

    def stream_of(self, conversation: ConversationId) -> Stream | None:
        """The followed conversation, if any."""
        return self._streams.get(conversation)

    def expect(self, key: UUID, connection: Connection) -> None:
        """This connection is about to post under this key and gets `said` instead of a copy."""
        self._origins.setdefault(key, []).append(connection)

    def forget(self, key: UUID) -> None:
        """The posting was answered."""
        self._origins.pop(key, None)

    def type(self, reader: Reader) -> None:
        """Somebody writes; told only inside a live session."""
        stream = self._streams.get(reader.held.conversation)
        if stream is not None and stream.circle.conversation.live is not None:
            who = reader.connection.person
            stream.push(typing(stream.id, who), but=who)
            self._sign(Sign.TYPING, stream, who, here=True)

    # ------------------------------------------------------------ presence

    def _arrive(self, stream: Stream, connection: Connection, before: set[PersonId]) -> None:
        if stream.circle.conversation.live is None:
            return
        for other in before - {connection.person}:
            connection.push(presence(stream.id, other, here=True))
        self._tell_presence(stream, before)
        self._sign(Sign.QUESTION, stream, connection.person, here=True)

    def _tell_presence(self, stream: Stream, before: set[PersonId]) -> None:
        if stream.circle.conversation.live is None:
            return
        now = stream.present()
        for who in before ^ now:
            stream.push(presence(stream.id, who, here=who in now), but=who)

    def _sign(self, kind: Sign, stream: Stream, who: PersonId, *, here: bool) -> None:
        if stream.circle.conversation.live is None or self._signs.full():
            return
        self._signs.put_nowait(f"{kind} {self.node} {stream.practice}/{stream.id}/{who}/{int(here)}")

    async def _ring_signs(self, ring: Ring) -> None:
        while True:
            payload = await self._signs.get()
            try:
                await ring(payload)
            except Refusal:
                log.warning("a sign was not passed on")

    # ------------------------------------------------------------ reading what is missing

    def _start(self, circle: Circle) -> Stream:
        last = circle.conversation.last_number
        stream = self._streams[circle.conversation.id] = Stream(circle, told=last, last=last)
        return stream

    def _pull(self, stream: Stream) -> None:
        if not stream.pulling:
            stream.pulling = True
            self._spawn(stream, self._pull_all(stream))

    async def _pull_all(self, stream: Stream) -> None:
        """Reads the conversation anew if it changed, then tells the readers what they lack."""
        try:
            while stream.readers:
                try:
                    if stream.stale:
                        await self._refresh(stream)
                    elif stream.told < stream.last:
                        await self._tell_missing(stream)
                    else:
                        break
                except Refusal:
                    stream.stale = True
                    await asyncio.sleep(RETRY)
            self._tell_session(stream)
        finally:
            stream.pulling = False

    async def _refresh(self, stream: Stream) -> None:
        stream.stale = False
        found = await self.office.memory.conversations.find(stream.practice, stream.id)
        if found is None:
            for reader in list(stream.readers):
                reader.connection.close(REVOKED)
                self.shut(reader)
            return
        before = stream.circle.conversation.live
        stream.circle = await circle_of(self.office, found)
        stream.last = max(stream.last, found.last_number)
        for reader in list(stream.readers):
            if found.member(reader.connection.person) is None:
                reader.connection.close(REVOKED)
                self.shut(reader)
        if before != found.live:
            now = self.office.clock()
            ended = replace(before, state=SessionState.ENDED, ended_at=now) if before else None
            stream.changed = found.live or ended

    async def _tell_missing(self, stream: Stream) -> None:
        held = next(iter(stream.readers)).held
        for entry in await entries_after(self.office, held, stream.told, PAGE):
            frame = stream.frame(entry, entry.number)
            for reader in stream.tell(entry.number, frame):
                self._catch_up(stream, reader)
        stream.last = max(stream.last, stream.told)

    def _tell_session(self, stream: Stream) -> None:
        """After the entries that belong before it: the composer changes with this frame."""
        changed, stream.changed = stream.changed, None
        if changed is None:
            return
        session = frames.session(changed, self.office.clock())
        stream.push(frames.encode({"type": "session", "conversation": stream.id, "session": session}))
        if changed.state is SessionState.LIVE:
            for who in stream.present():
                stream.push(presence(stream.id, who, here=True), but=who)

    def _catch_up(self, stream: Stream, reader: Reader) -> None:
        reader.behind = True
        if reader.seen >= stream.told and not stream.stale:
            reader.behind = False
            return
        self._spawn(stream, self._replay(stream, reader))

    async def _replay(self, stream: Stream, reader: Reader) -> None:
        """Hands a reader what it has not seen, page by page, and lets it follow once there is no gap."""
        while reader in stream.readers and reader.connection.closing is None:
            if reader.seen >= stream.told and not stream.stale:
                reader.behind = False
                return
            try:
                if stream.stale:
                    await asyncio.sleep(RETRY)
                elif stream.circle.conversation.member(reader.connection.person) is None:
                    reader.connection.close(REVOKED)
                    return
                else:
                    await self._replay_page(stream, reader)
            except Refusal:
                await asyncio.sleep(RETRY)
            await reader.connection.room()

    async def _replay_page(self, stream: Stream, reader: Reader) -> None:
        page = await entries_after(self.office, reader.held, reader.seen, PAGE)
        for entry in page:
            # Beyond `last` an entry of this very reader may be on its way, whose `said` must come in its place.
            if entry.number == reader.seen + 1 and entry.number <= stream.last:
                reader.hand(entry.number, stream.frame(entry, entry.number))
        if not page:
            reader.seen = stream.told

    def _spawn(self, stream: Stream, work: Coroutine[Any, Any, None]) -> None:
        if self._group is None:
            raise RuntimeError("the hub is not running")
        self._group.create_task(self._guarded(stream, work))

    async def _guarded(self, stream: Stream, work: Coroutine[Any, Any, None]) -> None:
        """A fault in one conversation must not end the others: its readers come back and resume by number."""
        try:
            await work
        except (
            Exception
        ) as fault:  # an unforeseen fault, reported by its type; the words in it may be a client's
            log.error("a conversation could not be followed", extra={"fault": type(fault).__name__})
            for reader in list(stream.readers):
                reader.connection.close(RESTARTING)


def said(conversation: UUID, key: UUID, outcome: Outcome) -> str:
    """The acknowledgement, after the commit; the same for a repeat."""
    return frames.encode(
        {
            "type": "said",
            "conversation": conversation,
            "key": key,
            "number": outcome.number,
            "id": outcome.id,
            "at": frames.moment(outcome.at) if outcome.at else None,
        }
    )


def _with_session(entry: Entry, outcome: Outcome) -> Entry:
    return replace(entry, session=outcome.session) if outcome.session is not None else entry


def _ids(text: str) -> tuple[PracticeId, ConversationId]:
    practice, _, conversation = text.partition("/")
    return PracticeId(UUID(practice)), ConversationId(UUID(conversation))
