"""Sealed notes opened for a search, in the process that searches: both kinds, each under its own key, then forgotten."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from uuid import UUID

from messaging.ids import ConversationId, PracticeId
from messaging.memory.notes import StoredProcess, StoredProgress
from messaging.memory.searching import Sort
from messaging.messages import NO_BODY
from messaging.notes.sealed import Inside, process_place, progress_place
from messaging.searching.opening import Hit
from messaging.searching.words import excerpt, fold
from messaging.trust.encryption import CannotOpen, DataKey, Place

NO_NUMBER: Final = 0
"""A note is no entry, and has no number in the record."""


class NoteOpening:
    """The notes of one person's caseload. `keys`: of its conversations; `own`: of that person's process notes."""

    def __init__(
        self,
        practice: PracticeId,
        keys: Mapping[ConversationId, bytes],
        own: bytes | None,
        words: Sequence[str],
    ) -> None:
        self._practice = practice
        self._keys = {one: DataKey(key) for one, key in keys.items()}
        self._own = None if own is None else DataKey(own)
        self._words = tuple(words)
        self.unreadable: list[UUID] = []  # bound: who reads it says
        """Notes that do not open, or whose key is not at hand: who was asked for cannot be told whether they hold it."""

    def hits(self, notes: Sequence[StoredProgress] | Sequence[StoredProcess]) -> Iterator[Hit]:
        """Of a portion, those that hold every word."""
        for one in notes:
            text = self._text_of(one)
            if text is None:
                self.unreadable.append(one.id)
            elif all(word in fold(text) for word in self._words):
                yield Hit(
                    at=one.made_at,
                    conversation=one.conversation,
                    number=NO_NUMBER,
                    sort=Sort.NOTE,
                    author=one.author,
                    excerpt=excerpt([text], self._words),
                    note=one.id,
                    own=isinstance(one, StoredProcess),
                )

    def _text_of(self, one: StoredProgress | StoredProcess) -> str | None:
        key, place = self._way_to(one)
        if key is None:
            return None
        try:
            return Inside.decoded(key.open(place, one.sealed)).text
        except (CannotOpen, *NO_BODY):
            return None

    def _way_to(self, one: StoredProgress | StoredProcess) -> tuple[DataKey | None, Place]:
        if isinstance(one, StoredProcess):
            return self._own, process_place(self._practice, one)
        return self._keys.get(one.conversation), progress_place(self._practice, one)
