"""`quietline serve`, and once more with what a backup had: brought to the set-up page, and restored between two runs."""

import argparse
import asyncio
import logging
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from messaging.faults import located
from messaging.trust.root_keys import RootKey, RootKeys
from web.bringing import place_of_upload
from web.commands.backing_up import begun_with, tell, tell_table
from web.commands.reasons import CommandFailed
from web.commands.restoring import opened_again
from web.database_settings import DatabaseSettings
from web.house import house
from web.house_backup import laid_in
from web.house_database import ALONE
from web.master_key import keep_key
from web.ops import ops_running
from web.serve import ROLES, serve_house
from web.settings import Settings
from web.workers.fellow import serve_as_fellow
from web.workers.fellows import MOST, Fellows

log = logging.getLogger(__name__)

ASIDE: Final = "before-restoring"
REASON: Final = "from the set-up page"
FAILED: Final = (
    "The backup could not be restored, and nothing was changed. The server's log names the place; "
    'on the server "quietline restore" says more.'
)


async def serve(settings: Settings, given: argparse.Namespace) -> int:
    """The real server, until it is told to stop."""
    roles = frozenset(given.roles.split(","))
    if not roles or roles - ROLES:
        raise CommandFailed(f"--roles takes some of {','.join(sorted(ROLES))}")
    if given.fellow is not None:
        return await serve_as_fellow(settings, given.fellow)
    fellows = _fellows(given, roles)
    try:
        return await _serve(settings, given, roles, fellows)
    finally:
        if fellows is not None:
            fellows.close()


async def _serve(
    settings: Settings, given: argparse.Namespace, roles: frozenset[str], fellows: Fellows | None
) -> int:
    migrates, trouble = given.migrates and not given.no_migrate, ""
    among = fellows.among if fellows is not None else ALONE
    while True:  # bound: once more for each backup that somebody at the set-up page wants restored
        async with house(settings, migrates=migrates, among=among) as built:
            built.fellows, built.bringing.trouble = fellows, trouble
            async with ops_running(built, settings.web.ops) as also:
                await serve_house(built, roles, as_json=given.json, also=also)
        key = built.bringing.key
        if not built.bringing.wanted.is_set() or key is None:
            return 0
        trouble = await brought_back(settings, key)


def _fellows(given: argparse.Namespace, roles: frozenset[str]) -> Fellows | None:
    if not 1 <= given.workers <= MOST:
        raise CommandFailed(f"--workers takes a number from 1 to {MOST}")
    if given.workers == 1:
        return None
    if "web" not in roles:
        raise CommandFailed("--workers: only what answers at the port (the role web) has several processes")
    again = [sys.executable, "-m", "web.cli"]
    again += ["--config", str(given.config)] if given.config is not None else []
    again += ["serve", "--roles", "web", "--no-migrate"]
    again += (
        ["--http", given.http] if given.http else []
    )  # for what is derived of it; the port itself is handed on
    return Fellows(given.workers, again)


async def brought_back(settings: Settings, key: bytes) -> str:
    """What was brought, in the place of the empty database that was served from. A sentence where it failed: then that
    stands again. What was there is put aside and not thrown away: a practice provisioned in these seconds would be in it.
    """
    target, upload = settings.database, place_of_upload(settings.database)
    aside = target.data_dir / f"{ASIDE}-{secrets.token_hex(4)}"
    tell(f"restoring {upload}")
    try:
        moved = await asyncio.to_thread(_put_aside, target, aside)
        try:
            with upload.open("rb") as file, _nothing_left(target.data_dir):
                header, rest = begun_with(file, RootKeys([RootKey(key)]))
                keep_key(target.master_key_file, key)
                await laid_in(target, header, rest, tell_table)
                await opened_again(settings, REASON)
        except BaseException:  # raised again: whatever it was, also a signal, what was there stands again
            _put_back(target, aside, moved)
            raise
    except Exception as fault:  # whatever it was, the server goes on as it was
        log.error("a backup could not be restored", extra=located(fault))
        return FAILED
    upload.unlink(missing_ok=True)
    tell(f"{header.rows} rows of {header.at} are restored; what was there is in {aside}, and can be removed")
    return ""


@contextmanager
def _nothing_left(folder: Path) -> Iterator[None]:
    """Unless all of it is done, the directory is as it was."""
    there = set(folder.iterdir())
    try:
        yield
    except BaseException:  # raised again: whatever it was, half a restore is none
        for one in set(folder.iterdir()) - there:
            shutil.rmtree(one) if one.is_dir() and not one.is_symlink() else one.unlink()
        raise


def _put_aside(target: DatabaseSettings, aside: Path) -> list[str]:
    """Everything of the empty installation. The ledger stays, which says what must not come back."""
    stay = {place_of_upload(target).name, target.ledger_file.name, aside.name}
    aside.mkdir(0o700)
    moved = [one.name for one in target.data_dir.iterdir() if one.name not in stay and not _is_aside(one)]
    for name in moved:
        (target.data_dir / name).rename(aside / name)
    return moved


def _put_back(target: DatabaseSettings, aside: Path, moved: list[str]) -> None:
    for name in moved:
        (aside / name).rename(target.data_dir / name)
    aside.rmdir()


def _is_aside(one: Path) -> bool:
    return one.name.startswith(f"{ASIDE}-")
