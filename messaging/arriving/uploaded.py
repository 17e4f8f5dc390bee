"""Uploaded files, by the clock: looked at by a virus checker, and gone where nobody has sent them in their time."""

from datetime import timedelta

from messaging.arriving.files import AGAIN, Checker, CheckerAway
from messaging.errors import NotFound
from messaging.letters.uploads import KEPT
from messaging.memory.arriving import FileCheck, FileState
from messaging.memory.uploads import StoredUpload
from messaging.office import Office
from messaging.record.files import pieces_of
from messaging.trust.access import Work, errand
from messaging.trust.encryption import CannotOpen


async def attend(office: Office, checker: Checker | None, lease: float, limit: int) -> int:
    """Looks at uploads whose time has come; how many. Without a checker they are at hand at once. Raises Busy."""
    due = await office.memory.uploads.due(office.clock(), lease, limit)
    for one in due:
        if one.state is FileState.WAITING:
            await _look(office, checker, one)
        else:
            await office.memory.uploads.end(one, office.clock() + KEPT)
    return len(due)


async def _look(office: Office, checker: Checker | None, one: StoredUpload) -> None:
    way, finding = errand(one.practice, one.conversation, Work.CHECKING), None
    try:
        if checker is not None:
            content = b"".join([piece async for piece in pieces_of(office, way, one.id, one.size)])
            finding = await checker.check(content)
    except CheckerAway:
        wait = AGAIN[min(one.attempts, len(AGAIN)) - 1]
        await office.memory.uploads.put_off(one, office.clock() + timedelta(seconds=wait))
        return
    except NotFound:  # thrown away meanwhile
        return
    except CannotOpen:
        finding = "cannot be opened"
    state = FileState.CLEAN if finding is None else FileState.FOUND
    await office.memory.uploads.settle(way, one, FileCheck(state, finding), one.at + KEPT)
