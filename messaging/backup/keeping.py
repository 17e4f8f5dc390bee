"""What the record itself keeps of backups: a line in the trail of each practice, for all of them are in one."""

from messaging.ids import SYSTEM
from messaging.office import Office
from messaging.practice.operating import REASON, practice_ids
from messaging.trust.noted import ForReason, Noted


async def note_backed_up(office: Office, reason: str) -> None:
    """That a backup is made, before it begins: so that it has the line too. Raises Busy."""
    await _note(office, Noted.BACKED_UP, reason)


async def note_backup_failed(office: Office, reason: str) -> None:
    """That the one last noted came to nothing. Raises Busy."""
    await _note(office, Noted.BACKUP_FAILED, reason)


async def note_restored(office: Office, reason: str) -> None:
    """From here on a practice is what a backup had. Raises Busy."""
    await _note(office, Noted.RESTORED, reason)


async def note_upgraded(office: Office, reason: str) -> None:
    """All of it was brought to another release of PostgreSQL. Raises Busy."""
    await _note(office, Noted.DATABASE_UPGRADED, reason)


async def _note(office: Office, act: Noted, reason: str) -> None:
    said = ForReason(act, " ".join(reason.split())[:REASON])
    for practice in await practice_ids(office):
        await office.memory.trail.note(practice, office.clock(), SYSTEM, said, None)
