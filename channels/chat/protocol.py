"""One connection's side of `quietline.v1`: each frame from the browser, and what it leads to."""

import asyncio
import logging
from collections import deque
from functools import partial
from typing import Final, assert_never
from uuid import UUID

from channels.chat import frames
from channels.chat.closes import ABUSE, RESTARTING, TOO_LARGE
from channels.chat.connection import Connection
from channels.chat.hub import Hub
from channels.chat.pacing import Monotonic, Pacing
from channels.chat.saying import keep, why
from channels.chat.streams import Reader
from messaging.errors import Malformed, NoSession, Refusal
from messaging.faults import located
from messaging.ids import ConversationId
from messaging.memory.record import Outcome, Verdict
from messaging.record.posting import Offered, can_offer, offer
from messaging.record.reading import enter, mark_read
from messaging.trust.access import Deed, Way, admit
from messaging.trust.seams import Seam, insist

log = logging.getLogger(__name__)

ABUSES: Final = 50
"""Unreadable frames on one connection before it is closed: a broken program, not a person."""
OPEN_AT_ONCE: Final = 200
"""Conversations one connection may follow: a full caseload several times over."""


class Protocol:
    """Frames are taken one at a time, in the order of their coming. What can be done at once is; words are answered when
    they are kept, without a task of their own; only what must ask memory first becomes a task of the hub's."""

    __slots__ = (
        "_abuses",
        "_backlog",
        "_busy",
        "_connection",
        "_gone",
        "_hub",
        "_monotonic",
        "_pacing",
        "_readers",
    )

    def __init__(self, hub: Hub, connection: Connection, pacing: Pacing, monotonic: Monotonic) -> None:
        self._hub = hub
        self._connection = connection
        self._pacing = pacing
        self._monotonic = monotonic
        self._readers: dict[UUID, Reader] = {}  # bound: OPEN_AT_ONCE
        self._abuses = 0
        self._busy = False
        self._backlog: deque[str | bytes] | None = None
        self._gone = False

    def arrive(self) -> None:
        """The connection is there."""
        self._hub.arrive(self._connection)

    def take(self, frame: str | bytes) -> None:
        """One frame, bytes when it was not text. Those that come while one is in hand wait, and so does the other end."""
        if not self._busy:
            self._begin(frame)
            return
        if self._backlog is None:
            self._backlog = deque()  # bound: what one reading brought
        self._backlog.append(frame)
        self._connection.wire.pause()

    def flush(self) -> None:
        """The wire takes frames again."""
        self._connection.flush()

    def gone(self) -> None:
        """The connection has ended. What it said before that is still done."""
        self._gone = True
        self._connection.gone()
        if not self._busy:
            self._leave()

    def _leave(self) -> None:
        self._hub.depart(self._connection)
        for reader in self._readers.values():
            self._hub.shut(reader)
        self._readers.clear()

    # ------------------------------------------------------------ one frame at a time

    def _begin(self, text: str | bytes) -> None:
        try:
            frame = self._frame(text)
            self._connection.acted |= isinstance(frame, frames.ACTS)
            if frame is not None:
                self._act(frame)
        except Exception as fault:  # an accident of ours: the other end comes back and resumes
            self._fail(fault)

    def _act(self, frame: frames.FromBrowser) -> None:
        try:
            if isinstance(frame, frames.Say) and self._say_at_once(frame):
                return
            if not isinstance(frame, frames.Slow):
                self._do(frame)
                return
        except Refusal as refusal:
            self._refuse(refusal, frame)
            return
        self._busy = True
        self._hub.spawn(self._ask(frame))

    async def _ask(self, frame: frames.Slow) -> None:
        try:
            await self._dispatch(frame)
        except Refusal as refusal:
            self._refuse(refusal, frame)
        except Exception as fault:  # as above
            self._fail(fault)
        except asyncio.CancelledError:  # the server stops: of what waits nothing is begun any more
            self._connection.close(RESTARTING)
            raise
        finally:
            self._proceed()

    def _say_at_once(self, frame: frames.Say) -> bool:
        """Words in a conversation that is followed and whose key is open need not ask anybody before they are kept."""
        reader = self._readers.get(frame.conversation)
        stream = self._hub.stream_of(ConversationId(frame.conversation)) if reader else None
        if stream is None or not can_offer(self._hub.office, stream.practice, stream.id):
            return False
        asked = (self._connection.person, stream.id, frame.key)
        if self._hub.answers.asking(asked) is not None:
            return False
        self._pacing.saying.take(self._connection.person, self._monotonic())
        held = admit(self._connection.signed_in.person, stream.circle.conversation, Deed.SAY)
        insist(
            Seam.ADMITTED, (held.person, held.conversation) == (self._connection.person, frame.conversation)
        )
        offered = offer(self._hub.office, held, frame.key, frame.text, drafted=frame.draft)
        self._hub.answers.expect(asked, self._connection)
        self._busy = True
        asyncio.ensure_future(offered.written).add_done_callback(partial(self._kept, frame, offered))
        return True

    def _kept(self, frame: frames.Say, offered: Offered, written: "asyncio.Future[Outcome]") -> None:
        conversation = ConversationId(frame.conversation)
        self._hub.answers.forget((self._connection.person, conversation, frame.key))
        try:
            outcome = offered.accepted(written.result())
            if outcome.verdict is Verdict.KNOWN:
                self._hub.say_again(self._connection, conversation, frame.key, outcome)
        except NoSession as refusal:
            self._hub.spawn(self._say_why(frame, offered.where.way, refusal))
            return
        except Refusal as refusal:
            self._refuse(refusal, frame)
        except (Exception, asyncio.CancelledError) as fault:  # as above; cancelled when the server stops
            self._fail(fault)
        self._proceed()

    async def _say_why(self, frame: frames.Say, way: Way, refusal: NoSession) -> None:
        """Something may have to be agreed to before a session begins: that is asked only now."""
        try:
            self._refuse(await why(self._hub.office, way, refusal), frame)
        except Exception as fault:  # as above
            self._fail(fault)
        finally:
            self._proceed()

    def _proceed(self) -> None:
        self._busy = False
        while self._backlog and not self._busy:
            frame = self._backlog.popleft()
            if self._connection.closing is None:
                self._begin(frame)
        if self._busy:
            return
        if self._backlog is not None:
            self._backlog = None
            self._connection.wire.resume()
        if self._gone:
            self._leave()

    def _fail(self, fault: BaseException) -> None:
        """Reported by its type and place only, for its text may hold words."""
        log.error("live connection failed", extra={"connection": self._connection.number, **located(fault)})
        self._connection.close(RESTARTING)

    def _frame(self, text: str | bytes) -> frames.FromBrowser | None:
        if isinstance(text, bytes):
            self._refuse_abuse(frames.Unreadable(Malformed("Frames are text."), {}))
            return None
        if frames.is_too_large(text):
            self._connection.close(TOO_LARGE)
            return None
        try:
            return frames.decode(text)
        except frames.Unreadable as unreadable:
            self._refuse_abuse(unreadable)
            return None

    def _refuse(self, refusal: Refusal, frame: frames.FromBrowser) -> None:
        about = {} if isinstance(frame, frames.Ping | frames.Here) else {"conversation": frame.conversation}
        about |= {"key": frame.key} if isinstance(frame, frames.Keyed) else {}
        self._connection.push(frames.refused(refusal, about))

    def _refuse_abuse(self, unreadable: frames.Unreadable) -> None:
        self._abuses += 1
        if self._abuses > ABUSES:
            self._connection.close(ABUSE)
        self._connection.push(frames.refused(unreadable.refusal, unreadable.about))

    # ------------------------------------------------------------ what each leads to

    def _do(self, frame: frames.Quick) -> None:
        match frame:
            case frames.Typing() | frames.Gesture():
                self._sign(frame)
            case frames.Shut():
                reader = self._readers.pop(frame.conversation, None)
                if reader is not None:
                    self._hub.shut(reader)
                    reader.answer()
            case frames.Ping():
                self._connection.push(frames.pong(self._hub.office.clock()))
            case _:
                assert_never(frame)

    async def _dispatch(self, frame: frames.Slow) -> None:
        match frame:
            case frames.Say() | frames.Correct() | frames.Withdraw():
                await self._keep(frame)
            case frames.Open():
                await self._open(frame)
            case frames.Read():
                await self._mark_read(frame)
            case frames.Here():
                await self._hub.here(self._connection)
            case frames.Company():
                if self._may_sign():
                    await self._hub.company.say(self._hub.office, self._connection, frame)
            case _:
                assert_never(frame)

    async def _keep(self, frame: frames.Keyed) -> None:
        self._pacing.saying.take(self._connection.person, self._monotonic())
        reader = self._readers.get(frame.conversation)
        conversation = ConversationId(frame.conversation)
        stream = self._hub.stream_of(conversation) if reader else None
        person = self._connection.signed_in.person
        if stream is not None:
            held = admit(person, stream.circle.conversation, Deed.SAY)
        else:
            held, _ = await enter(self._hub.office, person, conversation, Deed.SAY)
        asked = (self._connection.person, conversation, frame.key)
        await self._hub.answers.turn(asked)
        self._hub.answers.expect(asked, self._connection)
        try:
            outcome = await keep(self._hub.office, held, frame)
        finally:
            self._hub.answers.forget(asked)
        if outcome.verdict is Verdict.KNOWN:
            self._hub.say_again(self._connection, conversation, frame.key, outcome)

    async def _open(self, frame: frames.Open) -> None:
        more = frame.conversation not in self._readers
        if frame.after < 0 or (more and len(self._readers) >= OPEN_AT_ONCE):
            raise Malformed("This cannot be opened so.")
        former = self._readers.pop(frame.conversation, None)
        try:
            reader = await self._hub.open(self._connection, ConversationId(frame.conversation), frame.after)
            if former is not None:
                reader.inherit(former)
            self._readers[frame.conversation] = reader
        finally:
            # After, not before: who opens once more, for one more tab, never seems to have gone in between.
            if former is not None:
                self._hub.shut(former)
                former.answer()

    def _sign(self, frame: frames.Typing | frames.Gesture) -> None:
        reader = self._readers.get(frame.conversation)
        stream = self._hub.stream_of(ConversationId(frame.conversation))
        if reader is not None and stream is not None and self._may_sign():
            if isinstance(frame, frames.Typing):
                self._hub.signs.type(stream, reader)
            else:
                self._hub.signs.gesture(stream, reader, frame.word)

    def _may_sign(self) -> bool:
        return self._pacing.may_sign(self._connection.person, self._monotonic())

    async def _mark_read(self, frame: frames.Read) -> None:
        reader = self._readers.get(frame.conversation)
        if reader is not None and 0 < frame.number < 2**31:
            await mark_read(self._hub.office, reader.held, frame.number)
