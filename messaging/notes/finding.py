"""What a search over one's caseload may read: progress notes of one's conversations, and one's own process notes.

The passes are those of one person, each for notes: what they do not lead to cannot be named. Notes come sealed, a page at a
time, with the place each opens at (`progress_place`, `process_place`): whoever searches opens them where it costs nobody
else. That a search was made is noted by whoever makes it.
"""

from collections.abc import AsyncIterator, Sequence

from messaging.memory.notes import StoredProcess, StoredProgress
from messaging.notes.note import must_note
from messaging.notes.own_key import own_key
from messaging.office import Office
from messaging.trust.access import Pass
from messaging.trust.encryption import DataKey, KeyGone

AT_ONCE = 200
"""Notes in memory at a time."""


async def progress_notes_in(office: Office, held: Sequence[Pass]) -> AsyncIterator[Sequence[StoredProgress]]:
    """Those that stand, as they stand; each under its conversation's key. Raises NotFound, Busy."""
    _must_be_one(held)
    after: StoredProgress | None = None
    while page := await office.memory.progress_notes.of_caseload(
        held, after, AT_ONCE
    ):  # bound: the notes there are
        yield [one for one in page if one.sealed]
        after = page[-1]


async def process_notes_in(office: Office, held: Sequence[Pass]) -> AsyncIterator[Sequence[StoredProcess]]:
    """The holder's own, all under one key (`key_of`). Raises NotFound, Busy."""
    _must_be_one(held)
    after: StoredProcess | None = None
    while page := await office.memory.process_notes.of_caseload(
        held, after, AT_ONCE
    ):  # bound: the notes there are
        yield page
        after = page[-1]


async def key_of(office: Office, held: Sequence[Pass]) -> DataKey | None:
    """The key of the holder's process notes; None where they have never written one. Raises Busy."""
    try:
        return await own_key(office, held[0]) if held else None
    except KeyGone:
        return None


def _must_be_one(held: Sequence[Pass]) -> None:
    if len({(one.practice, one.person) for one in held}) > 1:
        raise ValueError("the passes of several people")
    for one in held:
        must_note(one)
