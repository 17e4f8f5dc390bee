"""`quietline keys rotate`: a new master key, beside servers at work."""

import argparse
from pathlib import Path
from typing import Final

from messaging.practice.rewrapping import rotate as rewrap_all
from web.commands.acts import print_line, say
from web.commands.reasons import CommandFailed
from web.house import PATIENT, house
from web.key_command import NOT_FROM_HERE
from web.master_key import alone_at, former_of, prepared, rotation_of
from web.settings import Settings

COPY: Final = "copy it beside the master key of every machine that serves, then run: quietline keys rotate"
KEEP: Final = (
    "it opens the backups made until now: keep it as long as you keep those. "
    "Keep a copy of the new key where the old one's was, copy it to every machine that serves, and print a new "
    "recovery sheet (quietline recovery sheet): the old one opens only those backups."
)


async def rotate(settings: Settings, given: argparse.Namespace) -> int:
    """Makes the next key, wraps everything by it, and puts it in the place of the former. Again: goes on where it was."""
    if settings.database.master_key_command is not None:
        raise CommandFailed(NOT_FROM_HERE)
    path = settings.database.master_key_file
    async with house(settings, beside=True, limits=PATIENT) as built:
        with alone_at(path):
            if given.prepare:
                following = prepared(path)
                _tell(given, {"next": str(following)}, f"the next key is {following}: {COPY}")
                return 0
            former = former_of(path)
            done = await rewrap_all(built.office, rotation_of(path))
    told = {"keys": done.standing, "wrapped": done.anew, "former": str(former)}
    _tell(given, told, _summary(done.anew, former))
    return 0


def _summary(anew: int, former: Path) -> str:
    return f"{anew} keys are wrapped by the new master key\nthe former one is {former}: {KEEP}"


def _tell(given: argparse.Namespace, fields: dict[str, object], line: str) -> None:
    if given.json:
        say(fields)
    else:
        print_line(line)
