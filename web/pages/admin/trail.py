"""Who did what, to whose record, when, why and by which way: for who administers, and for whoever has to account for it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from messaging.errors import NotFound
from messaging.ids import ConversationId, PersonId, parse_uuid
from messaging.memory.trail import Asked, Mark
from messaging.people import Role
from messaging.trail.accounting import Account, account, saved_account
from messaging.trust.matters import Matter, acts_of
from web.http.handing_out import disposition
from web.pages.admin.trail_csv import as_csv
from web.pages.admin.trail_view import TrailFields, TrailPage, days_of
from web.pages.parts import views as parts
from web.pages.parts.asking import Visit, administrator_visit, page
from web.pages.parts.showing import signed_in

NO_DAY: Final = "Please write a day like 2026-11-30."
FIELDS: Final = ("who", "whose", "kind", "since", "until")
CONVERSATION: Final = "c-"
"""Before the id of a conversation, where whose record is meant."""
LONGEST: Final = 24
"""Digits of a mark."""


class _BadDay(ValueError):
    """`str` is the field."""


async def show(request: Request) -> Response:
    """GET /admin/trail"""
    visit = await administrator_visit(request)
    fields, before = fields_of(request.query_params), _mark(request.query_params.get("before"))
    try:
        asked = asked_of(fields, visit)
    except _BadDay as wrong:
        found = await account(visit.office, visit.person, Asked())
        return page(request, "admin/trail.html", _view(visit, fields, found, None, {str(wrong): NO_DAY}), 422)
    found = await account(visit.office, visit.person, asked, before)
    return page(request, "admin/trail.html", _view(visit, fields, found, before, {}))


async def save(request: Request) -> Response:
    """GET /admin/trail.csv: the same lines as a table, all that are meant. It is itself a line of the trail."""
    visit = await administrator_visit(request)
    try:
        asked = asked_of(fields_of(request.query_params), visit)
    except _BadDay:
        raise NotFound from None
    pieces = await saved_account(visit.office, visit.person, asked)
    today = visit.here.now.astimezone(visit.here.zone).date()
    name = f"who-did-what-{today.isoformat()}.csv"
    headers = {"Content-Disposition": disposition(name), "X-Content-Type-Options": "nosniff"}
    return StreamingResponse(
        as_csv(pieces, visit.here), media_type="text/csv; charset=utf-8", headers=headers
    )


def fields_of(query: Mapping[str, str]) -> TrailFields:
    """What the form asks for, as it was typed."""
    return TrailFields(**{name: query.get(name, "").strip() for name in FIELDS})


def asked_of(fields: TrailFields, visit: Visit) -> Asked:
    """What is meant by it, on the practice's clock. Raises NotFound for what is no id or kind, _BadDay."""
    one_of_several = fields.whose.startswith(CONVERSATION)
    since, until = (_day(name, getattr(fields, name)) for name in ("since", "until"))
    return Asked(
        actor=_person(fields.who),
        about=None if one_of_several else _person(fields.whose),
        conversation=_conversation(fields.whose.removeprefix(CONVERSATION)) if one_of_several else None,
        acts=acts_of(_matter(fields.kind)) if fields.kind else frozenset(),
        since=_begins(since, visit) if since else None,
        until=_begins(until + timedelta(days=1), visit) if until else None,
    )


def _person(raw: str) -> PersonId | None:
    if not raw:
        return None
    found = parse_uuid(raw)
    if found is None:
        raise NotFound
    return PersonId(found)


def _conversation(raw: str) -> ConversationId:
    found = parse_uuid(raw)
    if found is None:
        raise NotFound
    return ConversationId(found)


def _matter(raw: str) -> Matter:
    try:
        return Matter(raw)
    except ValueError:
        raise NotFound from None


def _day(name: str, raw: str) -> date | None:
    try:
        found = date.fromisoformat(raw) if raw else None
    except ValueError:
        raise _BadDay(name) from None
    if found is not None and not date(2000, 1, 1) <= found < date(9000, 1, 1):
        raise _BadDay(name)
    return found


def _begins(day: date, visit: Visit) -> datetime:
    return datetime.combine(day, time(), visit.here.zone).astimezone(UTC)


def _mark(raw: str | None) -> Mark | None:
    """Microseconds and number, as `_written` has them."""
    if raw is None:
        return None
    at, _, seq = raw.partition("-")
    if not all(one.isascii() and one.isdigit() and len(one) <= LONGEST for one in (at, seq)):
        raise NotFound
    try:
        return Mark(datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int(at)), int(seq))
    except OverflowError:
        raise NotFound from None


def _written(mark: Mark) -> str:
    return f"{(mark.at - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)}-{mark.seq}"


def _view(
    visit: Visit, fields: TrailFields, found: Account, before: Mark | None, mistakes: dict[str, str]
) -> TrailPage:
    query = {name: value for name in FIELDS if (value := getattr(fields, name)) and name not in mistakes}
    older = urlencode({**query, "before": _written(found.older)}) if found.older else ""
    named = [(one.role is Role.CLIENT, parts.Named(str(one.id), one.name)) for one in found.people]
    return TrailPage(
        signed_in=signed_in(visit),
        bar=parts.StaffBar("trail"),
        here=visit.here,
        asked=fields,
        days=days_of(found.lines, visit.here),
        staff=tuple(one for is_client, one in named if not is_client),
        clients=tuple(one for is_client, one in named if is_client),
        conversations=_conversations(found, fields.whose),
        kinds=tuple(Matter),
        query=urlencode(query),
        older=older,
        later=before is not None,
        mistakes=mistakes,
    )


def _conversations(found: Account, asked: str) -> tuple[parts.Named, ...]:
    """By who belongs to them. One that is asked about and is gone, or in which nobody cares, is there by no name."""
    listed = [
        parts.Named(f"{CONVERSATION}{one}", " · ".join(person.name for person in inside))
        for one, inside in found.conversations.items()
    ]
    listed.sort(key=lambda one: one.name.casefold())
    if asked.startswith(CONVERSATION) and asked not in {one.id for one in listed}:
        listed.append(parts.Named(asked, ""))
    return tuple(listed)
