"""`quietline erase`: a conversation or a client, for good."""

import argparse
from typing import Final
from uuid import UUID

from messaging.ending.erasing import erase as erase_it
from messaging.ending.erasing import remember, weigh
from messaging.memory.ending import Counts, Erasable
from messaging.practice.operating import practice_called
from web.commands.acts import print_line, say
from web.commands.holding import of_what
from web.commands.reasons import must_be_meant, reason_of
from web.house import PATIENT, house
from web.settings import Settings
from web.state import House

BACKUPS: Final = (
    "Backups and what the database's disk keeps of deleted rows hold it still: without a key of its own for what "
    "went, or until they are given up. Whatever is restored here, the erasure ledger erases it again."
)


async def erase(settings: Settings, given: argparse.Namespace) -> int:
    """Says what goes, asks whether it is meant, and erases it; or writes a lost ledger anew from the trails."""
    if given.remember:
        return await _remember(settings, given)
    async with house(settings, beside=True, limits=PATIENT) as built:
        what, named = await _meant(built, given)
        weighed = await weigh(built.office, what, named)
        if given.dry_run:
            _report(given, what, weighed.rows, erased=False)
            return 0
        if not given.json:
            _report(given, what, weighed.rows, erased=False)
        reason = reason_of(given)
        must_be_meant(given, "erase")
        gone = await erase_it(built.office, built.ledger, weighed, reason)
    _report(given, what, gone, erased=True)
    return 0


def _report(given: argparse.Namespace, what: Erasable, rows: Counts, *, erased: bool) -> None:
    counted = {table: count for table, count in sorted(rows.items()) if count}
    if given.json:
        say({what: given.practice or given.conversation or given.person, "erased": erased, "rows": counted})
        return
    print_line(f"{what}: {'erased' if erased else 'would be erased'}")
    for table, count in counted.items():
        print_line(f"  {table}: {count}")
    if erased:
        print_line(BACKUPS)


async def _meant(built: House, given: argparse.Namespace) -> tuple[Erasable, UUID]:
    if not given.practice:
        return of_what(given)
    return Erasable.PRACTICE, await practice_called(built.office, given.practice)


async def _remember(settings: Settings, given: argparse.Namespace) -> int:
    async with house(settings, beside=True, limits=PATIENT) as built:
        found = await remember(built.office, built.ledger)
    for one in found:
        if given.json:
            say({"remembered": one.what, "id": str(one.id), "practice": str(one.practice)})
        else:
            print_line(f"{one.what} {one.id}: in the ledger again")
    return 0
