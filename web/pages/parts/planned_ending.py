"""How care is to end, as the pages of both sides are given it."""

from dataclasses import dataclass, field
from datetime import date, datetime, time

from messaging.conversations import Circle
from messaging.ending.planning import PlannedEnding
from web.pages.parts.entries import LEFT
from web.pages.parts.views import Here, SignedIn, StaffBar


@dataclass(frozen=True, slots=True)
class EndingShown:
    """Each day at its noon, so that it is said as other days are. `ended`: since when care has ended."""

    day: datetime
    by: str
    by_itself: bool = False
    letters: int | None = None
    sessions: int | None = None
    write_until: datetime | None = None
    elsewhere: str = field(default="", repr=False)
    words: str = field(default="", repr=False)
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class OwnEnding:
    """client/ending.html: of each conversation in which an end is planned."""

    signed_in: SignedIn
    here: Here
    endings: tuple[EndingShown, ...] = ()


@dataclass(frozen=True, slots=True)
class EndingFields:
    """What stands in the form, as it was typed."""

    day: str = ""
    by_itself: bool = False
    letters: str = ""
    sessions: str = ""
    write_until: str = ""
    elsewhere: str = field(default="", repr=False)
    words: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class PlanEndingPage:
    """staff/ending_planned.html."""

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    conversation_id: str
    name: str
    key: str
    today: str
    fields: EndingFields
    planned: EndingShown | None = None
    ended: bool = False
    mistake: str = ""


def shown(planned: PlannedEnding, circle: Circle, here: Here) -> EndingShown:
    """For who reads in the circle."""
    plan, by = planned.plan, circle.people.get(planned.by)
    return EndingShown(
        day=_noon(plan.day, here),
        by=by.name if by else LEFT,
        by_itself=plan.by_itself,
        letters=plan.letters,
        sessions=plan.sessions,
        write_until=None if plan.write_until is None else _noon(plan.write_until, here),
        elsewhere=plan.elsewhere,
        words=plan.words,
        ended=circle.conversation.ended_at,
    )


def fields_of(planned: PlannedEnding | None) -> EndingFields:
    """To be changed."""
    if planned is None:
        return EndingFields()
    plan = planned.plan
    return EndingFields(
        day=plan.day.isoformat(),
        by_itself=plan.by_itself,
        letters="" if plan.letters is None else str(plan.letters),
        sessions="" if plan.sessions is None else str(plan.sessions),
        write_until="" if plan.write_until is None else plan.write_until.isoformat(),
        elsewhere=plan.elsewhere,
        words=plan.words,
    )


def _noon(day: date, here: Here) -> datetime:
    return datetime.combine(day, time(12), here.zone)
