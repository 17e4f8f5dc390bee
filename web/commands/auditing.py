"""`quietline audit verify`: whether the trails fit together, and still begin as they were vouched for elsewhere."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import assert_never

from messaging.practice.operating import trails, verify_trail
from messaging.trail.heads import Looked, Stands, looked_at, signer
from web.causes import cause
from web.commands.acts import print_line, say
from web.commands.reasons import CommandFailed
from web.house import house
from web.settings import Settings
from web.state import House

Command = Callable[..., argparse.ArgumentParser]


def commands(below: "argparse._SubParsersAction[argparse.ArgumentParser]", command: Command) -> None:
    """Adds them."""
    audit = below.add_parser("audit", help="the audit trail").add_subparsers(dest="act", required=True)
    walked = command(audit, "verify", verify, "walk the hash chain of every practice", migrates=False)
    walked.add_argument(
        "--head", metavar="FILE", help="and look whether each still begins as this file of signed heads says"
    )


async def verify(settings: Settings, given: argparse.Namespace) -> int:
    """Walks every chain; names the first line that does not fit."""
    heads = _lines(given.head) if given.head else None
    async with house(settings, beside=True) as built:
        broken = await _walked(built, as_json=given.json)
        wrong = await _held_to(built, heads, given) if heads is not None else 0
    said = [f"{broken} audit trails are broken"] if broken else []
    said += [f"{wrong} heads do not fit"] if wrong else []
    if said:
        raise CommandFailed(", ".join(said))
    return 0


async def _walked(built: House, *, as_json: bool) -> int:
    broken = 0
    for practice in await trails(built.office):
        lines, wrong = await verify_trail(built.office, practice)
        broken += wrong is not None
        if as_json:
            say({"practice": practice, "lines": lines, "broken_at": wrong})
        else:
            print_line(f"{practice}: {lines} lines, {_standing(lines, wrong)}")
    return broken


def _standing(lines: int, wrong: int | None) -> str:
    if wrong is None:
        return "whole"
    return f"broken at line {wrong}" if wrong <= lines else f"cut: line {wrong} and what followed are gone"


async def _held_to(built: House, lines: list[str], given: argparse.Namespace) -> int:
    fine = wrong = 0
    async for one in looked_at(built.office, lines):
        fine += one.stands is Stands.WHOLE
        wrong += one.stands is not Stands.WHOLE
        if given.json and one.stands is not Stands.WHOLE:
            practice = one.head.practice if one.head else None
            say({"head": one.line, "practice": practice, "stands": one.stands})
        elif one.stands is not Stands.WHOLE:
            print_line(f"{given.head}, line {one.line}: {_said(one)}")
    key = signer(built.office).public.hex()
    if given.json:
        say({"heads": fine + wrong, "fit": fine, "public_key": key})
    else:
        print_line(f"{given.head}: {fine} of {fine + wrong} heads fit, signed by {key}")
    return wrong


def _said(one: Looked) -> str:
    head = one.head
    whose = f"{head.practice} of {head.at.date()}" if head else ""
    match one.stands:
        case Stands.WHOLE:
            return f"{whose}: fits"
        case Stands.CUT:
            return f"{whose}: cut: it had {head.lines if head else 0} lines, and the last of them is gone"
        case Stands.REWRITTEN:
            return f"{whose}: line {head.lines if head else 0} is another one: the trail was rewritten"
        case Stands.GONE:
            return f"{whose}: there is no such practice any more"
        case Stands.NOT_OURS:
            return f"{whose}: not signed by this installation, or changed"
        case Stands.UNREADABLE:
            return "no signed head"
        case _:
            assert_never(one.stands)


def _lines(name: str) -> list[str]:
    try:
        return Path(name).read_text("ascii", "replace").splitlines()
    except OSError as fault:
        raise CommandFailed(f"--head: {name} cannot be read: {cause(fault)}") from None
