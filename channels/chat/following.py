"""Filling gaps: reading from the record what readers have not been told, in order, page by page."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import partial
from typing import Any, Final

from channels.chat import frames
from channels.chat.closes import RESTARTING, REVOKED
from channels.chat.signs import Signs
from channels.chat.streams import Reader, Stream
from messaging.conversations import Circle, SessionState
from messaging.errors import Refusal
from messaging.faults import located
from messaging.messages import Entry, EventName
from messaging.office import Office
from messaging.record.following import circle_now
from messaging.record.reading import entries_followed, open_circle
from messaging.trust.access import Pass
from messaging.trust.seams import SeamBroken

log = logging.getLogger(__name__)

SESSION_EVENTS: Final = frozenset(
    {
        *(EventName.SESSION_OPENED, EventName.SESSION_EXTENDED, EventName.SESSION_ENDED),
        *(EventName.CARE_ENDED, EventName.CARE_BEGUN_AGAIN),
    }
)
PAGE: Final = 100
RETRY: Final = 0.3
"""Seconds before a failed read (the database was away) is tried again."""

Work = Callable[[], Coroutine[Any, Any, None]]
"""Begun by its task: one that is cancelled before its first step leaves nothing half made behind."""


class Follower:
    """Keeps streams and their readers up to what is committed. Owns no state of its own but its tasks."""

    def __init__(
        self, office: Office, group: asyncio.TaskGroup, shut: Callable[[Reader], None], signs: Signs
    ) -> None:
        self._office = office
        self._group = group
        self._shut = shut
        self._signs = signs

    def pull(self, stream: Stream) -> None:
        """Reads what this node lacks of a conversation; at most one such task a stream."""
        if not stream.pulling:
            stream.pulling = True
            self._spawn(stream, partial(self._pull_all, stream))

    def catch_up(self, stream: Stream, reader: Reader) -> None:
        """Lets a reader follow, after a replay if it has not seen everything."""
        reader.behind = reader.seen < stream.told or stream.stale
        if reader.behind:
            self._spawn(stream, partial(self._replay, stream, reader))

    async def _pull_all(self, stream: Stream) -> None:
        try:
            while stream.readers:
                try:
                    if stream.stale:
                        await self._refresh(stream)
                    elif stream.told < stream.last:
                        await self._tell_missing(stream)
                    else:
                        break
                except SeamBroken:
                    raise
                except Refusal:
                    stream.stale = True
                    await asyncio.sleep(RETRY)
            self._tell_session(stream)
        finally:
            stream.pulling = False

    async def _refresh(self, stream: Stream) -> None:
        """Reads anew who belongs to it and what its session is; who no longer belongs is let go."""
        stream.stale = False
        known = await circle_now(self._office, stream.practice, stream.id)
        found = known.conversation if known else None
        for reader in list(stream.readers):
            if found is None or found.member(reader.connection.person) is None:
                reader.connection.close(REVOKED)
                self._shut(reader)
        if known is not None:
            self.adopt(stream, await open_circle(self._office, known))

    def adopt(self, stream: Stream, circle: Circle) -> None:
        """What was read of a conversation, unless the stream knows something newer. A changed session is told by `pull`."""
        if not stream.knows_less(circle.conversation, or_as_much=True):
            return
        before, stream.circle = stream.circle.conversation.live, circle
        found = circle.conversation
        stream.last = max(stream.last, found.last_number)
        if before != found.live:
            now = self._office.clock()
            ended = replace(before, state=SessionState.ENDED, ended_at=now) if before else None
            stream.changed = found.live or ended

    async def _tell_missing(self, stream: Stream) -> None:
        held = next(iter(stream.readers)).held
        for entry in await self._read(stream, held, stream.told):
            # A page may hold more than a connection's bounds: who has no room reads on at their own pace.
            for reader in stream.tell(entry.number, stream.frame(entry, entry.number), if_room=True):
                self.catch_up(stream, reader)
            stream.stale |= entry.body.event in SESSION_EVENTS
        stream.last = max(stream.last, stream.told)

    def _tell_session(self, stream: Stream) -> None:
        """After the entries that belong before it: the composer changes with this frame."""
        changed, stream.changed = stream.changed, None
        if changed is None:
            return
        session = frames.session(changed, self._office.clock(), stream.circle.conversation.rules)
        stream.push(frames.encode({"type": "session", "conversation": stream.id, "session": session}))
        if changed.state is SessionState.LIVE:
            self._signs.began(stream)
        else:
            self._signs.ended(stream)

    async def _replay(self, stream: Stream, reader: Reader) -> None:
        """Hands a reader what it has not seen, and lets it follow once there is no gap."""
        while reader in stream.readers and reader.connection.closing is None:
            if reader.seen >= stream.told and not stream.stale:
                reader.behind = False
                return
            try:
                if stream.stale:
                    self.pull(stream)
                    await asyncio.sleep(RETRY)
                elif stream.circle.conversation.member(reader.connection.person) is None:
                    reader.connection.close(REVOKED)
                    return
                else:
                    await self._replay_page(stream, reader)
            except SeamBroken:
                raise
            except Refusal:
                await asyncio.sleep(RETRY)

    async def _replay_page(self, stream: Stream, reader: Reader) -> None:
        page = await self._read(stream, reader.held, reader.seen)
        for entry in page:
            await reader.connection.room()
            if reader not in stream.readers:
                return
            # Beyond `last` an entry of this very reader may be on its way, whose `said` must come in its place.
            if entry.number == reader.seen + 1 and entry.number <= stream.last:
                reader.hand(entry.number, stream.frame(entry, entry.number))
        if not page and not stream.stale:
            reader.seen = max(reader.seen, stream.told)

    async def _read(self, stream: Stream, held: Pass, number: int) -> list[Entry]:
        """A page to be told. Somebody may have been removed while it was read, or before their bell is heard here.

        Then nothing of it is told: what follows a removal is not for who was removed.
        """
        lacking = min(PAGE, max(1, stream.last - number))
        page, revision = await entries_followed(self._office, held, number, lacking)
        if revision == stream.circle.conversation.revision:
            return page
        stream.stale = True
        return []

    def _spawn(self, stream: Stream, work: Work) -> None:
        guarded = self._guarded(stream, work)
        try:
            self._group.create_task(guarded)
        # The hub is stopping: whoever follows is told to come back, and reads the gap elsewhere.
        except RuntimeError:
            guarded.close()

    async def _guarded(self, stream: Stream, work: Work) -> None:
        """A fault in one conversation must not end the others: its readers come back and resume by number."""
        try:
            await work()
        except Exception as fault:  # unforeseen; reported by its type, for the words in it may be a client's
            log.error("a conversation could not be followed", extra=located(fault))
            for reader in list(stream.readers):
                reader.connection.close(RESTARTING)
