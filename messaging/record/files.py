"""The bytes of files beside entries: one sealed value as mail brought them, or in pieces as they were uploaded.

A piece is bound to its file and its number, so that none can be exchanged or brought in from another file; one that is
missing is seen, for the entry says how many octets there are.
"""

from collections.abc import AsyncIterator
from typing import Final
from uuid import UUID

from messaging.errors import NotFound
from messaging.ids import ConversationId, PracticeId
from messaging.messages import AttachmentNote
from messaging.office import Office
from messaging.trust.access import Way
from messaging.trust.encryption import CannotOpen, Place

ATTACHMENT: Final = "attachments.sealed"
PIECES: Final = "file_pieces.sealed"
PIECE: Final = 256 * 1024
"""Octets of a piece; the last may be shorter. What an upload, and who is handed a file, hold at once."""


async def attachment_bytes(office: Office, way: Way, note: AttachmentNote) -> bytes:
    """A file whole, as large as mail brings one. Raises NotFound, CannotOpen."""
    return b"".join([piece async for piece in await attachment_pieces(office, way, note)])


async def attachment_pieces(office: Office, way: Way, note: AttachmentNote) -> AsyncIterator[bytes]:
    """The same piece by piece. Raises NotFound before the first; what raises later ends it short of its size."""
    stored = await office.memory.threads.attachment(way, note.id)
    if stored is None:
        raise NotFound
    if stored.pieces or not stored.sealed:
        return pieces_of(office, way, note.id, note.size)
    key = await office.keyring.key(way.practice, way.conversation)
    return _one(key.open(attachment_place(way.practice, way.conversation, note.id), stored.sealed))


async def _one(whole: bytes) -> AsyncIterator[bytes]:
    yield whole


async def pieces_of(office: Office, way: Way, file: UUID, size: int) -> AsyncIterator[bytes]:
    """An uploaded file of so many octets. Raises NotFound where it may not be had any more, CannotOpen."""
    key = await office.keyring.key(way.practice, way.conversation)
    left = size
    for number in range(pieces_in(size)):
        sealed = await office.memory.uploads.piece(way, file, number)
        if sealed is None:
            raise NotFound
        piece = key.open(piece_place(way.practice, way.conversation, file, number), sealed)
        left -= len(piece)
        yield piece
    if left:
        raise CannotOpen("the file is not as long as its entry says")


def pieces_in(size: int) -> int:
    """How many pieces so many octets are."""
    return -(-size // PIECE)


def attachment_place(practice: PracticeId, conversation: ConversationId, attachment: UUID) -> Place:
    """Where the bytes of a file live that came by mail."""
    return Place(ATTACHMENT, practice, conversation, attachment)


def piece_place(practice: PracticeId, conversation: ConversationId, file: UUID, number: int) -> Place:
    """Where a piece of an uploaded one lives."""
    return Place(PIECES, practice, conversation, file, number.to_bytes(4, "big"))
