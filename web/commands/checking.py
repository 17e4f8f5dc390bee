"""The doctor's checks: what must hold for words to be kept and mail to move."""

import argparse
import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from channels.email.box.entering import Box
from channels.email.examining.boxes import listening_at, tried
from channels.email.examining.findings import Finding
from messaging.ending.erasing import lost
from messaging.errors import NotFound
from messaging.memory.ending import LedgerTrouble
from messaging.memory.trail import Heads
from messaging.practice.operating import practice_ids, trails, verify_trail
from messaging.trail.heads import without_head
from web.causes import cause
from web.commands.acts import print_line, say
from web.database_settings import DatabaseSettings
from web.house import house
from web.key_command import source_of
from web.settings import Settings
from web.state import House

_WORK: Final = {Box.SEALED: "what reads letters", Box.NAMES: "what asks who wrote them"}
ANEW: Final = "quietline erase --remember"
_HELD: Final = "the key, the database, files, processes and programs are out of reach"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report."""

    name: str
    fine: bool
    says: str
    warns: bool = False
    """Nothing is broken, but it should be better."""


async def checks(house: House) -> AsyncIterator[Check]:
    """Each check as it is made. Database fitness and the master key were proved by opening the house."""
    yield Check("database", fine=True, says="reachable, role and durability are right")
    yield _release(house.postgres, house.bundled)
    yield _master_key(house.settings.database)
    house.room.look()
    yield Check("disk", house.room.left, "room for words" if house.room.left else "below the low-water mark")
    practices = await practice_ids(house.office)
    yield Check("practices", bool(practices), f"{len(practices)} practices")
    for practice in await trails(house.office):
        lines, broken = await verify_trail(house.office, practice)
        yield Check(f"audit {practice}", broken is None, f"{lines} lines")
    yield await _ledger(house)
    if house.archive is not None:
        found = await house.archive.look()
        yield Check("archive", found.fine, found.says)
    for name, kept in (("signed heads", house.heads), ("signed heads by mail", house.heads_mailed)):
        if kept is not None:
            yield await _heads(house, name, kept)
    yield await _relay(house)
    for box in Box:
        for check in await _box(house.settings.database, box):
            yield check


def _release(running: tuple[int, int], bundled: tuple[int, int] | None) -> Check:
    """Of other majors we cannot know the newest minor, so nothing is said of their age."""
    says = "PostgreSQL {}.{}".format(*running)
    if bundled is None or running[0] != bundled[0] or running >= bundled:
        return Check("release", fine=True, says=says)
    newer = "{}.{} comes with this program".format(*bundled)
    return Check("release", fine=True, says=f"{says}, with faults mended since: {newer}", warns=True)


def _master_key(settings: DatabaseSettings) -> Check:
    """Whoever takes a volume, or a copy of it, must not have the sealed words and what opens them in one."""
    says = f"opens this installation, and comes {source_of(settings)}"
    beside = settings.master_key_file.resolve().is_relative_to(settings.data_dir.resolve())
    if settings.master_key_command is not None or settings.url is not None or not beside:
        return Check("master key", fine=True, says=says)
    advice = "it lies in the directory of the database that it locks: move it, and name it in QUIETLINE_MASTER_KEY_FILE"
    return Check("master key", fine=True, says=f"{says}; {advice}", warns=True)


async def _ledger(house: House) -> Check:
    """Without it a backup of before would bring back what was erased."""
    name, path = "erasure ledger", house.settings.database.ledger_file
    try:
        missing = await lost(house.office, house.ledger)
    except LedgerTrouble as trouble:
        return Check(name, fine=False, says=str(trouble))
    if missing:
        count = len(missing)
        says = f"{count} that the trails say are erased are not in {path}: put the right file back, or run: {ANEW}"
        return Check(name, fine=False, says=says)
    return Check(name, fine=True, says="knows all that the trails say is erased")


async def _heads(house: House, name: str, kept: Heads) -> Check:
    """Each practice's of yesterday at least: a day has only begun when the server is asked in its first minutes."""
    try:
        known = await asyncio.to_thread(kept.known)
    except OSError as fault:
        return Check(name, fine=False, says=f"what was given out cannot be read: {cause(fault)}")
    yesterday = house.office.clock().date() - timedelta(days=1)
    late = await without_head(house.office, known, yesterday)
    if late:
        says = f"{late} practices have had none since yesterday: does a server with the role jobs run, and is it let?"
        return Check(name, fine=False, says=says)
    return Check(name, fine=True, says="given out for every practice")


async def _relay(house: House) -> Check:
    relay = house.settings.mail.relay
    if relay is None:
        return Check("relay", fine=False, says="QUIETLINE_RELAY_URL is not set: mail is owed but not sent")
    try:
        async with asyncio.timeout(10):
            _, writer = await asyncio.open_connection(relay.host, relay.port)
            writer.close()
    except (OSError, TimeoutError):
        return Check("relay", fine=False, says="cannot be reached")
    return Check("relay", fine=True, says="answers")


async def _box(settings: DatabaseSettings, box: Box) -> list[Check]:
    """What a worker that a letter has taken over could do, by one that tries to. And each wall that is not there."""
    with TemporaryDirectory() as folder:
        unix = settings.data_dir / "postgres" / ".s.PGSQL.5432"
        with listening_at(unix if unix.exists() else Path(folder) / "s") as reached:
            found = await tried(box, settings.master_key_file, reached, settings.data_dir)
    name = f"box {box.value}"
    if found is None:
        return [Check(name, fine=False, says="the worker does not start: no letter can be read")]
    says = f"who takes over {_WORK[box]} can {', '.join(found.got_out)}" if found.got_out else _HELD
    missing = [
        Check(name, fine=True, says=f"not on this machine: {wall.name} ({wall.why})", warns=True)
        for wall in found.walls
        if not wall.holds
    ]
    return [Check(name, fine=not found.got_out, says=says), *missing]


async def doctor(settings: Settings, given: argparse.Namespace) -> int:
    """One line a check."""
    from web.commands.checking_mail import mail_checks  # noqa: PLC0415 - only this command looks at mail from outside

    async with house(settings, beside=True) as built:
        found = mail_checks(built, to=given.to, wait=given.wait) if given.mail else checks(built)
        return await _report(found, given)


async def _report(found: AsyncIterator[Check | Finding], given: argparse.Namespace) -> int:
    failed = 0
    async for check in found:
        failed += not check.fine
        warns = isinstance(check, Check) and check.warns
        if given.json:
            say({"check": check.name, "fine": check.fine, "warns": warns, "says": check.says})
        else:
            state = "FAIL" if not check.fine else "warn" if warns else "ok  "
            print_line(f"{state} {check.name}: {check.says}")
    if failed:
        raise NotFound(f"{failed} checks failed")
    return 0
