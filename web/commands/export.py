"""`quietline export`: one conversation's record, or all of a practice, into a file, whole or not at all; and `unlock`."""

import argparse
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

from messaging.backup.sealing import ARCHIVE, opened
from messaging.exporting.at_the_machine import hand_out, hand_out_practice
from messaging.exporting.record import ExportFormat
from messaging.ids import ConversationId, parse_uuid
from web.commands.acts import print_line, say
from web.commands.backing_up import keys_for, reading, tell
from web.commands.reasons import reason_of
from web.commands.whole_files import whole_file
from web.exporting.as_archive import as_archive
from web.exporting.writing import written
from web.house import house
from web.settings import Settings
from web.state import House

OUT: Final = "-"
OFTEN: Final = 50
"""Conversations after which it is said how far an archive is."""


async def export(settings: Settings, given: argparse.Namespace) -> int:
    """The record, to a file that is there when it is whole, or to standard output."""
    reason = reason_of(given)
    async with house(settings, beside=True) as built:
        with _output(given.output) as into:
            if given.practice is None:
                told = await _record(built, given, reason, into)
            else:
                told = await _practice(built, given, reason, into)
    if given.output != OUT:
        _report(given, told)
    return 0


async def _record(built: House, given: argparse.Namespace, reason: str, into: BinaryIO) -> dict[str, Any]:
    form, named = ExportFormat(given.format), parse_uuid(given.conversation)
    way, record = await hand_out(built.office, ConversationId(named) if named else None, form, reason)
    octets = await _poured(written(built.office, way, record, form), into)
    entries = max(0, record.last - record.first + 1)
    return {"conversation": given.conversation, "entries": entries, "octets": octets}


async def _practice(built: House, given: argparse.Namespace, reason: str, into: BinaryIO) -> dict[str, Any]:
    form, put = ExportFormat(given.format), 0
    whole, records = await hand_out_practice(built.office, given.practice, form, reason)
    there = len(whole.conversations)

    def told(number: int) -> None:
        nonlocal put
        put = number
        if number % OFTEN == 0 or number == there:
            tell(f"{number} of {there} conversations")

    octets = await _poured(as_archive(built.office, whole, records, form, told), into)
    return {"practice": given.practice, "conversations": put, "octets": octets}


def _report(given: argparse.Namespace, told: dict[str, Any]) -> None:
    if given.json:
        say({**told, "file": given.output})
        return
    counted = next(f"{told[one]} {one}" for one in ("entries", "conversations") if one in told)
    print_line(f"{given.output}: {counted}, {told['octets']} octets, not encrypted")


async def unlock(settings: Settings, given: argparse.Namespace) -> int:
    """An archive as it was before it was locked: with the master key file, or its recovery sheet. No server is asked."""
    masters = [key.secret for key in keys_for(settings.database, given).known]
    octets = 0
    with reading(given.file) as file, _output(given.output) as into:
        for piece in opened(file.read, masters, ARCHIVE):
            octets += into.write(piece)
    if given.output == OUT:
        return 0
    if given.json:
        say({"file": given.output, "octets": octets})
    else:
        print_line(f"{given.output}: {octets} octets, not encrypted")
    return 0


@contextmanager
def _output(name: str) -> Iterator[BinaryIO]:
    if name == OUT:
        yield sys.stdout.buffer
        return
    with whole_file(Path(name)) as into:
        yield into


async def _poured(pieces: AsyncIterator[bytes], into: BinaryIO) -> int:
    octets = 0
    async for piece in pieces:
        octets += into.write(piece)
    into.flush()
    return octets
