"""What goes through the pipe of a process that searches: a question with all its secrets, and then what is found.

Frames are those of the processes that read letters (`channels.email.workers.answering`). The process gets its secrets here
alone, for arguments and environment can be read by others on the machine.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import msgspec

from channels.email.workers.answering import FAULT, FRAME_LIMIT, Place
from messaging.ids import EntryId
from messaging.searching.looking import Search
from messaging.searching.opening import Hit

UNREADABLE: Final = 20
"""Entries that are told by their ids where they do not open. More need no further alarm."""


class Question(msgspec.Struct, frozen=True):
    """What one process is to look through. `access`: how the database is reached, as `asyncpg.connect` takes it."""

    search: Search
    access: Mapping[str, Any]
    environment: Mapping[str, str]
    """What the database's driver reads of ours."""
    until: float
    """By the machine's monotonic clock, which all of its processes share."""

    def __repr__(self) -> str:
        return "Question(***)"


class Told(msgspec.Struct, frozen=True):
    """What was found since the last one. `done`: there is no more to come; `complete`: everything was looked through."""

    hits: Sequence[Hit] = ()
    unreadable: Sequence[EntryId] = ()
    unreadable_notes: Sequence[UUID] = ()
    done: bool = False
    complete: bool = True

    def __repr__(self) -> str:
        return "Told(***)"


class Failed(Exception):
    """The process could not go on. `place` is where (`messaging.faults.located`), None where it said nothing more."""

    def __init__(self, place: Place | None = None) -> None:
        super().__init__()
        self.place = place


_told: Final = msgspec.msgpack.Decoder(Told)
_place: Final = msgspec.msgpack.Decoder(Place)


async def relayed(stream: asyncio.StreamReader) -> AsyncIterator[Told]:
    """What the process tells, until it is done. Raises Failed."""
    told = Told()
    try:
        while not told.done:
            length = int.from_bytes(await stream.readexactly(4), "big")
            if length == FAULT:
                length = int.from_bytes(await stream.readexactly(4), "big")
                raise Failed(_place.decode(await stream.readexactly(min(length, FRAME_LIMIT))))
            if length > FRAME_LIMIT:
                raise Failed
            told = _told.decode(await stream.readexactly(length))
            yield told
    except (OSError, EOFError, msgspec.MsgspecError, RuntimeError) as fault:
        raise Failed from fault  # RuntimeError: uvloop's word for a pipe that is closed already
