"""What the page of who did what shows."""

from dataclasses import dataclass, field
from datetime import datetime

from messaging.trail.accounting import Told
from web.pages.admin.trail_words import Part, said
from web.pages.parts.views import Here, Named, SignedIn, StaffBar


@dataclass(frozen=True, slots=True)
class TrailLine:
    """One line. `door`: a code of `doors`, or empty."""

    at: datetime
    parts: tuple[Part, ...]
    reason: str = field(default="", repr=False)
    door: str = ""


@dataclass(frozen=True, slots=True)
class TrailDay:
    """The lines of one day, by the practice's clock."""

    at: datetime
    lines: tuple[TrailLine, ...]


@dataclass(frozen=True, slots=True)
class TrailFields:
    """What was asked for, as it stands in the form."""

    who: str = ""
    whose: str = ""
    kind: str = ""
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class TrailPage:
    """trail.html. `query`: what was asked for, as an address has it; `older`: the same and where the page ended."""

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    asked: TrailFields
    days: tuple[TrailDay, ...] = ()
    staff: tuple[Named, ...] = ()
    clients: tuple[Named, ...] = ()
    conversations: tuple[Named, ...] = ()
    """Without a name: it is gone, or nobody cares there."""
    kinds: tuple[str, ...] = ()
    query: str = ""
    older: str = ""
    later: bool = False
    """This is not the first page."""
    mistakes: dict[str, str] = field(default_factory=dict)


def days_of(lines: tuple[Told, ...], here: Here) -> tuple[TrailDay, ...]:
    """The lines by days, in their order."""
    found: list[tuple[datetime, list[TrailLine]]] = []
    for told in lines:
        there = told.at.astimezone(here.zone)
        if not found or found[-1][0].date() != there.date():
            found.append((there, []))
        found[-1][1].append(TrailLine(told.at, said(told), told.reason, str(told.door or "")))
    return tuple(TrailDay(at, tuple(shown)) for at, shown in found)
