"""Who is away, for who administers: where nobody stands in, and saying it of somebody who cannot."""

from dataclasses import replace
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from messaging.absence.declaring import end_sudden, today
from messaging.absence.shown import Whose, absences_here, may_stand_in
from messaging.errors import Conflict, Malformed, NotFound
from messaging.ids import PersonId, parse_uuid
from web.http.refusals import status_of
from web.pages.admin.absences_view import AbsencesPage, AwayRow
from web.pages.parts.absence_fields import fields_in, noon, said_of
from web.pages.parts.asking import Visit, administrator_visit, form_of, go, key_of, page
from web.pages.parts.showing import fresh_key, signed_in
from web.pages.parts.views import Named, StaffBar

DONE: Final = frozenset({"sudden", "back"})


async def everybodys(request: Request) -> Response:
    """GET /admin/absences?done=WHAT: who is away, and where nobody stands in."""
    visit = await administrator_visit(request)
    done = request.query_params.get("done", "")
    view = replace(await _absences(visit), done=done if done in DONE else "")
    return page(request, "admin/absences.html", view)


async def say_of(request: Request) -> Response:
    """POST /admin/absences `person, until, sure, cover?, scope?`: of somebody who could not."""
    visit = await administrator_visit(request)
    fields = await form_of(request)
    key_of(fields)
    try:
        await said_of(visit, fields, fields_in(fields))
    except (Malformed, Conflict) as refusal:
        view = replace(await _absences(visit), mistake=refusal.detail, fields=fields_in(fields))
        return page(request, "admin/absences.html", view, status_of(refusal))
    return go("/admin/absences?done=sudden")


async def end_of(request: Request) -> Response:
    """POST /admin/absences/{person}/back: somebody is back. Twice is once."""
    visit = await administrator_visit(request)
    key_of(await form_of(request))
    found = parse_uuid(request.path_params["person"])
    if found is None:
        raise NotFound
    await end_sudden(visit.office, visit.person, PersonId(found))
    return go("/admin/absences?done=back")


async def _absences(visit: Visit) -> AbsencesPage:
    staff = await may_stand_in(visit.office, visit.person)
    return AbsencesPage(
        signed_in=signed_in(visit),
        bar=StaffBar("admin", 0, 0),
        here=visit.here,
        key=fresh_key(),
        today=today(visit.practice, visit.here.now).isoformat(),
        absences=tuple(_away(visit, one) for one in await absences_here(visit.office, visit.person)),
        staff=tuple(Named(str(one.id), one.name) for one in staff),
    )


def _away(visit: Visit, one: Whose) -> AwayRow:
    kept = one.kept
    return AwayRow(
        person=str(kept.person),
        name=one.name,
        first=noon(visit, kept.first),
        last=noon(visit, kept.last),
        cover=one.cover,
        offer=kept.offer.value if kept.offer else "",
        concerned=one.concerned,
        covered=one.covered,
    )


ROUTES: Final = (
    Route("/admin/absences", everybodys),
    Route("/admin/absences", say_of, methods=["POST"]),
    Route("/admin/absences/{person}/back", end_of, methods=["POST"]),
)
"""Which address leads to which of them."""
