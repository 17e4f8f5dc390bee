"""The command lines of backup, restore and the recovery sheet."""

import argparse
from collections.abc import Callable
from pathlib import Path

from web.commands import backing_up, restoring


def backup_commands(
    below: "argparse._SubParsersAction[argparse.ArgumentParser]",
    command: Callable[..., argparse.ArgumentParser],
) -> None:
    """Adds them. `backup` alone makes one; `backup verify FILE` looks one through."""
    backup = command(below, "backup", backing_up.backup, "back up the whole installation", migrates=False)
    backup.add_argument("-o", "--output", metavar="FILE", help="where to, or - for standard output")
    verify = backup.add_subparsers(dest="act", required=False, metavar="verify FILE")
    looked = command(verify, "verify", backing_up.verify, "look a backup through", migrates=False)
    looked.add_argument("file", help="a backup, or - for standard input")
    _recovery(looked)

    restore = command(
        below, "restore", restoring.restore, "restore a backup where nothing is", migrates=False
    )
    restore.add_argument("file", help="a backup, or - for standard input")
    where = restore.add_mutually_exclusive_group()
    where.add_argument("--data-dir", type=Path, metavar="DIR", help="an empty data directory")
    where.add_argument("--database-url", metavar="URL", help="an empty database elsewhere")
    _recovery(restore)
    restore.add_argument("--reason", help="for the audit trail; name nobody in it")

    recovery = below.add_parser("recovery", help="the recovery sheet").add_subparsers(
        dest="act", required=True
    )
    command(recovery, "sheet", backing_up.sheet, "print it: the master key on paper", migrates=False)
    check = command(recovery, "check", backing_up.check, "ask it back from the paper", migrates=False)
    check.add_argument("file", nargs="?", default="-", help="what was typed; standard input")


def _recovery(line: argparse.ArgumentParser) -> None:
    line.add_argument(
        "--recovery", metavar="FILE|-", help="the recovery sheet as it was typed, instead of the key file"
    )
