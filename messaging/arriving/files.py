"""Files that came by mail, held until a virus checker has looked at them: none is lost, and none handed out before.

waiting > clean | found. A checker that is away leaves them waiting.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final, Protocol
from uuid import UUID

from messaging.errors import Conflict
from messaging.memory.arriving import FileCheck, FileState, WaitingFile
from messaging.messages import Entry
from messaging.office import Office
from messaging.record.files import attachment_place
from messaging.record.reading import entry_numbered
from messaging.trust.access import Pass, Way
from messaging.trust.encryption import CannotOpen

AGAIN: Final = (5.0, 30.0, 120.0, 600.0)
"""Seconds until a file is offered again, the longer the more often nobody looked at it."""
HELD: Final = "A file of this letter is being checked, or was held back."


class CheckerAway(Exception):
    """Nobody looked, or the answer said nothing of the file."""


class Checker(Protocol):
    """Looks at files (the floor above knows how)."""

    async def check(self, content: bytes) -> str | None:
        """What it found, in its own word; None: nothing. Raises CheckerAway."""


async def check_due(office: Office, checker: Checker | None, lease: float, limit: int) -> int:
    """Has some of the files that wait looked at; how many. Without a checker (any more) they are at hand at once.

    Raises Busy. `lease` in seconds.
    """
    due = await office.memory.files.due(office.clock(), lease, limit)
    for one in due:
        try:
            finding = await _look(office, checker, one)
        except CheckerAway:
            wait = AGAIN[min(one.attempts, len(AGAIN)) - 1]
            await office.memory.files.retry(one, office.clock() + timedelta(seconds=wait))
            continue
        state = FileState.CLEAN if finding is None else FileState.FOUND
        await office.memory.files.settle(one, FileCheck(state, finding))
    return len(due)


async def _look(office: Office, checker: Checker | None, file: WaitingFile) -> str | None:
    if checker is None:
        return None
    key = await office.keyring.key(file.practice, file.conversation)
    try:
        content = key.open(attachment_place(file.practice, file.conversation, file.id), file.sealed)
    except CannotOpen:  # its conversation was erased meanwhile
        return "cannot be opened"
    return await checker.check(content)


async def file_checks(office: Office, way: Way, entries: Iterable[Entry]) -> Mapping[UUID, FileCheck]:
    """How those files of these entries stand that may not be handed out."""
    ids = [note.id for entry in entries for note in entry.body.attachments]
    return await office.memory.files.held_back(way, ids) if ids else {}


async def entry_with(office: Office, held: Pass, file: UUID) -> Entry | None:
    """The entry a file of this conversation stands beside. Raises Busy."""
    number = await office.memory.files.stands_beside(held, file)
    return None if number is None else await entry_numbered(office, held, number)


async def none_held_back(office: Office, held: Pass, entry: Entry) -> None:
    """Raises Conflict while a file of the entry waits or was found: its original holds the file as well."""
    if await file_checks(office, held, [entry]):
        raise Conflict(HELD)
