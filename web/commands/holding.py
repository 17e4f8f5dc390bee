"""`quietline hold set|end|list`: what must not be erased."""

import argparse
from uuid import UUID

from messaging.ending.legal_holds import end_hold, hold, legal_holds
from messaging.errors import NotFound
from messaging.ids import parse_uuid
from messaging.memory.ending import Erasable
from web.commands.acts import print_line, say
from web.commands.reasons import reason_of
from web.house import house
from web.settings import Settings


async def set_hold(settings: Settings, given: argparse.Namespace) -> int:
    """From now on nothing of it is erased."""
    what, named = of_what(given)
    reason = reason_of(given)
    async with house(settings, beside=True) as built:
        await hold(built.office, what, named, reason)
    _told(given, what, held=True)
    return 0


async def release(settings: Settings, given: argparse.Namespace) -> int:
    """It may be erased again."""
    what, named = of_what(given)
    reason = reason_of(given)
    async with house(settings, beside=True) as built:
        await end_hold(built.office, what, named, reason)
    _told(given, what, held=False)
    return 0


async def list_holds(settings: Settings, given: argparse.Namespace) -> int:
    """One line each."""
    async with house(settings, beside=True) as built:
        found = await legal_holds(built.office)
    for one in found:
        if given.json:
            since = one.since.isoformat()
            say({"what": one.what, "id": str(one.id), "practice": str(one.practice), "since": since})
        else:
            print_line(f"{one.what} {one.id}: held since {one.since:%Y-%m-%d}")
    return 0


def of_what(given: argparse.Namespace) -> tuple[Erasable, UUID]:
    """`--conversation ID` or `--person ID`. Raises NotFound for what is no id."""
    what = Erasable.CONVERSATION if given.conversation else Erasable.PERSON
    named = parse_uuid(given.conversation or given.person)
    if named is None:
        raise NotFound(f"there is no {what} with this id")
    return what, named


def _told(given: argparse.Namespace, what: Erasable, *, held: bool) -> None:
    named = given.conversation or given.person
    if given.json:
        say({what: named, "held": held})
    else:
        print_line(f"{what} {named}: {'held' if held else 'held no more'}")
