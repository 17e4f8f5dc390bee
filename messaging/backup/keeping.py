"""What the record itself keeps of backups."""

from messaging.ids import SYSTEM
from messaging.office import Office
from messaging.practice.operating import REASON, practice_ids
from messaging.trust.noted import ForReason, Noted


async def note_restored(office: Office, reason: str) -> None:
    """A line in the trail of each practice: from here on it is what a backup had. Raises Busy."""
    await _note_everywhere(office, Noted.RESTORED, reason)


async def note_upgraded(office: Office, reason: str) -> None:
    """A line in the trail of each practice: all of it was brought to another release of PostgreSQL. Raises Busy."""
    await _note_everywhere(office, Noted.DATABASE_UPGRADED, reason)


async def _note_everywhere(office: Office, act: Noted, reason: str) -> None:
    said = " ".join(reason.split())[:REASON]
    for practice in await practice_ids(office):
        await office.memory.trail.note(practice, office.clock(), SYSTEM, ForReason(act, said), None)
