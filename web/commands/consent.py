"""What `quietline mail consent` does: asks for a consent of the mail provider, on the terminal."""

import argparse
import asyncio
import os
import sys
from typing import Final

from web.causes import cause
from web.commands.acts import print_line, say
from web.commands.reasons import CommandFailed
from web.oauth.asking import BACK, NotGiven, Question, ask_at, code_of, granted, keep
from web.oauth.providers import Terms
from web.settings import Settings

LINE: Final = 16 * 1024
"""Characters of what is pasted."""


async def consent(settings: Settings, given: argparse.Namespace) -> int:
    """Somebody says yes in a browser; what comes of it is kept. Raises CommandFailed."""
    terms = settings.mail.oauth
    if terms is None:
        raise CommandFailed("QUIETLINE_OAUTH is not set: there is no provider to ask")
    if terms.provider.by_itself:
        raise CommandFailed(
            "QUIETLINE_OAUTH: this application signs in as itself, and needs nobody's consent"
        )
    page = given.page or terms.provider.page
    if page is None:
        raise CommandFailed("QUIETLINE_OAUTH names no page at which to say yes: give one by --page")
    question = ask_at(page, terms, settings.mail.sender, os.urandom(32), os.urandom(16))
    _show(question)
    pasted = await asyncio.to_thread(sys.stdin.readline, LINE)
    try:
        await asyncio.to_thread(_keep, terms, question, pasted)
    except NotGiven as fault:
        raise CommandFailed(str(fault)) from None
    except OSError as fault:
        named = f"QUIETLINE_OAUTH_CONSENT_FILE: {terms.consent}"
        raise CommandFailed(f"{named} cannot be written: {cause(fault)}") from None
    said = f"Kept in {terms.consent}. A running server takes it within a minute."
    say({"kept": str(terms.consent)}) if given.json else print_line(said)
    return 0


def _show(question: Question) -> None:
    """On standard error, so that `--json` is one object all the same."""
    sys.stderr.write(
        "Open this address in a browser, sign in as the mailbox, and agree:\n\n"
        f"{question.page}\n\n"
        f"The browser then says that {BACK} cannot be reached: that is as it should be.\n"
        "Paste the whole address it shows then, and press Enter:\n"
    )
    sys.stderr.flush()


def _keep(terms: Terms, question: Question, pasted: str) -> None:
    keep(terms, granted(terms, question, code_of(pasted, question)))
