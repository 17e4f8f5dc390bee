"""An export's octets, handed to who asked for it, from wherever they want to go on."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import assert_never

from messaging.entrance.signing_in import SignedIn
from messaging.entrance.stepping_up import must_be_stepped_up
from messaging.errors import Gone, NotFound, NotReady
from messaging.exporting.asking import export_named
from messaging.exporting.chunks import CHUNK, open_chunk, open_key
from messaging.ids import ExportId
from messaging.memory.exporting import ExportState, Holder, StoredExport
from messaging.office import Office
from messaging.trust.encryption import CannotOpen, DataKey
from messaging.trust.noted import Noted


class Cut(Exception):
    """The file is not to be had any more, in the middle of it. What was handed out is not whole, and must not look so."""


@dataclass(frozen=True, slots=True)
class HandedOn:
    """A file that is ready, opened for who asked for it."""

    held: Holder
    export: StoredExport
    key: DataKey = field(repr=False)


async def open_export(
    office: Office, signed_in: SignedIn, named: ExportId | None, *, goes_on: str | None = None
) -> HandedOn:
    """The file, for the one who asked for it.

    As for making it the password of a moment ago is asked for: a file lies there for a day, and screens are left open.
    Only who goes on with what they have begun (`goes_on` names its mark, which is told with the first octets alone) need not
    say it again: a download may take longer than five minutes.

    Raises NotFound, StepUp, NotReady, Gone, Busy.
    """
    held, export = await export_named(office, signed_in.person, named)
    match export.state:
        case ExportState.READY:
            pass
        case ExportState.GONE:
            raise Gone
        case ExportState.WAITING | ExportState.WORKING | ExportState.FAILED:
            raise NotReady
        case _:
            assert_never(export.state)
    if goes_on != str(export.mark):
        must_be_stepped_up(office, signed_in)
    try:
        return HandedOn(held, export, await open_key(office, export))
    except CannotOpen:  # erased in this moment
        raise NotFound from None


async def note_handed_on(office: Office, handed: HandedOn) -> None:
    """In the trail, before an octet goes out. Raises Busy."""
    held = handed.held
    of_one = held.conversation is not None
    act = Noted(f"exported_{handed.export.form}_fetched") if of_one else Noted.PRACTICE_FETCHED
    await office.memory.trail.note(held.practice, office.clock(), held.person, act, held.conversation)


async def octets_of(office: Office, handed: HandedOn, first: int, last: int) -> AsyncIterator[bytes]:
    """From the first to the last octet, both included, a chunk at a time. Raises Cut, Busy.

    With each chunk it is looked at again whether it is still theirs: who is let go, or erased, gets no further octet.
    """
    for number in range(first // CHUNK, last // CHUNK + 1):
        sealed = await office.memory.exports.chunk(handed.held, handed.export.id, number, office.clock())
        if sealed is None:
            raise Cut
        try:
            opened = open_chunk(handed.key, handed.export, number, sealed)
        except CannotOpen:
            raise Cut from None
        begin = number * CHUNK
        yield opened[max(0, first - begin) : last - begin + 1]
