"""Files that are uploaded for a letter: sealed piece by piece as they come, and kept until it is sent.

    take       octets > pieces > whole or not at all > a photo is rid of its traces > waits to be checked, or clean
    notes_of   what a letter says of its files; they go with it in the transaction that writes it (`AttachUpload`)

What becomes of them by the clock stands in `arriving.uploaded`: looked at, and gone where nobody has sent them by then.

Only who uploaded a file may send it, once, in the conversation it was uploaded into.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import Final, Protocol
from uuid import UUID

from messaging.errors import (
    Busy,
    CannotClean,
    Conflict,
    Malformed,
    NoRoom,
    NotFound,
    TooLong,
)
from messaging.memory.arriving import FileState
from messaging.memory.uploads import Arrived, NewUpload, StoredUpload
from messaging.messages import AttachmentNote
from messaging.office import Office
from messaging.record.file_names import safe_name, type_of
from messaging.record.files import PIECE, piece_place, pieces_of
from messaging.trust.access import Deed, Pass
from messaging.trust.encryption import DataKey, Place

NAMED: Final = "attachments.named"
AT_MOST: Final = 20
"""Of one person, in all conversations, that stand beside no entry; and of one letter."""
TIMES: Final = 4
"""All of those together may be as large as so many of the largest."""
KEPT: Final = timedelta(hours=24)
"""What was uploaded and belongs to no draft and no letter that waits is gone then."""
ARRIVING: Final = timedelta(hours=1)
"""Longer than any connection may take (`web.http.room_for_files`)."""
UNNAMED: Final = "file"
TOO_MANY: Final = "Too many files are uploaded and not sent yet. Send them, or take one away."
FOUND: Final = "The virus checker found something in a file. Please take it away; it cannot be sent."
WITH_A_LETTER: Final = "This file goes with a letter that waits to be sent. Please take that back first."


class Traces(StrEnum):
    """What a camera or a program wrote into the file: where and when it was taken, with what, by whom."""

    REMOVED = "removed"
    KEPT = "kept"
    """A photo, as its uploader wished."""
    UNKNOWN = "unknown"
    """No photo of a kind that is cleaned here."""


class Photos(Protocol):
    """Rids photos of their traces (the floor above knows how)."""

    def cleans(self, content_type: str) -> bool:
        """Whether it is of a kind that is cleaned."""

    async def clean(self, content_type: str, whole: Callable[[], Awaitable[bytes]]) -> bytes | None:
        """The photo without them; None: it could not be done within the limits. Reads it in its turn. Raises Busy."""


@dataclass(frozen=True, slots=True)
class Coming:
    """A file as whoever brings it says. `most`: octets it may have; `original`: nothing is taken out of it."""

    name: str = field(repr=False)
    content_type: str
    most: int
    letter: UUID | None = None
    original: bool = False


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload, opened for who brought it."""

    id: UUID
    name: str = field(repr=False)
    content_type: str
    size: int
    state: FileState
    traces: Traces
    finding: str | None = None

    @property
    def note(self) -> AttachmentNote:
        """As its letter says it."""
        return AttachmentNote(self.id, self.name, self.content_type, self.size)


async def take(
    office: Office, held: Pass, coming: Coming, octets: AsyncIterator[bytes], photos: Photos
) -> Upload:
    """Takes a file. What does not come whole leaves nothing.

    Raises TooLong, Conflict (too many), CannotClean, NotFound, NoRoom, Busy, and whatever `octets` raises.
    """
    if held.deed is not Deed.WRITE:
        raise NotFound
    key = await office.keyring.key(held.practice, held.conversation)
    arriving = await _begun(office, held, coming, coming.most)
    try:
        size, first = await _kept(office, held, arriving, key, octets, coming.most)
        kind = type_of(first, coming.content_type)
        told = Upload(arriving, safe_name(coming.name) or UNNAMED, kind, size, _state(office), Traces.UNKNOWN)
        if photos.cleans(kind) and size:
            if not coming.original:
                return await _cleaned(office, held, coming, key, told, photos)
            told = replace(told, traces=Traces.KEPT)
        return await _finished(office, held, key, told)
    except BaseException:  # raised again: whatever it was, also who left in between, half a file is none
        with suppress(Busy):  # then the clock takes it away
            await office.memory.uploads.drop(held, arriving)
        raise


def too_large(most: int) -> TooLong:
    """A file of more than so many octets."""
    return TooLong(f"A file may have {most // 1024**2} MB at most. Nothing of this one was kept.")


async def _begun(office: Office, held: Pass, coming: Coming, size: int) -> UUID:
    now, named = office.clock(), office.new_id()
    new = NewUpload(named, coming.letter, size, now, now + ARRIVING)
    if not await office.memory.uploads.begin(held, new, AT_MOST, TIMES * coming.most):
        raise Conflict(TOO_MANY)
    return named


async def _kept(
    office: Office, held: Pass, named: UUID, key: DataKey, octets: AsyncIterator[bytes], most: int
) -> tuple[int, bytes]:
    """Its octets as sealed pieces: how many there were, and the first of them."""
    waiting = bytearray()  # bound: a piece, and what comes at once
    size = number = 0
    first = b""

    async def seal(piece: bytes) -> None:
        if not office.room_left():
            raise NoRoom
        sealed = office.keyring.seal(key, piece_place(held.practice, held.conversation, named, number), piece)
        if not await office.memory.uploads.add(held, named, number, sealed):
            raise NotFound  # erased meanwhile, or its time was over

    async for some in octets:
        size += len(some)
        if size > most:
            raise too_large(most)
        waiting += some
        while len(waiting) >= PIECE:
            piece = bytes(waiting[:PIECE])
            del waiting[:PIECE]
            await seal(piece)
            first, number = first or piece, number + 1
    if waiting:
        await seal(bytes(waiting))
    return size, first or bytes(waiting)


async def _cleaned(
    office: Office, held: Pass, coming: Coming, key: DataKey, raw: Upload, photos: Photos
) -> Upload:
    """Another file, without the traces; the raw one goes."""
    clean = await photos.clean(raw.content_type, partial(_whole, office, held, raw))
    if clean is None:
        raise CannotClean
    await office.memory.uploads.drop(held, raw.id)
    named = await _begun(office, held, coming, len(clean))
    try:
        size, _ = await _kept(office, held, named, key, _slices(office, clean), coming.most)
        return await _finished(office, held, key, replace(raw, id=named, size=size, traces=Traces.REMOVED))
    except BaseException:  # as in `take`
        with suppress(Busy):
            await office.memory.uploads.drop(held, named)
        raise


async def _whole(office: Office, held: Pass, raw: Upload) -> bytes:
    return b"".join([piece async for piece in pieces_of(office, held, raw.id, raw.size)])


async def _slices(office: Office, whole: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(whole), PIECE):
        await office.breathe()
        yield whole[at : at + PIECE]


async def _finished(office: Office, held: Pass, key: DataKey, told: Upload) -> Upload:
    inside = json.dumps({"n": told.name, "t": told.content_type, "w": told.traces}, ensure_ascii=False)
    now = office.clock()
    arrived = Arrived(
        size=told.size,
        pieces=-(-told.size // PIECE),
        state=told.state,
        due=now if told.state is FileState.WAITING else now + KEPT,
        named=office.keyring.seal(key, _place(held, told.id), inside.encode()),
    )
    if not await office.memory.uploads.finish(held, told.id, arrived):
        raise NotFound
    return told


def _state(office: Office) -> FileState:
    return FileState.WAITING if office.checks_files else FileState.CLEAN


async def uploads_for(office: Office, held: Pass, letter: UUID) -> list[Upload]:
    """What the holder uploaded for a letter they are writing, oldest first."""
    return [await _open(office, held, one) for one in await office.memory.uploads.of_letter(held, letter)]


async def own_upload(office: Office, held: Pass, upload: UUID) -> Upload | None:
    """One the holder has brought and not sent."""
    found = await office.memory.uploads.own(held, upload)
    return None if found is None else await _open(office, held, found)


async def throw_away(office: Office, held: Pass, upload: UUID) -> None:
    """It is not to be sent after all. Raises NotFound, also where it was sent; Conflict where its letter waits to be."""
    found = await office.memory.uploads.own(held, upload)
    letter = found.letter if found else None
    if letter is not None and await office.memory.pending_letters.find(held, letter) is not None:
        raise Conflict(WITH_A_LETTER)
    if not await office.memory.uploads.drop(held, upload):
        raise NotFound


async def notes_of(office: Office, held: Pass, files: Sequence[UUID]) -> tuple[AttachmentNote, ...]:
    """What a letter of the holder says of these. Raises NotFound (not theirs, not here, sent), Conflict, Malformed."""
    if not files:
        return ()
    if len(files) > AT_MOST or len(set(files)) < len(files):
        raise Malformed("A letter has up to %(most)s files, each of them once.", {"most": AT_MOST})
    found = {one.id: one for one in await office.memory.uploads.find(held, files)}
    if len(found) < len(files):
        raise NotFound
    if any(one.state is FileState.FOUND for one in found.values()):
        raise Conflict(FOUND)
    return tuple([(await _open(office, held, found[one])).note for one in files])


async def _open(office: Office, held: Pass, one: StoredUpload) -> Upload:
    key = await office.keyring.key(held.practice, held.conversation)
    inside = json.loads(key.open(_place(held, one.id), one.named))
    traces = Traces(inside["w"])
    return Upload(
        id=one.id,
        name=inside["n"],
        content_type=inside["t"],
        size=one.size,
        state=one.state,
        traces=traces,
        finding=one.finding,
    )


def _place(held: Pass, upload: UUID) -> Place:
    return Place(NAMED, held.practice, held.conversation, upload)
