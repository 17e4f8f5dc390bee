"""The search page: what is looked for comes by a form, so that it is in no address, no title and no log."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from messaging.conversations import Circle
from messaging.errors import Busy, Conflict, Malformed, Refusal
from messaging.ids import parse_uuid
from messaging.inbox.heads import circles_of, heads
from messaging.memory.searching import Sort
from messaging.searching.asking import Asked, Results, search
from messaging.searching.opening import Hit
from messaging.searching.words import spans
from web.http.refusals import headers_of, status_of
from web.pages.parts.asking import Visit, clinician_visit, form_of, local_path, page
from web.pages.parts.showing import counted_bar, signed_in
from web.pages.parts.views import Named
from web.pages.staff.searching_view import Piece, Place, PlacesOf, SearchFields, SearchPage

AT_HAND: Final = 60
"""Clients one may choose from: those of whom there was something last. Everybody is found by name."""
KINDS: Final = tuple(one.value for one in Sort)


async def show(request: Request) -> Response:
    """GET /search?back=PLACE"""
    visit = await clinician_visit(request)
    back = local_path(request.query_params.get("back")) or "/inbox"
    return page(request, "staff/search.html", await _page(visit, SearchFields(back=back)))


async def find(request: Request) -> Response:
    """POST /search `q, kind?, conversation?, since?, until?, back?`"""
    visit = await clinician_visit(request)
    fields = await form_of(request)
    filled = _filled(fields)
    view = await _page(visit, filled)
    try:
        found = await search(visit.office, visit.person, _asked(filled), visit.house.finder)
    except (Malformed, Busy, Conflict) as refusal:
        again = replace(view, mistake=refusal.detail.replace("`", ""))
        return _refused(request, again, refusal)
    groups = await visit.aside(_groups, visit, found)
    named = tuple(Named(str(one.conversation.id), one.title()) for one in found.named)
    done = replace(view, groups=groups, complete=found.complete, named=named)
    return page(request, "staff/search.html", done)


def _refused(request: Request, view: SearchPage, refusal: Refusal) -> Response:
    answered = page(request, "staff/search.html", view, status_of(refusal))
    answered.headers.update(headers_of(refusal))
    return answered


async def _page(visit: Visit, fields: SearchFields) -> SearchPage:
    found = sorted(await heads(visit.office, visit.person, visit.practice), key=lambda one: one.order[2])
    chosen = parse_uuid(fields.conversation)
    at_hand = [one.id for place, one in enumerate(found) if place < AT_HAND or one.id == chosen]
    circles = await circles_of(visit.office, visit.person, at_hand)
    named = sorted((circle.title(), str(one)) for one, circle in circles.items())
    conversations = tuple(Named(name, title) for title, name in named)
    bar = await counted_bar(visit, "search")
    return SearchPage(signed_in(visit), bar, visit.here, fields, KINDS, conversations)


def _filled(fields: Mapping[str, str]) -> SearchFields:
    return SearchFields(
        q=fields.get("q", "").strip(),
        kind=fields.get("kind", ""),
        since=fields.get("since", ""),
        until=fields.get("until", ""),
        conversation=fields.get("conversation", ""),
        back=local_path(fields.get("back")) or "/inbox",
    )


def _asked(fields: SearchFields) -> Asked:
    """What is left empty is not asked for."""
    return Asked(
        fields.q,
        fields.conversation or None,
        fields.kind or None,
        fields.since or None,
        fields.until or None,
        people=not (fields.conversation or fields.kind or fields.since or fields.until),
    )


def _groups(visit: Visit, found: Results) -> tuple[PlacesOf, ...]:
    """By conversation, the one with the newest result first."""
    first: dict[object, int] = {}
    for hit in found.hits:
        first.setdefault(hit.conversation, len(first))
    ordered = sorted(found.hits, key=lambda hit: first[hit.conversation])
    return tuple(
        PlacesOf(
            str(conversation),
            found.circles[conversation].title(),
            tuple(_place(visit, hit, found.circles[conversation], found.words) for hit in hits),
        )
        for conversation, hits in groupby(ordered, key=lambda hit: hit.conversation)
    )


def _place(visit: Visit, hit: Hit, circle: Circle, words: Sequence[str]) -> Place:
    author = circle.people.get(hit.author)
    return Place(
        conversation_id=str(hit.conversation),
        number=hit.number,
        at=hit.at,
        sort=hit.sort.value,
        who="you" if hit.author == visit.person.id else author.name if author else "",
        pieces=tuple(_pieces(hit.excerpt, words)),
        note=f"{'process' if hit.own else 'progress'}/{hit.note}" if hit.note else "",
    )


def _pieces(excerpt: str, words: Sequence[str]) -> Iterator[Piece]:
    at = 0
    for begin, end in spans(excerpt, words):
        if begin > at:
            yield Piece(excerpt[at:begin])
        yield Piece(excerpt[begin:end], meant=True)
        at = end
    if at < len(excerpt):
        yield Piece(excerpt[at:])
