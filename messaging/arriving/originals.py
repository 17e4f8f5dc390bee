"""Originals: letters by mail as they arrived, sealed before anything reads them, and the state each ends in.

Every original ends as one of delivered, event, held, duplicate or refused; together they are all that was ever accepted.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from messaging.arriving.arrival import (
    Arrival,
    Destination,
    Reading,
    decode_arrival,
    decode_reading,
    encode_arrival,
    encode_reading,
)
from messaging.errors import NoRoom, NotFound
from messaging.ids import ConversationId, OriginalId, PersonId, PracticeId
from messaging.memory.arriving import OriginalState, StoredOriginal
from messaging.office import Office
from messaging.trust.encryption import DataKey, Place

ENVELOPE: Final = "originals.envelope"
RAW: Final = "originals.raw"
SUMMARY: Final = "originals.summary"


async def keep(office: Office, to: Destination, arrival: Arrival, raw: bytes) -> OriginalId:
    """Commits a letter as it arrived; it may be acknowledged once this returns. Raises NoRoom, Busy."""
    original = await sealed(office, to, arrival, raw)
    await office.memory.mailbox.keep_original(original)
    return original.id


async def sealed(office: Office, to: Destination, arrival: Arrival, raw: bytes) -> StoredOriginal:
    """A letter as it is to be kept. Raises NoRoom when there is no place for it, Busy."""
    if not office.room_left():
        raise NoRoom
    kept = OriginalId(office.new_id())
    practice, conversation = to.practice, to.conversation
    key = await office.keyring.key(practice, conversation or practice)
    return StoredOriginal(
        practice=practice,
        id=kept,
        conversation=conversation,
        person=to.person,
        state=OriginalState.RECEIVED,
        reason=None,
        received_at=office.clock(),
        attempts=0,
        envelope=office.keyring.seal(
            key, _place(ENVELOPE, practice, conversation, kept), encode_arrival(arrival)
        ),
        raw=office.keyring.seal(key, _place(RAW, practice, conversation, kept), raw),
    )


async def open_original(office: Office, original: StoredOriginal) -> tuple[Arrival, bytes]:
    """Envelope and bytes as they arrived. Raises CannotOpen, also when its conversation was erased."""
    key = await _key(office, original)
    arrival = decode_arrival(key.open(_place_of(ENVELOPE, original), original.envelope))
    return arrival, key.open(_place_of(RAW, original), original.raw)


async def hold(
    office: Office, original: StoredOriginal, reason: str, reading: Reading | None
) -> OriginalState:
    """To the screener: visible to the clinicians, and not in the conversation.

    The same letter, come again, is not held twice: DUPLICATE.
    """
    summary, letter = None, None
    if reading is not None:
        key = await _key(office, original)
        summary = office.keyring.seal(key, _place_of(SUMMARY, original), encode_reading(reading))
        letter = reading.key
    return await office.memory.mailbox.hold_original(original, reason, summary, letter)


async def original_named(office: Office, practice: PracticeId, name: OriginalId) -> StoredOriginal | None:
    """One letter as it is kept and decided by now. For readers of mail: clinicians come by `screening.original_of`."""
    return await office.memory.mailbox.original(practice, name)


async def claim(office: Office, lease: float, limit: int) -> list[StoredOriginal]:
    """The next letters to be read, in the order in which they came; `lease` in seconds. Raises Busy."""
    return await office.memory.mailbox.due_originals(office.clock(), lease, limit)


async def read_later(office: Office, original: StoredOriginal, after: float, *, counts: bool) -> None:
    """Tries it again in so many seconds, and what waits behind it in its conversation not before. `counts`: it was tried."""
    again = office.clock() + timedelta(seconds=after)
    await office.memory.mailbox.retry_original(original, again, counts=counts)


async def decide(
    office: Office,
    original: StoredOriginal,
    state: OriginalState,
    reason: str | None = None,
    summary: bytes | None = None,
) -> OriginalState:
    """Notes the state it ends in; returns it."""
    await office.memory.mailbox.decide_original(original, state, reason, summary)
    return state


async def open_reading(office: Office, original: StoredOriginal) -> Reading | None:
    """What a held letter says; None when it could not be read."""
    if original.summary is None:
        return None
    key = await _key(office, original)
    return decode_reading(key.open(_place_of(SUMMARY, original), original.summary))


async def rehome(
    office: Office, original: StoredOriginal, conversation: ConversationId, client: PersonId
) -> StoredOriginal:
    """Seals a held letter under its conversation's key, so that erasing that erases it too. Raises NotFound."""
    old, new = await _key(office, original), await office.keyring.key(original.practice, conversation)
    moved = replace(original, conversation=conversation, person=client)

    def again(column: str, sealed: bytes) -> bytes:
        plain = old.open(_place_of(column, original), sealed)
        return office.keyring.seal(new, _place_of(column, moved), plain)

    moved = replace(
        moved,
        envelope=again(ENVELOPE, original.envelope),
        raw=again(RAW, original.raw),
        summary=again(SUMMARY, original.summary) if original.summary else None,
    )
    if not await office.memory.mailbox.move_original(moved):
        raise NotFound
    return moved


async def _key(office: Office, original: StoredOriginal) -> DataKey:
    return await office.keyring.key(original.practice, original.conversation or original.practice)


def _place_of(column: str, original: StoredOriginal) -> Place:
    return _place(column, original.practice, original.conversation, original.id)


def _place(
    column: str, practice: PracticeId, conversation: ConversationId | None, original: OriginalId
) -> Place:
    return Place(column, practice, conversation or practice, original)
