"""Breaks of a connection that follow each other are one line: how often, since when, and whether it is there again.

The same is done by breaks.js on a page that stands open.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final
from zoneinfo import ZoneInfo

from web.pages.parts.views import Entry, Event

LOST: Final = "connection_lost"
BACK: Final = "connection_back"


def joined(entries: Iterable[Entry], zone: ZoneInfo) -> Iterator[Entry]:
    """The entries, where nothing else was said between two breaks of one person on one day."""
    run: list[Event] = []
    for entry in entries:
        breaks = isinstance(entry, Event) and entry.what in (LOST, BACK)
        if run and not (breaks and isinstance(entry, Event) and _goes_on(run[-1], entry, zone)):
            yield _one(run)
            run = []
        if breaks and isinstance(entry, Event):
            run.append(entry)
        else:
            yield entry
    if run:
        yield _one(run)


def _goes_on(before: Event, after: Event, zone: ZoneInfo) -> bool:
    days = {one.at.astimezone(zone).date() for one in (before, after)}
    return before.who == after.who and before.session == after.session and len(days) == 1


def _one(run: list[Event]) -> Event:
    losses = sum(one.what == LOST for one in run)
    last = run[-1]
    how = "" if losses == 0 or len(run) == 1 else ":once" if losses == 1 else ":again"
    return replace(last, what=f"{last.what}{how}", since=run[0].at, by=str(losses))
