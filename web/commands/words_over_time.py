"""The command lines of what keeps words over time, and ends them: backup, restore, the recovery sheet, keys, erasing."""

import argparse
from collections.abc import Callable
from pathlib import Path

from web.commands import backing_up, erasing, holding, restoring, retaining, rotating, upgrading

Command = Callable[..., argparse.ArgumentParser]


def words_over_time(below: "argparse._SubParsersAction[argparse.ArgumentParser]", command: Command) -> None:
    """Adds them."""
    _backups(below, command)
    upgrading.commands(below, command)
    _erasing(below, command)
    _holds(below, command)
    _retention(below, command)
    keys = below.add_parser("keys", help="the master key").add_subparsers(dest="act", required=True)
    rotate = command(
        keys, "rotate", rotating.rotate, "a new master key; words stay as they are", migrates=False
    )
    rotate.add_argument(
        "--prepare", action="store_true", help="only make the next key, to be copied to every machine first"
    )


def _erasing(below: "argparse._SubParsersAction[argparse.ArgumentParser]", command: Command) -> None:
    erase = command(
        below, "erase", erasing.erase, "erase a conversation or a client, for good", migrates=False
    )
    which = _which(erase)
    which.add_argument(
        "--practice", metavar="SLUG", help="a whole practice: its people, conversations and keys"
    )
    which.add_argument(
        "--remember", action="store_true", help="write what the trails know into a ledger that was lost"
    )
    erase.add_argument("--dry-run", action="store_true", help="say what would go, and erase nothing")
    erase.add_argument("--yes", action="store_true", help="do not ask whether you are sure")


def _holds(below: "argparse._SubParsersAction[argparse.ArgumentParser]", command: Command) -> None:
    hold = below.add_parser("hold", help="legal holds").add_subparsers(dest="act", required=True)
    _which(command(hold, "set", holding.set_hold, "nothing of it is erased from now on", migrates=False))
    _which(command(hold, "end", holding.release, "it may be erased again", migrates=False))
    command(hold, "list", holding.list_holds, "what must not be erased", migrates=False)


def _retention(below: "argparse._SubParsersAction[argparse.ArgumentParser]", command: Command) -> None:
    kept = command(
        below,
        "retention",
        retaining.retention,
        "what is kept after care has ended, and until when",
        migrates=False,
    )
    kept.add_argument("--erase", action="store_true", help="erase what is due and not held")
    kept.add_argument("--reason", help="for the audit trail; name nobody in it")
    kept.add_argument("--yes", action="store_true", help="do not ask whether you are sure")


def _which(line: argparse.ArgumentParser) -> "argparse._MutuallyExclusiveGroup":
    which = line.add_mutually_exclusive_group(required=True)
    which.add_argument("--conversation", metavar="ID")
    which.add_argument("--person", metavar="ID", help="a client: everything that is theirs")
    line.add_argument("--reason", help="for the audit trail; name nobody in it")
    return which


def _backups(below: "argparse._SubParsersAction[argparse.ArgumentParser]", command: Command) -> None:
    """`backup` alone makes one; `backup verify FILE` looks one through."""
    backup = command(below, "backup", backing_up.backup, "back up the whole installation", migrates=False)
    backup.add_argument("-o", "--output", metavar="FILE", help="where to, or - for standard output")
    backup.add_argument("--reason", help="for the audit trail; name nobody in it")
    verify = backup.add_subparsers(dest="act", required=False, metavar="verify FILE")
    looked = command(verify, "verify", backing_up.verify, "look a backup through", migrates=False)
    looked.add_argument("file", help="a backup, or - for standard input")
    _recovery(looked)

    restore = command(
        below, "restore", restoring.restore, "restore a backup where nothing is", migrates=False
    )
    restore.add_argument("file", nargs="?", help="a backup, or - for standard input")
    restore.add_argument(
        "--archive", type=Path, metavar="DIR", help="an archive instead (QUIETLINE_ARCHIVE_DIR)"
    )
    restore.add_argument(
        "--until", metavar="TIME", help="only what was there then: 2026-11-30T14:05:00+01:00"
    )
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
