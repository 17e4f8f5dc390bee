"""A command of this program that takes a marked PGDATA for one of release 17, and may end by SIGKILL at a stage of the move.

    python -m tests.journeys.moved_killed STAGE|- COMMAND ...

A machine that runs the tests has one release of PostgreSQL. So the former one is played by the same programs, which say
that they are 17 (`saying`), over a PGDATA with `MARK` in it. What is tried is all of ours; two real releases are tried where
they are found (`test_moved_to_another_postgres`).
"""

import os
import signal
import sys
from pathlib import Path
from typing import Final

from threads.postgres import programs, upgrading
from web import house_upgrade
from web.cli import main
from web.commands import upgrading as command
from web.commands.backing_up import tell_table

MARK: Final = "counts-as-17"
STAGES: Final = (
    "half of the rows are there",
    "nothing is exchanged",
    "the next has its name",
    "the former is aside",
    "all is exchanged",
)


def saying(folder: Path, real: Path) -> Path:
    """Programs that say they are of release 17, and are ours."""
    for name in ("postgres", "initdb"):
        (folder / name).write_text(
            f'#!/bin/sh\ncase "$1" in --version) echo "{name} (PostgreSQL) 17.10" ;; *) exec {real / name} "$@" ;; esac\n'
        )
        (folder / name).chmod(0o755)
    return folder


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def marked(pgdata: Path) -> str | None:
    return "17" if (pgdata / MARK).exists() else MADE_BY(pgdata)


MADE_BY: Final = programs.made_by


RENAMES: Final = {
    "nothing is exchanged": ("postgres", "postgres.next"),
    "the next has its name": ("postgres", "postgres.former-17"),
    "the former is aside": ("postgres.next", "postgres"),
}
"""Which new name is not given any more."""


def lay(stage: str) -> None:
    """The end, at this stage."""
    rename = Path.rename

    def told(name: str, rows: int) -> None:
        die() if name == "entries" else tell_table(name, rows)

    def renamed(self: Path, target: Path) -> Path:
        if (self.name, target.name) == RENAMES.get(stage):
            die()
        return rename(self, target)

    match stage:
        case "half of the rows are there":
            setattr(command, "tell_table", told)  # noqa: B010 - as the others
        case "all is exchanged":
            setattr(house_upgrade, "sweep", die)  # noqa: B010
        case _:
            setattr(Path, "rename", renamed)  # noqa: B010


if __name__ == "__main__":
    for module in (programs, upgrading):
        setattr(module, "made_by", marked)  # noqa: B010
    if sys.argv[1] in STAGES:
        lay(sys.argv[1])
    sys.exit(main(sys.argv[2:]))
