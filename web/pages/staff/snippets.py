"""A clinician's own snippets on one plain page: what there is, a form for each, and one for another."""

from dataclasses import replace
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response

from messaging.errors import Conflict, Malformed, NotFound
from messaging.ids import parse_uuid
from messaging.letters.snippets import Snippet, keep_snippet, snippets_of, throw_snippet_away
from web.http.refusals import status_of
from web.pages.parts.asking import Visit, clinician_visit, form_of, go, key_of, page
from web.pages.parts.showing import counted_bar, signed_in
from web.pages.staff.snippets_view import SnippetsPage

PLACE = "/snippets"


async def show(request: Request) -> Response:
    """GET /snippets"""
    visit = await clinician_visit(request)
    return page(request, "staff/snippets.html", await _page(visit))


async def keep(request: Request) -> Response:
    """POST /snippets `key, name, text`: `key` is the snippet's id; sent twice, it is one."""
    visit = await clinician_visit(request)
    fields = await form_of(request)
    named = key_of(fields)
    try:
        await keep_snippet(visit.office, visit.person, named, fields.get("name"), fields.get("text"))
    except (Malformed, Conflict) as refusal:
        typed = Snippet(named, fields.get("name", ""), fields.get("text", ""))
        view = replace(await _page(visit), typed=typed, mistake=refusal.detail)
        return page(request, "staff/snippets.html", view, status_of(refusal))
    return go(PLACE)


async def put_away(request: Request) -> Response:
    """POST /snippets/{snippet}/away"""
    visit = await clinician_visit(request)
    key_of(await form_of(request))
    named = parse_uuid(request.path_params["snippet"])
    if named is None:
        raise NotFound
    await throw_snippet_away(visit.office, visit.person, named)
    return go(PLACE)


async def _page(visit: Visit) -> SnippetsPage:
    return SnippetsPage(
        signed_in=signed_in(visit),
        bar=await counted_bar(visit, "snippets"),
        here=visit.here,
        snippets=tuple(await snippets_of(visit.office, visit.person)),
        typed=Snippet(uuid4(), "", ""),
    )
