"""An administrator's place: who is here, counts, times, mail to postmaster. Nothing here leads to what people said."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from messaging.arriving.general import Complaint, complaint_done, complaint_original, complaints
from messaging.errors import Malformed, NotFound
from messaging.ids import OriginalId, parse_uuid
from messaging.people import Role
from messaging.practice.overseeing import Overview, PracticeChanges, change_practice, everyone
from web.http.handing_out import saved
from web.http.refusals import status_of
from web.pages.admin.views import Admin, ComplaintRow, PersonRow
from web.pages.parts import views as parts
from web.pages.parts.asking import Visit, administrator_visit, form_of, go, key_of, page
from web.pages.parts.showing import fresh_key, signed_in
from web.pages.public.arriving import time_zones


async def people(request: Request) -> Response:
    """GET /admin"""
    visit = await administrator_visit(request)
    return page(
        request, "admin/admin.html", await _everyone(visit, done=request.query_params.get("done", ""))
    )


async def move(request: Request) -> Response:
    """POST /admin/zone: the practice's clock."""
    visit = await administrator_visit(request)
    fields = await form_of(request)
    key_of(fields)
    try:
        changes = PracticeChanges(time_zone=fields.get("zone", "") or "-")
        await change_practice(visit.office, visit.person, changes)
    except Malformed as refusal:
        view = replace(await _everyone(visit), mistake=refusal.detail)
        return page(request, "admin/admin.html", view, status_of(refusal))
    return go("/admin?done=zone")


async def _everyone(visit: Visit, done: str = "") -> Admin:
    rows = [_row(one) for one in await everyone(visit.office, visit.person)]
    return Admin(
        signed_in(visit),
        parts.StaffBar("admin"),
        visit.here,
        tuple(rows),
        fresh_key(),
        zones_with(visit.practice.time_zone),
        done,
        complaints=tuple(_complaint(one) for one in await complaints(visit.office, visit.person)),
    )


def _complaint(one: Complaint) -> ComplaintRow:
    return ComplaintRow(str(one.id), one.sender or "", one.subject, one.text, one.received_at, fresh_key())


async def mail_done(request: Request) -> Response:
    """POST /admin/mail/{letter}/done: what came to postmaster or abuse was seen to."""
    visit = await administrator_visit(request)
    key_of(await form_of(request))
    await complaint_done(visit.office, visit.person, _letter(request))
    return go("/admin")


async def mail_original(request: Request) -> Response:
    """GET /admin/mail/{letter}/original: as it came, never rendered."""
    visit = await administrator_visit(request)
    raw = await complaint_original(visit.office, visit.person, _letter(request))
    return saved(raw, "message/rfc822", "letter.eml")


def _letter(request: Request) -> OriginalId:
    found = parse_uuid(request.path_params["letter"])
    if found is None:
        raise NotFound
    return OriginalId(found)


def zones_with(own: str) -> tuple[str, ...]:
    """All there are to choose from; the present one stands among them, wherever an import had it from."""
    known = time_zones()
    return known if own in known else (own, *known)


def _row(one: Overview) -> PersonRow:
    return PersonRow(
        name=one.person.name,
        username=one.username,
        role=one.person.role,
        since=one.stored.created_at,
        conversations=one.conversations,
        overdue=one.overdue,
        mail=_mail(one),
    )


def _mail(one: Overview) -> str:
    if one.person.role is not Role.CLIENT:
        return ""
    return one.person.email_mode if one.person.email else "none"
