"""What takes the log of changes away: one `pg_receivewal`, which writes each change down within moments of its commit.

A replication slot has the server keep what was not taken yet, up to `max_slot_wal_keep_size` (process.py): for as long as
that lasts the archive may be away, and it never fills the disk that words are kept on.
"""

import asyncio
import os
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Final

import asyncpg

from threads.postgres.access import Access
from threads.postgres.archive import SEGMENT, ArchiveTrouble, Directory, Strand, Whose, place_of
from threads.postgres.beside import last_words, password_of, telling, where
from threads.postgres.programs import Programs

SLOT: Final = "quietline_archive"
_LAST: Final = 5.0
"""Seconds to end once the server has ended, which it does by itself."""
_ASK: Final = 5.0
"""Seconds for the database's answer."""


class Receiver:
    """The process. Every method blocks."""

    def __init__(self, process: "subprocess.Popen[bytes]", said: IO[bytes], strand: Path) -> None:
        self._process, self._said = process, said
        self.strand = strand

    @classmethod
    def begun(cls, programs: Programs, access: Access, strand: Strand, lock: int) -> "Receiver":
        """It inherits the lock: as long as one of ours writes there, nobody else does."""
        for one in strand.wal.glob("*.partial"):
            if one.stat().st_size != SEGMENT:  # the disk was full: it is asked for anew
                one.unlink()
        command = (
            "pg_receivewal",
            "-D",
            str(strand.wal),
            "-S",
            SLOT,
            "--no-loop",
            "--status-interval=2",
        )
        said = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `end`
        with password_of(access) as password:
            process = programs.start(
                (*command, *where(access, password)), strand.path, stdout=said, keep=[password, lock]
            )
        return cls(process, said, strand.path)

    @property
    def ended(self) -> str | None:
        """Why it has ended; None while it works."""
        return None if self._process.poll() is None else telling(last_words(self._said))

    def keep(self) -> None:
        """What it has written since is on the disk when this returns; it does so itself only with whole segments."""
        for one in (self.strand / "wal").glob("*.partial"):
            try:
                handle = os.open(one, os.O_RDONLY | os.O_NOFOLLOW)
            except FileNotFoundError:  # it is whole by now
                continue
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def end(self) -> None:
        """Waits for its end, then makes sure of it."""
        try:
            self._process.wait(_LAST)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(_LAST)
        self._said.close()

    def stop(self) -> None:
        """Ends it now."""
        self._process.terminate()
        self.end()


@asynccontextmanager
async def asking(access: Access) -> AsyncIterator[asyncpg.Connection]:
    """A connection for a few questions. Raises ArchiveTrouble."""
    try:
        connection = await asyncpg.connect(**access.connect_kwargs(), timeout=_ASK, command_timeout=_ASK)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
        raise ArchiveTrouble("the database does not answer") from None
    try:
        yield connection
    finally:
        # With a limit: one whose server was killed at the wrong moment would be waited for while we are to stop.
        await connection.close(timeout=_ASK)


async def let_go(access: Access) -> None:
    """Where no archive is wanted any more the server need keep nothing for it. Raises ArchiveTrouble."""
    dropping = "select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = $1"
    async with asking(access) as connection:
        try:
            await connection.execute(dropping, SLOT)
        except asyncpg.PostgresError:
            raise ArchiveTrouble("somebody still takes changes away") from None


async def whose(connection: asyncpg.Connection) -> Whose:
    """Which database it is."""
    row = await connection.fetchrow(
        "select s.system_identifier, c.timeline_id from pg_control_system() s, pg_control_checkpoint() c"
    )
    return Whose(str(row["system_identifier"]), int(row["timeline_id"]))


async def strand_for(connection: asyncpg.Connection, directory: Directory, now: datetime) -> Strand:
    """The newest strand, where what the server still has goes on from its end; another one, after a hole."""
    strands = await asyncio.to_thread(directory.strands)
    slot = await connection.fetchrow(
        "select restart_lsn::text as kept, wal_status from pg_replication_slots where slot_name = $1", SLOT
    )
    if slot is not None and slot["kept"] and slot["wal_status"] != "lost" and strands:
        resumes = strands[-1].resumes
        if resumes is None or resumes >= place_of(slot["kept"]) // SEGMENT:
            return strands[-1]
    if slot is not None:
        await connection.execute("select pg_drop_replication_slot($1)", SLOT)
    await connection.execute("select pg_create_physical_replication_slot($1, true)", SLOT)
    return await asyncio.to_thread(directory.begin, now)
