"""A clinician's list: who waits, and by when they are answered."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from messaging.arriving.screening import count_held
from messaging.errors import NotFound
from messaging.ids import ConversationId, PersonId
from messaging.inbox.listing import InboxLine, changed_lines, inbox, unarrived
from messaging.letters.sending_later import standing
from messaging.memory.sending_later import NOT_SENT, PendingState
from messaging.practice.letting_back import wishes
from web.pages.parts.asking import Visit, clinician_visit, conversation_of, page
from web.pages.parts.boundary import apart
from web.pages.parts.people_fields import wish_rows
from web.pages.parts.showing import bar, inbox_rows, signed_in
from web.pages.parts.views import Failed, Group, InboxRow, Named
from web.pages.staff.views import Inbox, InboxRowAlone, InboxRows

UNSENT: Final = frozenset(NOT_SENT) - {PendingState.CROSSED}
Standings = Mapping[ConversationId, Mapping[PendingState, datetime]]
GOING: Final = frozenset({PendingState.WAITING, PendingState.SENDING})


async def everything(request: Request) -> Response:
    """GET /inbox"""
    visit = await clinician_visit(request)
    rows = await rows_for(visit)
    view = Inbox(signed_in(visit), bar("inbox", rows.rows, rows.held), visit.here, rows)
    return page(request, "staff/inbox.html", view)


async def rows(request: Request) -> Response:
    """GET /inbox/rows?open=ID: the list alone, asked for when an entry of it has changed."""
    visit = await clinician_visit(request)
    return page(
        request, "staff/_inbox_rows.html", await rows_for(visit, request.query_params.get("open", ""))
    )


async def row(request: Request) -> Response:
    """GET /inbox/rows/{conversation}?open=ID: one row alone, asked for when it has changed."""
    visit = await clinician_visit(request)
    wanted = [conversation_of(request)]
    found = await changed_lines(visit.office, visit.practice.id, {visit.person.id: visit.person}, wanted)
    made = await _rows(visit, [line for _, line in found])
    if not made.rows:
        raise NotFound
    view = InboxRowAlone(visit.here, made.rows[0], request.query_params.get("open", ""))
    return page(request, "staff/_inbox_row_alone.html", view)


async def rows_for(visit: Visit, open_id: str = "") -> InboxRows:
    """The list of a clinician."""
    lines = await inbox(visit.office, visit.person, shown=True)
    asked = await apart("wishes", wishes(visit.office, visit.person))
    return replace(
        await _rows(visit, lines),
        held=await held_for(visit, lines),
        open_id=open_id,
        wishes=asked if isinstance(asked, Failed) else wish_rows(asked),
    )


async def _rows(visit: Visit, lines: list[InboxLine]) -> InboxRows:
    rows, fault = await marked(visit, lines)
    return InboxRows(visit.here, rows, unsent=fault)


async def marked(visit: Visit, lines: list[InboxLine]) -> tuple[tuple[InboxRow, ...], Failed | None]:
    """The rows with how the reader's own letters stand, and whether mail brought what was sent."""
    known = await apart("unsent", _what_became(visit, lines))
    rows = inbox_rows(lines, visit)
    if isinstance(known, Failed):
        return rows, known
    own, lost = known
    mine = visit.person.id
    marked = {
        str(line.conversation.id): _marks(line, own.get(line.conversation.id, {}), mine) for line in lines
    }
    return tuple(_with(row, marked[row.conversation_id], lost) for row in rows), None


async def _what_became(visit: Visit, lines: list[InboxLine]) -> tuple[Standings, frozenset[str]]:
    own = await standing(visit.office, visit.person)
    lost = await unarrived(visit.office, visit.person, lines)
    return own, frozenset(map(str, lost))


def _marks(line: InboxLine, own: Mapping[PendingState, datetime], me: PersonId) -> set[PendingState]:
    """How they stand. What is written and goes by itself does not go any more once another's letter came."""
    last, kept = line.last, own.get(PendingState.WAITING)
    if last is not None and last.is_letter and last.author != me and kept is not None and last.at > kept:
        return {PendingState.CROSSED, *own} - {PendingState.WAITING}
    return set(own)


def _with(row: InboxRow, own: set[PendingState], lost: frozenset[str]) -> InboxRow:
    return replace(
        row,
        unsent=bool(own & UNSENT),
        crossed=PendingState.CROSSED in own,
        going=bool(own & GOING),
        unarrived=row.conversation_id in lost,
    )


def next_letter(rows: Iterable[InboxRow], here: str) -> Named | None:
    """Who waits longest for a letter elsewhere, where none of one's own is on its way."""
    waiting = (row for row in rows if row.group is Group.WAITING_FOR_YOU and row.conversation_id != here)
    found = next((row for row in waiting if not row.going and not row.held), None)
    return Named(found.conversation_id, found.name) if found else None


async def held_for(visit: Visit, lines: list[InboxLine]) -> int:
    """How many letters wait in the screener; none of them is opened for it."""
    return await count_held(visit.office, visit.person, lines)
