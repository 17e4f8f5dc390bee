"""Letters by mail, both ways: what their acts ask of memory."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from messaging.ids import (
    ConversationId,
    MailId,
    OriginalId,
    PersonId,
    PracticeId,
)
from messaging.memory.arriving import (
    OriginalState,
    ReplyRoute,
    StoredOriginal,
)
from messaging.memory.leaving import DueMail, Owe, Settled, StoredMail
from messaging.trust.access import Errand, Way


class Mailbox(Protocol):
    """Letters by mail, both ways: originals in, owed mail out."""

    async def keep_original(self, original: StoredOriginal) -> None:
        """Commits a letter as it arrived and queues it for reading."""

    async def due_originals(self, now: datetime, lease: float, limit: int) -> list[StoredOriginal]:
        """Claims originals to be read, for `lease` seconds, in the order they were kept.

        Of each conversation the first ones that wait, never one before its elders are decided; those that were tried
        before one by one.
        """

    async def original(self, practice: PracticeId, original: OriginalId) -> StoredOriginal | None:
        """One original."""

    async def decide_original(
        self, original: StoredOriginal, state: OriginalState, reason: str | None, summary: bytes | None
    ) -> bool:
        """Notes what became of an original that did not become a message. False when it no longer stood so."""

    async def hold_original(
        self, original: StoredOriginal, reason: str, summary: bytes | None, letter: UUID | None
    ) -> OriginalState:
        """To the screener, unless the same `letter` for the same place was held, let in or refused before: DUPLICATE."""

    async def move_original(self, original: StoredOriginal) -> bool:
        """A held letter without a conversation gets one, sealed anew under its key. False when it has one already."""

    async def originals_standing(
        self, practice: PracticeId, state: OriginalState, conversation: ConversationId | None
    ) -> list[OriginalId]:
        """Those of one conversation, or of the whole practice, in the order they came."""

    async def conversations_by_mail(self, practice: PracticeId) -> list[ConversationId]:
        """Conversations into which letters by mail were delivered."""

    async def held(
        self, practice: PracticeId, conversations: Sequence[ConversationId]
    ) -> list[StoredOriginal]:
        """The screener: held letters of these conversations, and those nobody could be found for. Without `raw`."""

    async def count_held(self, practice: PracticeId, conversations: Sequence[ConversationId]) -> int:
        """How many letters `held` would give; none of them is read for it."""

    async def held_because(self, practice: PracticeId, reason: str) -> list[StoredOriginal]:
        """Those held for this reason, oldest first. Without `raw`."""

    async def held_since(
        self, practice: PracticeId, conversations: Sequence[ConversationId]
    ) -> dict[ConversationId, datetime]:
        """Since when the first of the held letters of each of these waits, where one does."""

    async def count_originals(self, practice: PracticeId) -> dict[str, int]:
        """How many stand in each state: together, all that were ever accepted."""

    async def retry_original(self, original: StoredOriginal, at: datetime, *, counts: bool) -> None:
        """Reading failed: it will be tried again at `at`, and what waits behind it in its conversation not before.

        `counts`: it was tried; those behind it never were.
        """

    async def unread_by(self, practice: PracticeId, reader: bytes, limit: int) -> list[OriginalId]:
        """Letters held because they could not be read, which this `reader` (a keyed hash) has not tried since."""

    async def note_read_by(self, practice: PracticeId, original: OriginalId, reader: bytes) -> None:
        """It has tried."""

    async def reply_route(self, hashed: bytes) -> ReplyRoute | None:
        """Where a reply address leads."""

    async def reply_token(self, way: Errand, person: PersonId) -> bytes | None:
        """The sealed reply token of a member."""

    async def keep_reply_token(
        self, way: Errand, person: PersonId, hashed: bytes, sealed: bytes, at: datetime
    ) -> None:
        """A new reply token; an older one of the pair keeps working until it is revoked."""

    async def due_mail(self, now: datetime, lease: float, limit: int) -> list[DueMail]:
        """Claims owed mail for `lease` seconds. One found `sending` was in a courier's hands when it died."""

    async def begin_mail(self, due: DueMail, locked_for: str | None, until: datetime) -> bool:
        """Marks it `sending` before its words leave, and nobody else's `until` then. Asked twice it says the same.

        False when it no longer stood as it was claimed, or when its reader did not: gone, at another address, with another
        wish, or with another key than `locked_for` (a fingerprint). Raises Busy, and then it may be marked or not.
        """

    async def postpone_mail(self, claimed: Sequence[DueMail], at: datetime) -> None:
        """Gives claimed mails back untouched: they become due at `at`, unless somebody else has them by now."""

    async def settle_mail(self, mail: StoredMail, settled: Settled, held: datetime | None = None) -> bool:
        """Notes what became of it. `held`: only while nobody else has it, that is, it is this courier's until then.

        Asked twice it says the same. False when somebody else has it.
        """

    async def owe_again(self, mail: StoredMail, at: datetime) -> bool:
        """The same bytes are owed once more, from now. False when it no longer stood as `mail` says."""

    async def waiting_mail(self, practice: PracticeId, after: MailId, limit: int) -> list[StoredMail]:
        """What stands in the queue, by id; `next_at` as it stands there."""

    async def flush_mail(self, practice: PracticeId, at: datetime) -> int:
        """Owed mail that waits for later is due at `at`; how many."""

    async def count_mail(self, practice: PracticeId) -> dict[str, int]:
        """How many owed mails stand in each state."""

    async def owe(self, way: Way, number: int, mail: Owe, at: datetime) -> bool:
        """A mail about an entry that stands already. False when it is owed, or was, since before."""

    async def mail_named(self, practice: PracticeId, mail: MailId) -> StoredMail | None:
        """One owed mail, as a report names it that came back: by it the conversation is known only then."""

    async def mail(self, way: Way, mail: MailId) -> StoredMail | None:
        """One owed mail of the conversation."""

    async def unarrived(
        self, practice: PracticeId, conversations: Sequence[ConversationId]
    ) -> Collection[ConversationId]:
        """Those with a letter that mail did not bring to its reader, who has not written since.

        Of each the last hundred entries are looked at.
        """

    async def mail_of(self, way: Way, numbers: Sequence[int]) -> list[StoredMail]:
        """The mails owed for these entries, without their bytes."""
