"""One connection's side of `quietline.v1`: each frame from the browser, and what it leads to."""

from collections.abc import Callable
from typing import Final, assert_never
from uuid import UUID

from channels.chat import frames
from channels.chat.connection import Connection
from channels.chat.frames import ABUSE, FRAME_LIMIT, TOO_LARGE, Unreadable
from channels.chat.hub import Hub
from channels.chat.streams import Reader
from messaging.errors import Malformed, Refusal
from messaging.ids import ConversationId
from messaging.posting import say
from messaging.reading import enter
from messaging.stored import Verdict
from messaging.trust.access import Deed, admit
from messaging.trust.pace import Pace, Rate

SAYING: Final = Rate(burst=100, per_second=50)
"""Per person: no one types like this; a flooder slows only himself."""
SIGNING: Final = Rate(burst=5, per_second=1)
"""Typing signs beyond this are dropped: they are not worth a refusal."""
ABUSES: Final = 50
"""Unreadable frames on one connection before it is closed: a broken program, not a person."""
OPEN_AT_ONCE: Final = 200
"""Conversations one connection may follow: a full caseload several times over."""

Monotonic = Callable[[], float]


class Pacing:
    """The paces all connections of a node share, by person."""

    def __init__(self) -> None:
        self.saying = Pace(SAYING)
        self.signing = Pace(SIGNING)


class Protocol:
    """Frames in; refusals, acknowledgements and messages out through the connection."""

    def __init__(self, hub: Hub, connection: Connection, pacing: Pacing, monotonic: Monotonic) -> None:
        self._hub = hub
        self._connection = connection
        self._pacing = pacing
        self._monotonic = monotonic
        self._readers: dict[UUID, Reader] = {}
        self._abuses = 0

    def arrive(self) -> None:
        """The connection is there."""
        self._hub.connections.add(self._connection)
        self._hub.inboxes.arrive(self._connection)

    def leave(self) -> None:
        """The connection has gone, whatever the reason."""
        self._hub.connections.discard(self._connection)
        self._hub.inboxes.leave(self._connection)
        for reader in self._readers.values():
            self._hub.shut(reader)
        self._readers.clear()

    async def receive(self, text: str | bytes) -> None:
        """One frame. Refusals go back as frames; nothing here ends the connection but abuse."""
        if isinstance(text, bytes):
            self._refuse_abuse(Unreadable(Malformed("Frames are text."), {}))
            return
        if len(text) > FRAME_LIMIT or (not text.isascii() and len(text.encode()) > FRAME_LIMIT):
            self._connection.close(TOO_LARGE)
            return
        try:
            frame = frames.decode(text)
        except Unreadable as unreadable:
            self._refuse_abuse(unreadable)
            return
        try:
            await self._dispatch(frame)
        except Refusal as refusal:
            about = {"conversation": frame.conversation} if not isinstance(frame, frames.Ping) else {}
            if isinstance(frame, frames.Say):
                about["key"] = frame.key
            self._connection.push(frames.refused(refusal, about))

    def _refuse_abuse(self, unreadable: Unreadable) -> None:
        self._abuses += 1
        if self._abuses > ABUSES:
            self._connection.close(ABUSE)
        self._connection.push(frames.refused(unreadable.refusal, unreadable.about))

    async def _dispatch(self, frame: frames.FromBrowser) -> None:
        match frame:
            case frames.Say():
                await self._say(frame)
            case frames.Open():
                await self._open(frame)
            case frames.Typing():
                self._type(frame)
            case frames.Read():
                await self._mark_read(frame)
            case frames.Shut():
                reader = self._readers.pop(frame.conversation, None)
                if reader is not None:
                    self._hub.shut(reader)
            case frames.Ping():
                self._connection.push('{"type":"pong"}')
            case _:
                assert_never(frame)

    async def _say(self, frame: frames.Say) -> None:
        self._pacing.saying.take(self._connection.person, self._monotonic())
        reader = self._readers.get(frame.conversation)
        conversation = ConversationId(frame.conversation)
        stream = self._hub.stream_of(conversation) if reader else None
        person = self._connection.signed_in.person
        if stream is not None:
            held = admit(person, stream.circle.conversation, Deed.SAY)
        else:
            held, _ = await enter(self._hub.office, person, conversation, Deed.SAY)
        self._hub.expect(self._connection, conversation, frame.key)
        try:
            outcome = await say(self._hub.office, held, frame.key, frame.text)
        finally:
            self._hub.forget(self._connection, conversation, frame.key)
        if outcome.verdict is Verdict.KNOWN:
            self._hub.say_again(self._connection, conversation, frame.key, outcome)

    async def _open(self, frame: frames.Open) -> None:
        if frame.after < 0 or len(self._readers) >= OPEN_AT_ONCE:
            raise Malformed("This cannot be opened so.")
        former = self._readers.pop(frame.conversation, None)
        if former is not None:
            self._hub.shut(former)
        self._readers[frame.conversation] = await self._hub.open(
            self._connection, ConversationId(frame.conversation), frame.after
        )

    def _type(self, frame: frames.Typing) -> None:
        reader = self._readers.get(frame.conversation)
        now = self._monotonic()
        if reader is not None and self._pacing.signing.left(self._connection.person, now) >= 1:
            self._pacing.signing.take(self._connection.person, now)
            stream = self._hub.stream_of(ConversationId(frame.conversation))
            if stream is not None:
                self._hub.signs.type(stream, reader)

    async def _mark_read(self, frame: frames.Read) -> None:
        reader = self._readers.get(frame.conversation)
        if reader is not None and 0 < frame.number < 2**31:
            held = reader.held
            await self._hub.office.memory.conversations.mark_read(
                held.practice, held.conversation, held.person, frame.number
            )
