"""An export's file, sealed in chunks, so that any part of it can be had without the whole.

Each export has a key of its own, sealed under its conversation's, an archive's under its practice's: erased with that,
nothing of it can be read. What a chunk is bound to (`Place`): its export, its try, its number, and whether it is the last;
so that chunks can be neither left out, nor exchanged, nor brought in from another export, and a cut end is seen.
"""

from collections.abc import AsyncIterator
from typing import Final

from messaging.memory.exporting import StoredExport
from messaging.office import Office
from messaging.trust.encryption import KEY_BYTES, CannotOpen, DataKey, Place

CHUNK: Final = 256 * 1024
"""Octets of a chunk; the last may be shorter, and even empty. What a download and its making hold at once."""
KEY_FIELD: Final = "exports.sealed"
CHUNK_FIELD: Final = "export_chunks.sealed"
NONCE: Final = 12


def new_key(office: Office) -> tuple[bytes, DataKey]:
    """As it is sealed, and ready for use."""
    key = office.random(KEY_BYTES)
    return key, DataKey(key)


async def seal_key(office: Office, work: StoredExport, key: bytes) -> bytes:
    """Raises CannotOpen once the conversation was erased."""
    owner = await office.keyring.key(work.practice, work.owner)
    return office.keyring.seal(owner, _key_place(work), key)


async def open_key(office: Office, one: StoredExport) -> DataKey:
    """Raises CannotOpen."""
    if one.sealed is None:
        raise CannotOpen("there is no key")
    owner = await office.keyring.key(one.practice, one.owner)
    return DataKey(owner.open(_key_place(one), one.sealed))


def seal_chunk(
    office: Office, key: DataKey, work: StoredExport, number: int, octets: bytes, *, last: bool
) -> bytes:
    """One chunk."""
    return key.seal(_chunk_place(work, number, last=last), octets, office.random(NONCE))


def open_chunk(key: DataKey, one: StoredExport, number: int, sealed: bytes) -> bytes:
    """Raises CannotOpen."""
    return key.open(_chunk_place(one, number, last=number == last_of(one.octets)), sealed)


def last_of(octets: int) -> int:
    """The number of the last chunk of so many octets. Even of none there is one, which says so."""
    return max(0, octets - 1) // CHUNK


def _key_place(one: StoredExport) -> Place:
    return Place(KEY_FIELD, one.practice, one.owner, one.id, one.tries.to_bytes(4, "big"))


def _chunk_place(one: StoredExport, number: int, *, last: bool) -> Place:
    facts = one.tries.to_bytes(4, "big") + number.to_bytes(4, "big") + bytes([last])
    return Place(CHUNK_FIELD, one.practice, one.owner, one.id, facts)


async def chunked(pieces: AsyncIterator[bytes]) -> AsyncIterator[tuple[bytes, bool]]:
    """The pieces in chunks, and whether one is the last; held back until it is known. A piece may be a file, many chunks."""
    held = bytearray()  # bound: a chunk, and a piece: one file as large as mail brings
    async for piece in pieces:
        held += piece
        while len(held) > CHUNK:
            yield bytes(held[:CHUNK]), False
            del held[:CHUNK]
    yield bytes(held), True
