"""A clinician's day and list: who waits, by when they are answered, which sessions there are."""

from dataclasses import replace
from datetime import datetime, time, timedelta

from starlette.requests import Request
from starlette.responses import Response

from messaging.conversations import Circle, Session
from messaging.errors import NotFound
from messaging.inbox import InboxLine, changed_lines, inbox
from messaging.sending_later import not_sent
from web.boundary import apart
from web.pages.asking import Visit, clinician_visit, conversation_of, page
from web.pages.showing import bar, inbox_rows, session, signed_in
from web.views import parts
from web.views.parts import Failed
from web.views.staff import Inbox, InboxRowAlone, InboxRows, Today


async def everything(request: Request) -> Response:
    """GET /inbox"""
    visit = await clinician_visit(request)
    rows = await rows_for(visit)
    view = Inbox(signed_in(visit), bar("inbox", rows.rows, rows.held), visit.here, rows)
    return page(request, "inbox.html", view)


async def rows(request: Request) -> Response:
    """GET /inbox/rows?open=ID: the list alone, asked for when an entry of it has changed."""
    visit = await clinician_visit(request)
    return page(request, "_inbox_rows.html", await rows_for(visit, request.query_params.get("open", "")))


async def row(request: Request) -> Response:
    """GET /inbox/rows/{conversation}?open=ID: one row alone, asked for when it has changed."""
    visit = await clinician_visit(request)
    wanted = [conversation_of(request)]
    found = await changed_lines(visit.office, visit.practice.id, {visit.person.id: visit.person}, wanted)
    made = await _rows(visit, [line for _, line in found])
    if not made.rows:
        raise NotFound
    view = InboxRowAlone(visit.here, made.rows[0], request.query_params.get("open", ""))
    return page(request, "_inbox_row_alone.html", view)


async def rows_for(visit: Visit, open_id: str = "") -> InboxRows:
    """The list of a clinician."""
    lines = await inbox(visit.office, visit.person)
    return replace(await _rows(visit, lines), held=await held_for(visit, lines), open_id=open_id)


async def _rows(visit: Visit, lines: list[InboxLine]) -> InboxRows:
    unsent = await apart("unsent", not_sent(visit.office, visit.person))
    lying = set[str]() if isinstance(unsent, Failed) else {str(one) for one in unsent}
    rows = tuple(replace(row, unsent=row.conversation_id in lying) for row in inbox_rows(lines, visit))
    return InboxRows(visit.here, rows, unsent=unsent if isinstance(unsent, Failed) else None)


async def held_for(visit: Visit, lines: list[InboxLine]) -> int:
    """How many letters wait in the screener; none of them is opened for it."""
    ids = [line.conversation.id for line in lines]
    return await visit.office.memory.mailbox.count_held(visit.practice.id, ids)


async def today(request: Request) -> Response:
    """GET /today: what is promised for today or late, and today's sessions."""
    visit = await clinician_visit(request)
    lines = await inbox(visit.office, visit.person)
    rows = inbox_rows(lines, visit)
    end = _midnight(visit, days=1)
    view = Today(
        signed_in=signed_in(visit),
        bar=bar("today", rows, await held_for(visit, lines)),
        here=visit.here,
        due=tuple(row for row in rows if row.due is not None and row.due < end),
        sessions=await _sessions(visit, lines),
    )
    return page(request, "today.html", view)


async def _sessions(visit: Visit, lines: list[InboxLine]) -> tuple[parts.Session, ...]:
    circles: dict[object, Circle] = {line.conversation.id: line.circle for line in lines}
    begin, end = _midnight(visit), _midnight(visit, days=1)
    ids = [line.conversation.id for line in lines]
    booked = await visit.office.memory.sessions.next_booked(visit.practice.id, ids, begin)
    live = [line.conversation.live for line in lines if line.conversation.live is not None]
    found: list[Session] = [*live, *(one for one in booked if one.starts < end)]
    found.sort(key=lambda one: one.starts)
    return tuple(session(one, circles[one.conversation], visit.person.id) for one in found)


def _midnight(visit: Visit, days: int = 0) -> datetime:
    """Where the reader is: the hours between two midnights are not always 24."""
    day = visit.here.now.astimezone(visit.here.zone).date() + timedelta(days=days)
    return datetime.combine(day, time(), visit.here.zone)
