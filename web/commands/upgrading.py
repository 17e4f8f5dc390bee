"""`quietline database upgrade`: the embedded database brought to another major release of PostgreSQL."""

import argparse
import asyncio
import os
import shlex
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from messaging.backup.header import Header, NoBackup
from messaging.backup.keeping import note_upgraded
from messaging.practice.operating import practice_ids, verify_trail
from messaging.trust.root_keys import RootKeys
from web.commands.acts import print_line, say
from web.commands.backing_up import begun_with, tell, tell_table
from web.commands.reasons import CommandFailed, reason_of
from web.database_settings import read_folder
from web.house import PATIENT, house
from web.house_backup import laid_in, sealed, told_if_full
from web.house_upgrade import Moving, moving
from web.key_command import keys_of, unwrapped
from web.settings import Settings
from web.version import VERSION

Command = Callable[..., argparse.ArgumentParser]


def commands(below: "argparse._SubParsersAction[argparse.ArgumentParser]", command: Command) -> None:
    """Adds it."""
    database = below.add_parser("database", help="the embedded PostgreSQL").add_subparsers(
        dest="act", required=True
    )
    line = command(
        database, "upgrade", upgrade, "move to the major release that comes with us", migrates=False
    )
    line.add_argument(
        "--from",
        dest="former",
        required=True,
        metavar="BIN_DIR",
        help="the folder of the programs of the former release",
    )
    line.add_argument("--reason", help="for the audit trail (asked for on a terminal); name nobody in it")


async def upgrade(settings: Settings, given: argparse.Namespace) -> int:
    """All rows into a new database beside the former, looked through there; then it takes the former's place."""
    reason = reason_of(given)
    keys = keys_of(settings.database, may_make=False)
    async with moving(settings.database, _folder(given.former)) as both:
        move = both.move
        tell(f"from PostgreSQL {move.former} to {move.release}")
        header = await _brought_over(both, keys)
        trails = await _looked_through(settings, both, header, reason)
        await both.exchange()
    if settings.database.archive_dir is not None:
        tell(
            f"{settings.database.archive_dir} is the former's archive: name an empty directory in QUIETLINE_ARCHIVE_DIR."
        )
    remove = f"rm -r -- {shlex.quote(str(move.aside))}"
    if given.json:
        told = {"database": move.release, "former": str(move.aside), "rows": header.rows, "trails": trails}
        say(told)
    else:
        print_line(f"{header.rows} rows of {len(header.tables)} tables are in PostgreSQL {move.release}")
        print_line(f"{trails} audit trails are whole")
    tell(
        f"The former database is kept in {move.aside}, with all that is erased from now on. Start the server,"
    )
    tell(f"look, and then remove it: {remove}")
    return 0


def _folder(named: str) -> Path:
    try:
        return read_folder(named)
    except ValueError as why:
        raise CommandFailed(f"--from: {why}") from None


async def _brought_over(both: Moving, keys: RootKeys) -> Header:
    """A backup that is read while it is made. It goes through a pipe, never to the disk."""
    out, into = os.pipe()
    with os.fdopen(out, "rb") as backup:
        sending = asyncio.get_running_loop().run_in_executor(None, _send, both, keys, into)
        try:
            # Each read waits for the other thread, and holds up nobody: there is nobody else here.
            header, rest = begun_with(backup, keys)
            with told_if_full(both.target.data_dir):
                await laid_in(both.target, header, rest, tell_table)
        except NoBackup:
            await sending  # where it was cut off, why
            raise
        finally:
            backup.close()
            # bound: its next write fails, the pipe being closed
            await asyncio.wait([sending])
            if not sending.cancelled():
                sending.exception()  # looked at, or the loop would complain of it
    return header


def _send(both: Moving, keys: RootKeys, into: int) -> None:
    async def all_of_it(out: BinaryIO) -> None:
        async with both.source() as source:
            unwrapped(both.target, keys, await source.installation_key())
            await sealed(source, await source.header(VERSION), keys, out.write, lambda *_: None)

    with suppress(BrokenPipeError), os.fdopen(into, "wb") as out:  # who reads has failed, and says why
        asyncio.run(all_of_it(out))


async def _looked_through(settings: Settings, both: Moving, before: Header, reason: str) -> int:
    """Counts and trails, compared with what the former held; then the line that says it. How many trails there are."""
    now = {table.name: table.rows for table in (await both.counted()).tables}
    # COPY has counted each table exactly; a step of the schema may have added rows since.
    fewer = [table.name for table in before.tables if now.get(table.name, 0) < table.rows]
    if fewer:
        raise CommandFailed(f"{', '.join(fewer)}: rows are missing; the former database stays")
    beside = replace(settings, database=both.target)
    async with house(beside, migrates=True, beside=True, limits=PATIENT) as built:
        practices = await practice_ids(built.office)
        for practice in practices:
            _, broken = await verify_trail(built.office, practice)
            if broken is not None:
                raise CommandFailed(
                    f"practice {practice}: the audit trail does not fit from line {broken} on; the former database stays"
                )
        await note_upgraded(built.office, reason)
    return len(practices)
