"""What an act at the terminal is for, and whether it is meant: asked of whoever sits there."""

import argparse
import sys
from typing import Final

from web.commands.acts import CommandFailed

NOT_SAID: Final = "not said"
"""What the trail has where nobody was there to be asked."""


def reason_of(given: argparse.Namespace) -> str:
    """`--reason`, or what is typed where somebody can type it."""
    if given.reason is not None:
        return str(given.reason)
    if not sys.stdin.isatty():
        return NOT_SAID
    return _asked("What is it for? The audit trail keeps it; name nobody: ") or NOT_SAID


def must_be_meant(given: argparse.Namespace, word: str) -> None:
    """`--yes`, or the word typed as it stands. Raises CommandFailed."""
    if given.yes:
        return
    if not sys.stdin.isatty():
        raise CommandFailed("nobody is here to be asked: say --yes if it is meant")
    if _asked(f"This cannot be taken back. Type {word} to go on: ") != word:
        raise CommandFailed("nothing was done")


def _asked(question: str) -> str:
    """Asked on standard error: standard output is for what the command gives."""
    sys.stderr.write(question)
    sys.stderr.flush()
    return sys.stdin.readline().strip()
