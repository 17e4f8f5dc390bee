"""What the commands do."""

import argparse
import json
import re
import sys
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from messaging.ids import PersonId, parse_uuid
from messaging.practice.operating import tokens_for
from web.causes import cause
from web.commands.provision import Desk
from web.commands.reasons import CommandFailed, reason_of
from web.house import house
from web.settings import Settings

_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}


def say(values: dict[str, Any]) -> None:
    """One JSON object on standard output."""
    sys.stdout.write(json.dumps(values, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


async def demo(settings: Settings, given: argparse.Namespace) -> int:
    """The real server with a made-up practice and mailboxes."""
    from web.demo.running import run_demo  # noqa: PLC0415 - the demo's cast is not loaded by the real server

    return await run_demo(settings, as_json=given.json)


async def migrate(settings: Settings, given: argparse.Namespace) -> int:
    """Brings the schema up to date."""
    async with house(settings, migrates=given.migrates, beside=True):
        pass
    say({"migrated": True}) if given.json else sys.stdout.write("the schema is up to date\n")
    return 0


async def provision(settings: Settings, given: argparse.Namespace) -> int:
    """JSON lines in, JSON lines out."""
    lines = _lines(given.file)
    reason = reason_of(given)
    async with house(settings, beside=True) as built:
        desk = Desk(built.office, settings.web.base_url, reason)
        async for answer in desk.run(lines):
            say(answer)
    if desk.failed:
        raise CommandFailed(f"{desk.failed} lines failed")
    return 0


def _lines(name: str) -> Iterable[str]:
    if name == "-":
        return sys.stdin
    try:
        return Path(name).read_text("utf-8").splitlines()
    except OSError as fault:
        raise CommandFailed(f"{name} cannot be read: {cause(fault)}") from None
    except UnicodeDecodeError:
        raise CommandFailed(f"{name} is not text in UTF-8") from None


async def create_tokens(settings: Settings, given: argparse.Namespace) -> int:
    """Bearer tokens, one for each id."""
    lasts = _duration(given.ttl)
    named = [line.strip() for line in sys.stdin if line.strip()] if given.person == "-" else [given.person]
    reason = reason_of(given)
    people = [PersonId(found) if (found := parse_uuid(one)) else None for one in named]
    async with house(settings, beside=True) as built:
        made = await tokens_for(
            built.office, [p for p in people if p], lasts, reason, stepped_up=given.step_up
        )
    failed = 0
    for one, person in zip(named, people, strict=True):
        token = made.get(person) if person else None
        if token is None:
            failed += 1
            say({"person": one, "error": "There is no such person."}) if given.json else print_line("")
        elif given.json:
            say({"person": one, "token": token.text})
        else:
            print_line(token.text)
    if failed:
        raise CommandFailed(
            "there is no such person" if len(named) == 1 else f"{failed} people are not known"
        )
    return 0


def print_line(line: str) -> None:
    """One line on standard output."""
    sys.stdout.write(line + "\n")


def _duration(raw: str) -> timedelta:
    match = re.fullmatch(r"(\d{1,4})([mhd])", raw)
    if match is None:
        raise CommandFailed("--ttl is written like 30m, 12h or 7d")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})
