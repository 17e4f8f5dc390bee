"""A search through notes, in the process that searches: both kinds, the newest first, before the entries are."""

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

from messaging.ids import ConversationId
from messaging.memory.notes import StoredProcess, StoredProgress
from messaging.memory.searching import NotePortions, Sort
from messaging.searching.looking import Search
from messaging.searching.opening_notes import NoteOpening
from messaging.trust.access import Pass
from web.searching.exchanging import UNREADABLE, Told
from web.searching.newest import Newest

LOOKED_THROUGH: Final = frozenset({None, Sort.NOTE})
"""Where everything is looked for, or notes alone."""

_Stored = TypeVar("_Stored", StoredProgress, StoredProcess)


class NoteSearching:
    """One search's notes. `run` is whether all of them were looked through."""

    def __init__(
        self, search: Search, until: float, notes: NotePortions, tell: Callable[[Told], None], newest: Newest
    ) -> None:
        self._search = search
        self._until = until
        self._notes = notes
        self._tell = tell
        self._newest = newest
        self._held: Sequence[Pass] = [one.notes for one in search.sources if one.notes is not None]
        self._unreadable = 0

    async def run(self) -> bool:
        """Tells what is found, portion by portion."""
        if self._search.narrowed.sort not in LOOKED_THROUGH:
            return True
        keys: dict[ConversationId, bytes] = {one.held.conversation: one.key for one in self._search.sources}
        opening = NoteOpening(self._search.practice, keys, self._search.own, self._search.words)
        progress = await self._through(opening, self._notes.progress_before, self._held)
        own = [one for one in self._held if not one.covers]
        return await self._through(opening, self._notes.process_before, own) and progress

    async def _through(
        self,
        opening: NoteOpening,
        before: Callable[..., Awaitable[Sequence[_Stored]]],
        held: Sequence[Pass],
    ) -> bool:
        last: _Stored | None = None
        while found := await before(held, last, self._search.narrowed):  # bound: the notes, and the time
            last = found[-1]
            hits = tuple(self._newest.of(opening.hits(found)))
            unreadable = tuple(opening.unreadable[: max(0, UNREADABLE - self._unreadable)])
            self._unreadable += len(unreadable)
            opening.unreadable.clear()
            if hits or unreadable:
                self._tell(Told(hits, unreadable_notes=unreadable))
            oldest = self._newest.oldest
            if time.monotonic() >= self._until or (oldest is not None and last.made_at < oldest):
                return False
        return True
