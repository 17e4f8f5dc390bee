"""What the record itself keeps of backups."""

from messaging.ids import SYSTEM
from messaging.office import Office
from messaging.practice.operating import REASON, practice_ids
from messaging.trust.noted import ForReason, Noted


async def note_restored(office: Office, reason: str) -> None:
    """A line in the trail of each practice: from here on it is what a backup had. Raises Busy."""
    said = " ".join(reason.split())[:REASON]
    for practice in await practice_ids(office):
        await office.memory.trail.note(
            practice, office.clock(), SYSTEM, ForReason(Noted.RESTORED, said), None
        )
