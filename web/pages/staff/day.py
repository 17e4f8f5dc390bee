"""A clinician's home: what is promised for today, what for tomorrow, and the hours between."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from messaging.conversations import SessionState
from messaging.inbox.day import Day, Hours, day_of
from web.pages.parts.asking import Visit, clinician_visit, page
from web.pages.parts.dates import formed
from web.pages.parts.inbox_view import InboxRow
from web.pages.parts.showing import session, signed_in
from web.pages.parts.times import midnight
from web.pages.parts.views import Session, StaffBar
from web.pages.staff.day_view import Mark, Today
from web.pages.staff.inbox import marked

SOON: Final = timedelta(minutes=15)
"""Before a session it is named above all else, with the way into it."""
IN_ROOM: Final = frozenset({SessionState.BOOKED, SessionState.LIVE})


def hours_of(visit: Visit) -> Hours:
    """Today and tomorrow, where the practice is."""
    return Hours(midnight(visit), midnight(visit, days=1), midnight(visit, days=2))


async def today(request: Request) -> Response:
    """GET /today: one sentence, what is promised for today, late or for tomorrow, and the day's hours."""
    visit = await clinician_visit(request)
    hours = hours_of(visit)
    found = await day_of(visit.office, visit.person, visit.practice, hours)
    rows, _ = await marked(visit, list(found.lines))
    return page(request, "staff/today.html", _shown(visit, hours, found, rows))


def _shown(visit: Visit, hours: Hours, found: Day, rows: Sequence[InboxRow]) -> Today:
    now, me = visit.here.now, visit.person.id
    promised = [(row.due, row) for row in rows if row.due is not None]
    late = tuple(row for at, row in promised if at < now)
    due = tuple(row for at, row in promised if now <= at < hours.end)
    tomorrow = tuple(row for at, row in promised if hours.end <= at < hours.after)
    sessions = tuple(session(one, circle, me) for one, circle in found.sessions)
    return Today(
        signed_in=signed_in(visit),
        title=formed(hours.begin, "EEEE, d MMMM"),
        bar=StaffBar("today", found.waiting, found.held),
        here=visit.here,
        late=late,
        due=due,
        tomorrow=tomorrow,
        asked=tuple(row for row in rows if _asks(row) and row not in (*late, *due, *tomorrow)),
        rail=_rail(now, sessions, due),
        room=_room(now, sessions),
        to_answer=len(found.to_answer),
        late_count=found.late,
        due_count=found.due,
        tomorrow_count=found.tomorrow,
        first=min((row.due for row in due if row.due), default=None),
        following=found.following[0] if found.following else None,
        nobody=found.nobody,
        following_name=found.following[1].title() if found.following else "",
    )


def _asks(row: InboxRow) -> bool:
    """Whether something is wrong with a letter here, whatever is promised."""
    return row.crossed or row.unsent or row.unarrived or row.after_end


def _rail(now: datetime, sessions: Iterable[Session], due: Iterable[InboxRow]) -> tuple[Mark, ...]:
    """Sessions, promises and this moment, in order; promises of one time stand together."""
    by_time: dict[datetime, list[str]] = {}
    for row in due:
        if row.due is not None:
            by_time.setdefault(row.due, []).append(row.name)
    marks = [
        *(Mark(one.starts, session=one) for one in sessions),
        *(Mark(at, promised=tuple(names)) for at, names in by_time.items()),
    ]
    return tuple(sorted([*marks, Mark(now, now=True)], key=lambda one: (one.at, one.now))) if marks else ()


def _room(now: datetime, sessions: Iterable[Session]) -> Session | None:
    return next(
        (one for one in sessions if one.state in IN_ROOM and one.starts - SOON <= now < one.ends), None
    )
