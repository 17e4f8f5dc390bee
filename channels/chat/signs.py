"""Presence, typing and one-tap words in a live session: told to those in it, on every node, and never stored.

What is stored is a break: somebody whose last connection went, and who is on no node again for a while (`breaking`).
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final, assert_never

from channels.chat.breaks import Breaks
from channels.chat.connection import Connection
from channels.chat.frames import Word
from channels.chat.passing import Passing, Ring, Sign, Told, read
from channels.chat.rooms import About, Move, Room
from channels.chat.streams import Reader, Stream, gesture, presence, typing
from messaging.ids import ConversationId, PersonId, PracticeId, SessionId
from messaging.keeping import Keep
from messaging.office import Office
from messaging.sessions.breaking import PATIENCE

log = logging.getLogger(__name__)

LOOK: Final = 1.0
"""Seconds between looks at the rooms."""
SLICE: Final = 50
"""Rooms looked at before others have their turn."""
ABANDONED: Final = 4 * 3600.0
"""Seconds after which it no longer matters who left a room that nobody follows: the longest session is over."""
_WORDS: Final = frozenset(Word)


@dataclass(slots=True)
class Terms:
    """Seconds. A roll every `beat`; a node silent for `silence` is dead; a break is one after `patience`."""

    beat: float = 10.0
    silence: float = 25.0
    patience: float = PATIENCE
    look: float = LOOK


class Signs:
    """Who is here, and who is writing."""

    def __init__(self, node: str, stream_of: Callable[[ConversationId], Stream | None]) -> None:
        self.terms = Terms()
        self._stream_of = stream_of
        self._passing = Passing(node)
        # bound: live sessions followed here, ABANDONED seconds longer
        self._rooms: dict[ConversationId, Room] = {}
        self._about: dict[PersonId, About] = {}  # bound: the sockets this process may have open
        self._breaks = Breaks()
        self._echoed = 0.0
        self._office: Office | None = None

    async def run(self, office: Office, ring: Ring, keep: Keep) -> None:
        """Owns what goes on beside the frames, until cancelled."""
        self._office = office
        async with asyncio.TaskGroup() as group:
            group.create_task(keep("signs", partial(self._passing.run, ring)))
            group.create_task(keep("rooms", self._watch))
            group.create_task(keep("breaks", partial(self._breaks.run, office)))

    # ------------------------------------------------------------ from this node

    def arrive(self, stream: Stream, connection: Connection) -> None:
        """A connection follows now: it is told who is there and who is gone, the others that somebody is there."""
        room = self._room(stream)
        if room is None:
            return
        me = connection.person
        for other in room.present() - {me}:
            connection.push(presence(stream.id, other, here=True))
        for other, gone in room.gone.items():
            if other != me:
                connection.push(presence(stream.id, other, here=False, since=gone.since))
        self._come(stream, room)
        self._tell_nodes(room, Sign.QUESTION, (me,))

    def leave(self, stream: Stream, person: PersonId) -> None:
        """A connection no longer follows. Whoever has another page open is in the session all the same."""
        if person in self._about:
            self._about[person].rooms.add(stream.id)
        self._leave(stream.id, person)

    def here(self, connection: Connection, live: Iterable[tuple[ConversationId, SessionId]]) -> None:
        """A page of ours is open; `live` are its person's sessions. Which page it is nobody is told."""
        who = connection.person
        about = self._about.setdefault(who, About())
        about.pages.add(connection.number)
        for conversation, session in live:
            about.rooms.add(conversation)
            room = self._room_of(connection.signed_in.person.practice, conversation, session)
            if room is not None and who not in room.here:
                self._told(room, room.came(who, None, self._now(), time.monotonic()))
                self._tell_nodes(room, Sign.QUESTION, (who,))

    def depart(self, connection: Connection) -> None:
        """The connection has gone, and with it perhaps the last page."""
        about = self._about.get(connection.person)
        if about is None:
            return
        about.pages.discard(connection.number)
        if not about.pages:
            del self._about[connection.person]
            for conversation in about.rooms:
                self._leave(conversation, connection.person)

    def _leave(self, conversation: ConversationId, person: PersonId) -> None:
        room, stream = self._rooms.get(conversation), self._stream_of(conversation)
        if room is None or person in self._about or (stream is not None and person in stream.people()):
            return
        at = self._now()
        self._told(room, room.went(person, None, at, time.monotonic()))
        self._tell_nodes(room, Sign.PRESENCE, (person,), "0", at)

    def began(self, stream: Stream) -> None:
        """A session is live now: those who were there before it see each other, across nodes too."""
        known = self._rooms.get(stream.id)
        room = self._room(stream)
        if room is not None and room is not known:
            self._come(stream, room)
            self._tell_nodes(room, Sign.QUESTION, tuple(room.here))

    def ended(self, stream: Stream) -> None:
        """Who leaves after the end is nobody's business."""
        self._rooms.pop(stream.id, None)

    def type(self, stream: Stream, reader: Reader) -> None:
        """Somebody writes."""
        room, who = self._room(stream), reader.connection.person
        if room is not None:
            stream.push(typing(stream.id, who), but=who)
            self._tell_nodes(room, Sign.TYPING, (who,))

    def gesture(self, stream: Stream, reader: Reader, word: Word) -> None:
        """Somebody says with one tap what they are doing."""
        room, who = self._room(stream), reader.connection.person
        if room is not None:
            stream.push(gesture(stream.id, who, word), but=who)
            self._tell_nodes(room, Sign.WORD, (who,), word)

    # ------------------------------------------------------------ from other nodes

    def heard(self, kind: str, node: str, items: str) -> None:
        """Signs of another node, or the echo of our own: as long as we hear that, a silent node is dead and not we deaf."""
        if node == self._passing.node:
            self._echoed = time.monotonic()
            return
        for told in read(kind, items):
            room = self._rooms.get(told.conversation)
            if room is not None and room.session == told.session:
                self._hear(room, node, told)

    def gap(self) -> None:
        """The bell was away: nobody is dead for that, and whoever came meanwhile is asked for."""
        now = time.monotonic()
        for room in self._rooms.values():
            for through in room.elsewhere.values():
                through.heard = now
            self._tell_nodes(room, Sign.QUESTION, tuple(room.here))

    def _hear(self, room: Room, node: str, told: Told) -> None:
        now = time.monotonic()
        match told.kind:
            case Sign.TYPING | Sign.WORD:
                self._say(room, told)
            case Sign.ROLL:
                self._told(room, room.lists(node, set(told.people), told.at, now))
            case Sign.PRESENCE if told.what == "0":
                for who in told.people:
                    self._told(room, room.went(who, node, told.at, now))
            case Sign.PRESENCE | Sign.QUESTION:
                for who in told.people:
                    self._told(room, room.came(who, node, told.at, now))
                if told.kind is Sign.QUESTION:
                    self._answer(room)
            case _:
                assert_never(told.kind)

    def _answer(self, room: Room) -> None:
        self._tell_nodes(room, Sign.PRESENCE, tuple(room.here), "1")
        for who, gone in room.gone.items():
            self._tell_nodes(room, Sign.PRESENCE, (who,), "0", gone.since)

    def _say(self, room: Room, told: Told) -> None:
        stream = self._stream_of(room.conversation)
        if stream is None:
            return
        for who in told.people:
            if told.kind is Sign.TYPING:
                stream.push(typing(stream.id, who), but=who)
            elif told.what in _WORDS:  # others are a newer node's
                stream.push(gesture(stream.id, who, Word(told.what)), but=who)

    # ------------------------------------------------------------ rooms

    def _room(self, stream: Stream) -> Room | None:
        """The room of the session that is live; a new one where there was none, or another session's."""
        live = stream.circle.conversation.live
        if live is None:
            return None
        room = self._rooms.get(stream.id)
        if room is None or room.session != live.id:
            room = self._rooms[stream.id] = Room(stream.practice, stream.id, live.id)
        return room

    def _room_of(self, practice: PracticeId, conversation: ConversationId, session: SessionId) -> Room | None:
        """The same, of a session that may be followed by nobody here; a stream knows better than what was looked up."""
        stream = self._stream_of(conversation)
        if stream is not None:
            return self._room(stream)
        room = self._rooms.get(conversation)
        if room is None or room.session != session:
            room = self._rooms[conversation] = Room(practice, conversation, session)
        return room

    def _come(self, stream: Stream, room: Room) -> None:
        about = {m.person for m in stream.circle.conversation.members if m.person in self._about}
        for who in about:
            self._about[who].rooms.add(stream.id)
        for who in (stream.people() | about) - room.here:
            self._told(room, room.came(who, None, self._now(), time.monotonic()))

    def _told(self, room: Room, moves: Iterable[Move]) -> None:
        """Everyone in the room is told; who comes back after a noted break is noted too."""
        stream = self._stream_of(room.conversation)
        for move in moves:
            if stream is not None:
                since = None if move.here else move.at
                frame = presence(stream.id, move.person, here=move.here, since=since)
                stream.push(frame, but=move.person)
            if move.before is not None and move.before.noted:
                self._breaks.note(room, move.person, move.before.since, move.at)

    def _tell_nodes(
        self,
        room: Room,
        kind: Sign,
        people: tuple[PersonId, ...],
        what: str = "",
        at: datetime | None = None,
    ) -> None:
        if people:
            self._passing.tell(Told(kind, room.conversation, room.session, at or self._now(), people, what))

    def _now(self) -> datetime:
        """To the millisecond, as the nodes tell each other."""
        if self._office is None:
            raise RuntimeError("the hub is not running")
        now = self._office.clock()
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    # ------------------------------------------------------------ beside the frames

    async def _watch(self) -> None:
        """Calls the roll, forgets dead nodes, and notices breaks."""
        called = 0.0
        while True:  # bound: until cancelled; each turn sleeps
            await asyncio.sleep(self.terms.look)
            now = time.monotonic()
            calling = now - called >= self.terms.beat
            called = now if calling else called
            for place, room in enumerate(list(self._rooms.values()), 1):
                self._look(room, now, calling=calling)
                if place % SLICE == 0:
                    await asyncio.sleep(0)

    def _look(self, room: Room, now: float, *, calling: bool) -> None:
        if calling:
            self._tell_nodes(room, Sign.ROLL, tuple(room.here))
        if room.elsewhere and now - self._echoed < 2 * self.terms.beat:
            self._told(room, room.forget_silent(now - self.terms.silence, now))
        for person, gone in room.long_gone(now - self.terms.patience):
            if self._breaks.full:
                break
            gone.noted = True
            self._breaks.note(room, person, gone.since)
        followed = room.here or self._stream_of(room.conversation) is not None
        if not followed and not any(gone.seen > now - ABANDONED for gone in room.gone.values()):
            self._rooms.pop(room.conversation, None)
