"""What the doctor finds of an archive, beside whoever writes it."""

import asyncio
import shutil
from datetime import datetime, timedelta
from typing import Final

from messaging.backup.archive import Look
from threads.postgres.access import Access
from threads.postgres.archive import ROOM, ArchiveTrouble, Base, Directory
from threads.postgres.receiving import SLOT, asking, whose

LATE: Final = timedelta(days=2)
"""Since the last base copy: one is made each day."""
_WAITING: Final = (
    "select active, pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint as octets from pg_replication_slots "
    "where slot_name = $1"
)


async def looked_at(directory: Directory, access: Access, now: datetime, *, served: bool) -> Look:
    """Raises ArchiveTrouble, NotThisArchive, OSError, PostgresError."""
    async with asking(access) as connection:
        ours = await whose(connection)
        slot = await connection.fetchrow(_WAITING, SLOT)
    bases = await asyncio.to_thread(_bases, directory, ours)
    if served and (slot is None or not slot["active"]):
        waits = f", and {(slot['octets'] or 0) >> 20} MiB wait in the data directory" if slot else ""
        return Look(fine=False, says=f"nothing takes changes away at the moment (the log says why){waits}")
    if not bases:
        return Look(
            fine=False, says=f"there is no base copy in {directory.path} yet: nothing can be restored"
        )
    reach = (
        f"every moment since {shown(bases[0].at)} is in reach, the last base copy is of {shown(bases[-1].at)}"
    )
    if now - bases[-1].at > LATE:
        return Look(
            fine=False, says=f"no base copy could be made for {(now - bases[-1].at).days} days; {reach}"
        )
    return Look(fine=True, says=reach)


def _bases(directory: Directory, ours: object) -> list[Base]:
    known = directory.whose()
    if known is None:
        if not directory.path.is_dir():
            raise ArchiveTrouble(f"{directory.path} is not there, or is no directory")
        return []
    if known != ours:
        raise ArchiveTrouble(f"{directory.path} is the archive of another database")
    if shutil.disk_usage(directory.path).free < ROOM:
        raise ArchiveTrouble(f"there is no room left in {directory.path}")
    return sorted(
        (base for strand in directory.strands() for base in strand.usable), key=lambda base: base.at
    )


def shown(at: datetime) -> str:
    """A moment for the operator, in UTC; whole seconds, and never one too early."""
    if at.microsecond:
        at = at.replace(microsecond=0) + timedelta(seconds=1)
    return at.isoformat().replace("+00:00", "Z")
