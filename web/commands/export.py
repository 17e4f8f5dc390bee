"""`quietline export`: one conversation's record into a file, whole or not at all."""

import argparse
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO, Final

from messaging.exporting.at_the_machine import hand_out
from messaging.exporting.record import ExportFormat
from messaging.ids import ConversationId, parse_uuid
from web.commands.acts import print_line, say
from web.commands.reasons import reason_of
from web.commands.whole_files import whole_file
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
