"""`quietline backup`, `backup verify`, `recovery sheet`, `recovery check`."""

import argparse
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from messaging.backup import sheet as paper
from messaging.backup.frames import HEADER, Frame, frames, read_header
from messaging.backup.header import Header, NoBackup
from messaging.backup.keeping import note_backed_up, note_backup_failed
from messaging.backup.sealing import Put, opened
from messaging.backup.verifying import Looked, Looking
from messaging.errors import Busy
from messaging.office import Office
from messaging.trust.root_keys import RootKey, RootKeys
from web.causes import cause, naming
from web.commands.acts import print_line, say
from web.commands.reasons import CommandFailed, reason_of
from web.database_settings import DatabaseSettings
from web.house import house
from web.house_backup import UNNOTED, backup_source, is_newer, must_be_there, sealed, sync, taken
from web.key_command import keys_of, unwrapped
from web.settings import Settings
from web.version import VERSION

KEY_APART: Final = (
    "The master key is not in it, and nothing opens it but the master key file of today or its recovery sheet: "
    "keep one of them elsewhere."
)


def tell(line: str) -> None:
    """Progress, on standard error: standard output may be the backup."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def tell_table(name: str, rows: int) -> None:
    """One line a table."""
    tell(f"{name}: {rows} rows")


async def backup(settings: Settings, given: argparse.Namespace) -> int:
    """All rows as they stand now, sealed. The file has its name once it is whole."""
    if not given.output:
        raise CommandFailed("name the file: backup -o FILE, or -o - for standard output")
    keys = keys_of(settings.database, may_make=False)
    async with _noted(settings, reason_of(given)):
        header = await _backed_up(settings, keys, given.output)
    if given.json and given.output != "-":
        say({"backup": given.output, "rows": header.rows, "schema": header.schema, "master_key": False})
    tell(f"{header.rows} rows of {len(header.tables)} tables are backed up. {KEY_APART}")
    return 0


async def _backed_up(settings: Settings, keys: RootKeys, output: str) -> Header:
    async with backup_source(settings.database) as source:
        unwrapped(
            settings.database, keys, await source.installation_key()
        )  # a backup that this key does not open would be none
        header = await source.header(VERSION)
        with _output(output) as out:
            await sealed(source, header, keys, out, tell_table)
    return header


@asynccontextmanager
async def _noted(settings: Settings, reason: str) -> AsyncIterator[None]:
    """In the trail of each practice: before it begins, by the role that serves, and again where it comes to nothing.

    A backup is made all the same where no line can be written, as of a schema that is another program's, or of a database
    that only reads. It says so.
    """
    must_be_there(settings.database)
    async with AsyncExitStack() as stack:
        office: Office | None = None
        try:
            office = (await stack.enter_async_context(house(settings, beside=True))).office
            await note_backed_up(office, reason)
        except (*UNNOTED, Busy) as why:
            tell(f"The audit trails get no line of it: {why.detail if isinstance(why, Busy) else why}")
            office = None
        try:
            yield
        except (
            BaseException
        ):  # raised again: whatever it was, the trail does not keep saying that there is one
            if office is not None:
                await note_backup_failed(office, reason)
            raise


@contextmanager
def _output(name: str) -> Iterator[Put]:
    if name == "-":
        yield sys.stdout.buffer.write
        sys.stdout.buffer.flush()
        return
    part = Path(f"{name}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    with naming(part), os.fdopen(handle, "wb") as file:
        if not taken(handle, part):
            raise CommandFailed(f"{name}: another backup is being written there")
        try:
            file.truncate(0)
            yield file.write
            file.flush()
            os.fsync(handle)
            part.replace(name)
            sync(part.parent)
        except BaseException:  # raised again: whatever it was, half a backup is none
            with suppress(OSError):
                part.unlink()
            raise


async def verify(settings: Settings, given: argparse.Namespace) -> int:
    """Looks a backup through: whole, counts, chains, and each sealed row with the key at hand."""
    masters = keys_for(settings.database, given)
    with reading(given.file) as file:
        header, rest = begun_with(file, masters)
        found = await Looking(header, masters).run(rest, tell_table)
    _report(header, found, given)
    if not found.fine:
        raise CommandFailed(
            f"{sum(found.unreadable.values())} sealed rows do not open, {len(found.broken)} audit trails are broken"
        )
    return 0


def _report(header: Header, found: Looked, given: argparse.Namespace) -> None:
    if given.json:
        say(
            {
                "fine": found.fine,
                "at": header.at,
                "schema": header.schema,
                "program": header.program,
                "newer": is_newer(header),
                "tables": {table.name: table.rows for table in header.tables},
                "rows": found.rows,
                "opened": found.opened,
                "unreadable": found.unreadable,
                "trail_lines": found.lines,
                "broken_trails": sorted(map(str, found.broken)),
            }
        )
        return
    print_line(f"of {header.at}, by Quietline {header.program}, schema {header.schema}")
    print_line(f"{found.rows} rows; {found.opened} sealed values open; {found.lines} audit lines walked")
    for table, count in sorted(found.unreadable.items()):
        print_line(f"{table}: {count} do not open")
    for practice in sorted(map(str, found.broken)):
        print_line(f"practice {practice}: the audit trail does not fit")


def keys_for(settings: DatabaseSettings, given: argparse.Namespace) -> RootKeys:
    """Of the recovery sheet, or the key file and the former ones beside it. Raises KeyTrouble, NoSheet."""
    if given.recovery is None:
        return keys_of(settings, may_make=False)
    if given.recovery == given.file == "-":
        raise CommandFailed("backup and recovery sheet cannot both come from standard input")
    return RootKeys([RootKey(paper.typed(_typed(given.recovery)))])


def _typed(name: str) -> str:
    try:
        return sys.stdin.read(4096) if name == "-" else Path(name).read_text("utf-8")[:4096]
    except OSError as fault:
        raise CommandFailed(f"{name} cannot be read: {cause(fault)}") from None
    except UnicodeDecodeError:
        raise paper.NoSheet("a recovery sheet has only the letters A to Z and the digits 2 to 7") from None


@contextmanager
def reading(name: str) -> Iterator[BinaryIO]:
    """A backup, or standard input."""
    if name == "-":
        yield sys.stdin.buffer
        return
    try:
        file = open(name, "rb")  # noqa: SIM115 - closed below
    except OSError as fault:
        raise CommandFailed(f"{name} cannot be read: {cause(fault)}") from None
    with file:
        yield file


def begun_with(file: BinaryIO, keys: RootKeys) -> tuple[Header, Iterator[Frame]]:
    """The header, and the frames that follow. Raises NoBackup."""
    found = frames(opened(file.read, [key.secret for key in keys.known]))
    kind, content = next(found, (b"", b""))
    if kind != HEADER:
        raise NoBackup("the backup has no header")
    return read_header(content), found


async def sheet(settings: Settings, given: argparse.Namespace) -> int:
    """Prints the recovery sheet."""
    keys = keys_of(settings.database, may_make=False)
    groups = paper.written(keys.known[0].secret)
    if given.json:
        say({"sheet": groups})
        return 0
    print_line(groups)
    tell("This is the master key. Write it down or print it, and keep it apart from machine and backups.")
    tell("Whoever has it and a backup can read everything. Then ask it back: quietline recovery check")
    return 0


async def check(settings: Settings, given: argparse.Namespace) -> int:
    """Whether what was typed from the paper is the key of this installation."""
    keys = keys_of(settings.database, may_make=False)
    if given.file == "-" and sys.stdin.isatty():
        tell("Type the sheet, then Ctrl-D:")
    if paper.typed(_typed(given.file)) != keys.known[0].secret:
        raise CommandFailed(
            "this is a recovery sheet, but not the one of today's master key: print a new one"
        )
    say({"fits": True}) if given.json else print_line("the recovery sheet fits")
    return 0
