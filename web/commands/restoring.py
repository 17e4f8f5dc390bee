"""`quietline restore`: a backup into an empty data directory or database."""

import argparse
import os
import shutil
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from messaging.backup.header import NotEmpty
from messaging.backup.keeping import note_restored
from messaging.ending.erasing import replay
from messaging.practice.operating import trails, verify_trail
from messaging.trust.root_keys import RootKeys
from web.causes import UNFINISHED
from web.commands.acts import print_line, say
from web.commands.backing_up import begun_with, keys_for, reading, tell, tell_table
from web.commands.reasons import CommandFailed, reason_of
from web.database_settings import DatabaseSettings, place_of, read_database_url
from web.house import PATIENT, house
from web.house_backup import being_restored, gone_back, laid_in, told_if_full
from web.master_key import keep_key
from web.settings import Settings

ASK: Final = "Ask `quietline audit verify`; if the trails are shorter than their anchors, docs/restoring.md says what to do."
ANOTHER: Final = (
    "Name an empty QUIETLINE_ARCHIVE_DIR before the server starts: what was restored begins another archive."
)
ONLY_EMBEDDED: Final = (
    "--archive goes with --data-dir alone: an external database has means of its own (docs/restoring.md)"
)
LIKE: Final = "2026-11-30T14:05:00+01:00"
THEN: Final = "Put the right one there before anybody works here: the next start of the server erases by it."


async def restore(settings: Settings, given: argparse.Namespace) -> int:
    """Nothing is touched before the backup opens; whatever fails leaves nothing that looks as if it were restored."""
    if given.archive is not None:
        return await restore_archive(settings, given)
    if given.file is None or given.until is not None:
        raise CommandFailed("name the backup, or --archive DIR; --until TIME goes with an archive")
    reason = reason_of(given)
    target = target_of(settings.database, given)
    must_be_empty(target)
    source = where_the_key_is(settings.database, target)
    keys = keys_for(source, given)
    with reading(given.file) as file:
        header, rest = begun_with(file, keys)
        async with _being_laid_in(target):
            bring(keys, source, target, given)
            with told_if_full(target.data_dir) if target.url is None else nullcontext():
                await laid_in(target, header, rest, tell_table)
                again, ledger = await opened_again(replace(settings, database=target), reason)
    if given.json:
        say({"restored": header.at, "rows": header.rows, "erased_again": again, "ledger": ledger})
    else:
        print_line(f"{header.rows} rows of {header.at} are restored")
        if again:
            print_line(f"{again} that were erased since then are erased again")
    tell(ASK)
    return 0


async def restore_archive(settings: Settings, given: argparse.Namespace) -> int:
    """A moment of an archive, into an empty data directory; whatever fails leaves nothing there."""
    until = read_moment(given.until) if given.until else None
    if given.file is not None or given.database_url:
        raise CommandFailed(ONLY_EMBEDDED)
    reason = reason_of(given)
    target = target_of(settings.database, given)
    must_be_empty(target)
    source = where_the_key_is(settings.database, target)
    keys = keys_for(source, given)
    async with being_restored(target, _kept(target)):
        bring(keys, source, target, given)
        last, ended = await gone_back(target, given.archive, until, tell)
        again, ledger = await opened_again(replace(settings, database=target), reason)
    last_change = last.astimezone(UTC).isoformat()
    if given.json:
        say({"restored": last_change, "ended": ended, "erased_again": again, "ledger": ledger})
    else:
        print_line(
            f"everything until {given.until or 'the end of the archive'} is restored; the last change is of {last_change}"
        )
        if again:
            print_line(f"{again} that were erased since then are erased again")
    if ended and until is not None:
        tell(f"The archive ends before {given.until}: what came after {last_change} is not in it.")
    tell(f"{ASK} {ANOTHER}")
    return 0


def read_moment(raw: str) -> datetime:
    """A time with its zone: without one nobody knows afterwards which moment was meant. Raises CommandFailed."""
    try:
        found = datetime.fromisoformat(raw)
    except ValueError:
        raise CommandFailed(f"--until is a time like {LIKE}") from None
    if found.tzinfo is None:
        raise CommandFailed(f"--until: say in which time zone, like {LIKE}, or 2026-11-30T13:05:00Z")
    return found


async def opened_again(settings: Settings, reason: str) -> tuple[int, int]:
    """By the server's own ways: the ledger first, then the trail of each practice. How many were erased again, and lines."""
    async with house(settings, migrates=True, beside=True, limits=PATIENT) as built:
        entered = built.ledger.entered()
        again = await replay(built.office, built.ledger)
        await note_restored(built.office, reason)
        ours = set(await trails(built.office))
        broken = [one for one in ours if (await verify_trail(built.office, one))[1] is not None]
    if broken:
        tell(f"{len(broken)} audit trails do not fit together: `quietline audit verify` says where.")
    path = settings.database.ledger_file
    if not entered:
        tell(
            f"There is no erasure ledger, or nothing in it ({path}): whatever was erased since then stands again. {THEN}"
        )
    elif not any(one.practice in ours for one in entered):
        tell(
            f"The erasure ledger {path} is of another installation: what was erased here stands again. {THEN}"
        )
    if path.exists() and path.read_bytes()[-1:] not in (b"\n", b""):
        tell(f"The last line of the erasure ledger {path} is cut off: if it is a copy, make it anew. {THEN}")
    return len(again), len(entered)


def target_of(settings: DatabaseSettings, given: argparse.Namespace) -> DatabaseSettings:
    if given.database_url:
        try:
            url = read_database_url(given.database_url)
        except ValueError as why:
            raise CommandFailed(f"--database-url: {why}") from None
        same = settings.owner_url and place_of(settings.owner_url) == place_of(url)
        return replace(settings, url=url, owner_url=settings.owner_url if same else None)
    if given.data_dir is None:
        raise CommandFailed("say where to: --data-dir DIR, or --database-url URL")
    folder = given.data_dir.absolute()

    def beside(path: Path) -> Path:
        """What stood in the data directory by default stands in the new one."""
        return folder / path.name if path.parent == settings.data_dir else path

    return replace(
        settings,
        data_dir=folder,
        restoring=True,
        archive_dir=None,
        url=None,
        owner_url=None,
        master_key_file=beside(settings.master_key_file),
        ledger_file=beside(settings.ledger_file),
        audit_anchors_file=beside(settings.audit_anchors_file),
    )


def must_be_empty(target: DatabaseSettings) -> None:
    """A directory may hold the key and what belongs beside it. (A database is looked at within the transaction.)"""
    if target.url is not None or not target.data_dir.exists():
        return
    if (target.data_dir / UNFINISHED).exists():  # what stands there is of one that was cut off
        return
    if not target.data_dir.is_dir():
        raise CommandFailed(f"--data-dir: {target.data_dir} is not a directory")
    if any(not one.name.startswith(_kept(target)) for one in target.data_dir.iterdir()):
        raise NotEmpty(
            f"--data-dir: {target.data_dir} is not empty: a backup is restored only where nothing is"
        )


def _kept(target: DatabaseSettings) -> tuple[str, ...]:
    return (target.master_key_file.name, target.ledger_file.name)


def _being_laid_in(target: DatabaseSettings) -> AbstractAsyncContextManager[None]:
    """A database elsewhere is filled in one transaction, and needs no mark."""
    return being_restored(target, _kept(target)) if target.url is None else nullcontext()


def where_the_key_is(settings: DatabaseSettings, target: DatabaseSettings) -> DatabaseSettings:
    """In the new directory, or, where none lies there, where it lies now."""
    return target if target.master_key_file.exists() else settings


def bring(
    keys: RootKeys, source: DatabaseSettings, target: DatabaseSettings, given: argparse.Namespace
) -> None:
    """The server will look for key and ledger where the target has them."""
    kept = (
        target.master_key_command is None
    )  # else the next start asks the command, and it must give this one
    if kept and (given.recovery is not None or not target.master_key_file.exists()):
        keep_key(target.master_key_file, keys.known[0].secret)
    if not target.ledger_file.exists() and source.ledger_file.exists():
        shutil.copyfile(source.ledger_file, target.ledger_file)
        os.chmod(target.ledger_file, 0o600)
