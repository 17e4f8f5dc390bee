"""`quietline export`: one conversation's record into a file, whole or not at all."""

import argparse
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO, Final

from messaging.exporting.at_the_machine import hand_out
from messaging.exporting.record import ExportFormat
from messaging.ids import ConversationId, parse_uuid
from web.commands.acts import print_line, say
from web.commands.reasons import CommandFailed, reason_of
from web.exporting.writing import written
from web.house import house
from web.settings import Settings

OUT: Final = "-"


async def export(settings: Settings, given: argparse.Namespace) -> int:
    """The record, to a file that is there when it is whole, or to standard output."""
    form, named = ExportFormat(given.format), parse_uuid(given.conversation)
    reason = reason_of(given)
    async with house(settings, beside=True) as built:
        way, record = await hand_out(built.office, ConversationId(named) if named else None, form, reason)
        pieces = written(built.office, way, record, form)
        if given.output == OUT:
            await _poured(pieces, sys.stdout.buffer)
            return 0
        with whole_file(Path(given.output)) as into:
            octets = await _poured(pieces, into)
    entries = max(0, record.last - record.first + 1)
    if given.json:
        say({"conversation": given.conversation, "entries": entries, "octets": octets, "file": given.output})
    else:
        print_line(f"{given.output}: {entries} entries, {octets} octets, not encrypted")
    return 0


async def _poured(pieces: AsyncIterator[bytes], into: BinaryIO) -> int:
    octets = 0
    async for piece in pieces:
        octets += into.write(piece)
    into.flush()
    return octets


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file for its owner alone, under its name once it is whole and on the disk; nothing is left of half of one.

    Raises CommandFailed over a directory, OSError where it cannot be written.
    """
    if path.is_dir():
        raise CommandFailed(f"{path}: a directory, not a file")
    beside = path.with_name(f".{path.name}.{token_hex(4)}")
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as fault:
        fault.filename = str(path)  # the name that was given; the other is ours
        raise
    try:
        with os.fdopen(handle, "wb") as into:
            yield into
            into.flush()
            os.fsync(into.fileno())
        beside.replace(path)
    except BaseException:  # whatever it was, half a record must not lie about
        with suppress(OSError):
            beside.unlink()
        raise
