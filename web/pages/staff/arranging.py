"""Arranging a conversation among those who care: put aside until a moment, labels, who answers. Plain forms."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, assert_never

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from messaging.conversations import Circle
from messaging.errors import Malformed
from messaging.ids import PersonId, parse_uuid
from messaging.inbox.arranging import Arrangement, arrange
from messaging.inbox.labels import labels_of
from messaging.inbox.snoozing import runs
from messaging.memory.inbox import Assigned, PutAside
from messaging.sessions.wall_time import within_years
from messaging.trust.access import Deed, Pass
from web.http.refusals import status_of
from web.pages.parts.asking import Visit, clinician_visit, conversation_of, form_of, go, key_of, page
from web.pages.parts.showing import counted_bar, fresh_key, signed_in
from web.pages.parts.views import Named
from web.pages.staff.arranging_view import Arranging, Moment

MORNING: Final = time(9)
LATER: Final = timedelta(hours=3)
MONDAY: Final = 0
DONE: Final = frozenset({"labels", "assign", "snooze"})
Wanted = Callable[[Visit, Mapping[str, str]], Arrangement]


class Snooze(StrEnum):
    """Until when, as one says it."""

    LATER = "later"
    """Today, in about three hours."""
    TOMORROW = "tomorrow"
    MONDAY = "monday"
    DAY = "day"
    """A day that is chosen."""
    BACK = "back"
    """Not any longer."""


async def show(request: Request) -> Response:
    """GET /c/{conversation}/arrange?done=WHAT"""
    visit, held, circle = await _entered(request)
    done = request.query_params.get("done", "")
    view = replace(await _view(visit, held, circle), done=done if done in DONE else "")
    return page(request, "staff/arranging.html", view)


async def snooze(request: Request) -> Response:
    """POST /c/{conversation}/arrange/snooze `when, day?`: out of one's own sight until then."""
    return await _arranged(request, "snooze", _put_aside)


async def label(request: Request) -> Response:
    """POST /c/{conversation}/arrange/labels `labels`: one a line, or with commas between."""
    return await _arranged(request, "labels", _labelled)


async def assign(request: Request) -> Response:
    """POST /c/{conversation}/arrange/assign `to`: who answers; nobody in particular where it is empty."""
    return await _arranged(request, "assign", _assigned)


async def _entered(request: Request) -> tuple[Visit, Pass, Circle]:
    visit = await clinician_visit(request)
    return visit, *await visit.enter(conversation_of(request), Deed.SETTLE)


async def _arranged(request: Request, what: str, wanted: Wanted) -> Response:
    visit, held, circle = await _entered(request)
    fields = await form_of(request)
    key_of(fields)
    try:
        await arrange(visit.office, visit.person, held, circle.conversation, wanted(visit, fields))
    except Malformed as refusal:
        view = await _view(visit, held, circle)
        said = fields.get("labels", "") if what == "labels" else view.labels
        view = replace(view, wrong=what, mistake=refusal.detail, labels=said)
        return page(request, "staff/arranging.html", view, status_of(refusal))
    return go(f"/c/{circle.conversation.id}/arrange?done={what}")


def _put_aside(visit: Visit, fields: Mapping[str, str]) -> Arrangement:
    return Arrangement(aside=PutAside(until_of(fields, visit.here.now.astimezone(visit.here.zone))))


def _labelled(_: Visit, fields: Mapping[str, str]) -> Arrangement:
    said = fields.get("labels", "").replace("\n", ",").split(",")
    return Arrangement(labels=[one for one in said if one.strip()])


def _assigned(_: Visit, fields: Mapping[str, str]) -> Arrangement:
    to = fields.get("to", "")
    named = parse_uuid(to)
    if to and named is None:
        raise Malformed("Please choose who answers.")
    return Arrangement(assigned=Assigned(PersonId(named) if named else None))


def until_of(fields: Mapping[str, str], now: datetime) -> datetime | None:
    """The moment that is meant, by the practice's clock, which `now` shows. Raises Malformed."""
    try:
        meant = Snooze(fields.get("when", ""))
    except ValueError:
        raise Malformed("Please say until when.") from None
    match meant:
        case Snooze.BACK:
            return None
        case Snooze.LATER:
            return later_today(now)
        case Snooze.TOMORROW:
            return _morning(now, 1)
        case Snooze.MONDAY:
            return _morning(now, (MONDAY - now.weekday() - 1) % 7 + 1)
        case Snooze.DAY:
            return _day(fields.get("day", ""), now)
        case _:
            assert_never(meant)


def later_today(now: datetime) -> datetime:
    """In three hours, on the hour."""
    return (now + LATER).replace(minute=0, second=0, microsecond=0)


def _morning(now: datetime, days: int) -> datetime:
    return datetime.combine(now.date() + timedelta(days=days), MORNING, now.tzinfo)


def _day(said: str, now: datetime) -> datetime:
    try:
        chosen = date.fromisoformat(said)
    except ValueError:
        raise Malformed("Please choose a day.") from None
    return within_years(datetime.combine(chosen, MORNING, now.tzinfo))


async def _view(visit: Visit, held: Pass, circle: Circle) -> Arranging:
    conversation, now = circle.conversation, visit.here.now.astimezone(visit.here.zone)
    member = conversation.member(held.person)
    snoozed = member.snoozed if member else None
    offered = (Snooze.LATER, Snooze.TOMORROW, Snooze.MONDAY)
    return Arranging(
        signed_in=signed_in(visit),
        bar=await counted_bar(visit, "inbox"),
        here=visit.here,
        key=fresh_key(),
        conversation_id=str(conversation.id),
        name=circle.title(),
        moments=tuple(Moment(one, until_of({"when": one}, now)) for one in offered),
        earliest=f"{now.date() + timedelta(days=1):%Y-%m-%d}",
        snoozed_until=snoozed.until if snoozed else None,
        runs=runs(conversation, unread=False, held=False),
        labels=", ".join(await labels_of(visit.office, conversation)),
        clinicians=tuple(Named(str(one.id), one.name) for one in circle.clinicians),
        assignee=str(conversation.assignee or ""),
        me=str(held.person),
    )


ROUTES: Final = (
    Route("/c/{conversation}/arrange", show),
    Route("/c/{conversation}/arrange/snooze", snooze, methods=["POST"]),
    Route("/c/{conversation}/arrange/labels", label, methods=["POST"]),
    Route("/c/{conversation}/arrange/assign", assign, methods=["POST"]),
)
"""Which address leads to which of them."""
