"""A clinician's list: who waits, and by when they are answered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from messaging.errors import NotFound
from messaging.ids import ConversationId, PersonId, parse_uuid
from messaging.inbox.heads import Head, counts, heads, labels_in_use
from messaging.inbox.labels import mark_of
from messaging.inbox.listing import InboxLine, changed_lines, unarrived
from messaging.letters.sending_later import standing
from messaging.memory.sending_later import NOT_SENT, PendingState
from messaging.practice.letting_back import wishes
from web.pages.parts.asking import Visit, clinician_visit, conversation_of, page
from web.pages.parts.boundary import apart
from web.pages.parts.inbox_view import Group, InboxRow
from web.pages.parts.people_fields import wish_rows
from web.pages.parts.showing import inbox_rows, signed_in
from web.pages.parts.views import Failed, Named, StaffBar
from web.pages.staff.listed import Asked, Part, next_waking, parts_of
from web.pages.staff.views import Inbox, InboxRowAlone, InboxRows, SieveView

UNSENT: Final = frozenset(NOT_SENT) - {PendingState.CROSSED}
Standings = Mapping[ConversationId, Mapping[PendingState, datetime]]
USUAL: Final = Asked()
DENSE: Final = "quietline-dense"
"""A cookie of a browser that shows rows of one line."""
_NOTHING: Final[Standings] = {}
GOING: Final = frozenset({PendingState.WAITING, PendingState.SENDING})


async def everything(request: Request) -> Response:
    """GET /inbox?who=me|nobody&label=MARK&more=GROUP-N"""
    visit = await clinician_visit(request)
    rows = await rows_for(visit, asked=Asked.of(request.query_params))
    bar = StaffBar("inbox", rows.waiting, rows.held)
    dense = request.cookies.get(DENSE) == "on"
    view = Inbox(signed_in(visit), bar, visit.here, rows, dense=dense)
    return page(request, "staff/inbox.html", view)


async def rows(request: Request) -> Response:
    """GET /inbox/rows?open=ID and as above: the list alone, asked for when an entry of it has changed."""
    visit = await clinician_visit(request)
    found = await rows_for(visit, request.query_params.get("open", ""), Asked.of(request.query_params))
    return page(request, "staff/_inbox_rows.html", found)


async def row(request: Request) -> Response:
    """GET /inbox/rows/{conversation}?open=ID: one row alone, asked for when it has changed."""
    visit = await clinician_visit(request)
    wanted = [conversation_of(request)]
    lines = await _lines(visit, wanted)
    made, _ = await marked(visit, lines)
    if not made:
        raise NotFound
    view = InboxRowAlone(visit.here, made[0], request.query_params.get("open", ""))
    return page(request, "staff/_inbox_row_alone.html", view)


async def _lines(visit: Visit, wanted: Sequence[ConversationId]) -> list[InboxLine]:
    found = await changed_lines(visit.office, visit.practice.id, {visit.person.id: visit.person}, wanted)
    return [line for _, line in found]


async def rows_for(visit: Visit, open_id: str = "", asked: Asked = USUAL) -> InboxRows:
    """The list of a clinician: where all stand, and of those that are shown the rows."""
    now = visit.here.now
    found = await heads(visit.office, visit.person, visit.practice)
    known = await apart("unsent", _what_became(visit, [one.id for one in found]))
    own, lost = (_NOTHING, frozenset()) if isinstance(known, Failed) else known
    opened = parse_uuid(open_id)
    marked = {*own, *lost} | ({ConversationId(opened)} if opened else set())
    kept, sieve = await _sifted(visit, found, asked)
    parts = parts_of(kept, now, asked.reach, marked)
    lines = await _lines(visit, [one for part in parts.values() for one in part.shown])
    wished = await apart("wishes", wishes(visit.office, visit.person))
    cut = [group for group, part in parts.items() if len(part.shown) < part.total]
    return InboxRows(
        visit.here,
        _placed(_with_marks(visit, lines, own, lost), parts),
        totals={group: part.total for group, part in parts.items()},
        further={group: asked.query(asked.reach.further(group)) for group in cut},
        waiting=sum(one.waits for one in found),
        held=(await counts(visit.office, visit.person)).held,
        open_id=open_id,
        query=asked.query(),
        sieve=sieve,
        wakes=next_waking(found, now),
        unsent=known if isinstance(known, Failed) else None,
        wishes=wished if isinstance(wished, Failed) else wish_rows(wished),
    )


async def _sifted(visit: Visit, found: list[Head], asked: Asked) -> tuple[list[Head], SieveView | None]:
    """Those that are looked for, and by what one can look."""
    labels = await labels_in_use(visit.office, visit.person, found)
    if not labels and not asked.sifts and all(one.kept.assignee is None for one in found):
        return found, None
    names = {mark_of(visit.office, visit.person, one): one for some in labels.values() for one in some}
    marks = {
        one: {mark_of(visit.office, visit.person, label) for label in some} for one, some in labels.items()
    }
    kept = [one for one in found if asked.keeps(one, visit.person.id, marks.get(one.id, ()))]
    choices = sorted((Named(mark, name) for mark, name in names.items()), key=lambda one: one.name.casefold())
    away = sum(one.waits for one in found) - sum(one.waits for one in kept)
    return kept, SieveView(asked.whose, asked.label, tuple(choices), away)


def _placed(rows: Iterable[InboxRow], parts: Mapping[Group, Part]) -> tuple[InboxRow, ...]:
    """Each in the group it was counted in."""
    places = {str(one): group for group, part in parts.items() for one in part.shown}
    return tuple(replace(row, group=places[row.conversation_id]) for row in rows)


async def marked(visit: Visit, lines: list[InboxLine]) -> tuple[tuple[InboxRow, ...], Failed | None]:
    """The rows with how the reader's own letters stand, and whether mail brought what was sent."""
    known = await apart("unsent", _what_became(visit, [line.conversation.id for line in lines]))
    if isinstance(known, Failed):
        return inbox_rows(lines, visit), known
    return _with_marks(visit, lines, *known), None


def _with_marks(
    visit: Visit, lines: list[InboxLine], own: Standings, lost: frozenset[ConversationId]
) -> tuple[InboxRow, ...]:
    mine = visit.person.id
    marked = {
        str(line.conversation.id): _marks(line, own.get(line.conversation.id, {}), mine) for line in lines
    }
    gone = frozenset(map(str, lost))
    return tuple(_with(row, marked[row.conversation_id], gone) for row in inbox_rows(lines, visit))


async def _what_became(
    visit: Visit, conversations: Sequence[ConversationId]
) -> tuple[Standings, frozenset[ConversationId]]:
    own = await standing(visit.office, visit.person)
    return own, frozenset(await unarrived(visit.office, visit.person, conversations))


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
