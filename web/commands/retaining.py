"""`quietline retention`: what is kept after care has ended, and until when; with `--erase`, what is due is erased.

So it is with process notes, which have a time of their own (`messaging.notes.keeping`).
"""

import argparse

from messaging.ending.retention import Stage, Standing, erase_due, standings
from messaging.notes.keeping import OwnStanding, erase_due_own, own_standings
from web.commands.acts import print_line, say
from web.commands.reasons import must_be_meant, reason_of
from web.house import PATIENT, house
from web.settings import Settings


async def retention(settings: Settings, given: argparse.Namespace) -> int:
    """One line a conversation in which care has ended; then, if that is asked for and meant, what is due goes."""
    async with house(settings, beside=True, limits=PATIENT) as built:
        found = await standings(built.office)
        for one in found:
            _told(given, one)
        own = await own_standings(built.office)
        for notes in own:
            _told_own(given, notes)
        due = [one for one in found if one.stage is Stage.DUE and one.held is None]
        own_due = [one for one in own if one.due and one.held is None]
        if not given.erase or not (due or own_due):
            return 0
        reason = reason_of(given)
        must_be_meant(given, "erase")
        gone = await erase_due(built.office, built.ledger, due, reason)
        own_gone = await erase_due_own(built.office, own_due, reason)
    for what in gone:
        if given.json:
            say({"erased": what.what, "id": str(what.id), "practice": str(what.practice)})
        else:
            print_line(f"{what.what} {what.id}: erased")
    for notes in own_gone:
        if given.json:
            ids = {
                "id": notes.notes.conversation,
                "own_notes_of": notes.notes.author,
                "practice": notes.practice,
            }
            say({"erased": "own_notes", **{name: str(value) for name, value in ids.items()}})
        else:
            print_line(f"{_place(notes)}: erased")
    return 0


def _told_own(given: argparse.Namespace, one: OwnStanding) -> None:
    """Whose, about which conversation, until when: how many they are is nobody's to know."""
    stage = Stage.DUE if one.due else Stage.KEPT
    if given.json:
        say(
            {
                "conversation": str(one.notes.conversation),
                "own_notes_of": str(one.notes.author),
                "practice": str(one.practice),
                "stage": stage,
                "until": one.until.isoformat(),
                "held": one.held is not None,
            }
        )
        return
    held = f"; held since {one.held.since:%Y-%m-%d}" if one.held else ""
    print_line(f"{_place(one)}: {stage}, until {one.until:%Y-%m-%d}{held}")


def _place(one: OwnStanding) -> str:
    return f"own notes of {one.notes.author} on {one.notes.conversation}"


def _told(given: argparse.Namespace, one: Standing) -> None:
    if given.json:
        say(
            {
                "conversation": str(one.conversation),
                "practice": str(one.practice),
                "stage": one.stage,
                "ended": one.ended_at.isoformat(),
                "until": one.until.isoformat() if one.until else None,
                "held": one.held is not None,
            }
        )
        return
    until = f", until {one.until:%Y-%m-%d}" if one.until else ", for ever: no term is set"
    held = f"; held since {one.held.since:%Y-%m-%d}" if one.held else ""
    print_line(f"conversation {one.conversation}: {one.stage}, ended {one.ended_at:%Y-%m-%d}{until}{held}")
