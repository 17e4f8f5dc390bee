"""Where an entry's words are sealed, and what stands in the clear beside them and is bound to them.

Number and session are decided by the transaction that writes and so cannot be bound; the trail and the gapless numbers
watch over those.
"""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from messaging.ids import PracticeId
from messaging.memory.record import StoredEntry
from messaging.messages import Entry
from messaging.trust.encryption import Place

BODY: Final = "entries.sealed"
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NONE: Final = UUID(int=0)


def body_place(practice: PracticeId, entry: Entry | StoredEntry) -> Place:
    """Where an entry's words live. Who changes author, time, kind, channel, letter or what it amends cannot open them."""
    return Place(BODY, practice, entry.conversation, entry.id, _facts(entry))


def _facts(entry: Entry | StoredEntry) -> bytes:
    return facts_bound(
        entry.author.bytes,
        (entry.at - EPOCH) // timedelta(microseconds=1),
        entry.amends,
        None if entry.letter is None else entry.letter.bytes,
        f"{entry.kind.value}\x00{entry.channel.value}".encode("ascii"),
    )


def facts_bound(
    author: bytes, at: int, amends: int | None, letter: bytes | None, kind_and_channel: bytes
) -> bytes:
    """Fixed lengths first, so that no two entries share an encoding; whole microseconds, as PostgreSQL keeps them."""
    return b"".join(
        (
            author,
            at.to_bytes(8, "big", signed=True),
            (amends or 0).to_bytes(4, "big"),
            letter or _NONE.bytes,
            kind_and_channel,
        )
    )
