"""Sealed entries as memory hands them to a search, sealed by the way every entry is."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from messaging.conversations import AnswerRule, Conversation, Kind, Member
from messaging.ids import ConversationId, EntryId, PersonId, PracticeId
from messaging.memory.searching import SealedRow, Sort
from messaging.messages import Body, Channel, Entry, EntryKind
from messaging.people import Role
from messaging.record.placing import body_place
from messaging.searching.opening import Opening
from messaging.trust.access import Deed, stand_in
from messaging.trust.encryption import DataKey
from tests.cast import nobody

AT: Final = datetime(2026, 11, 30, 18, tzinfo=UTC)
SINCE_2000: Final = int((AT - datetime(2000, 1, 1, tzinfo=UTC)).total_seconds()) * 1_000_000


class Sealed:
    """One conversation with a key of its own."""

    def __init__(self) -> None:
        self._key = os.urandom(32)
        member = Member(PersonId(nobody()), Role.THERAPIST)
        conversation = Conversation(
            practice=PracticeId(nobody()),
            id=ConversationId(nobody()),
            kind=Kind.INDIVIDUAL,
            revision=1,
            last_number=1,
            last_at=AT,
            waiting_since=None,
            answer=AnswerRule(),
            live=None,
            members=(member,),
        )
        self._held = stand_in(conversation, member, Deed.READ)

    def row(
        self,
        plain: bytes,
        *,
        kind: EntryKind = EntryKind.MESSAGE,
        channel: Channel = Channel.WEB,
    ) -> SealedRow:
        """An entry that holds these octets."""
        entry = Entry(
            self._held.conversation, 1, EntryId(uuid4()), self._held.person, kind, channel, AT, Body()
        )
        blob = DataKey(self._key).seal(body_place(self._held.practice, entry), plain, os.urandom(12))
        at = SINCE_2000.to_bytes(8, "big")
        name, author = entry.id.bytes, entry.author.bytes
        return (1, name, author, at, kind.value, channel.value, None, None, blob, False)

    def opening(self, words: Sequence[str], sort: Sort | None = None) -> Opening:
        """Who looks through it."""
        return Opening(self._held, self._key, words, sort)
