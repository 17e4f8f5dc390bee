"""An administrator's place: who is here, counts, times, mail to postmaster. Nothing here leads to what people said."""

import math
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from messaging.arriving.general import Complaint, complaint_done, complaint_original, complaints
from messaging.ending.gone import tombstones
from messaging.errors import NotFound
from messaging.ids import OriginalId, PersonId, parse_uuid
from messaging.memory.ending import Erasable
from messaging.people import Person, Role
from messaging.practice.letting_back import wishes
from messaging.practice.overseeing import Overview, everyone
from messaging.searching.words import fold
from web.http.handing_out import saved
from web.pages.account import sheet_of
from web.pages.admin.views import Admin, ComplaintRow, PersonRow
from web.pages.parts import views as parts
from web.pages.parts.asking import Visit, administrator_visit, form_of, go, key_of, number_in, page
from web.pages.parts.people_fields import wish_rows
from web.pages.parts.showing import fresh_key, signed_in

ROWS: Final = 100
"""People on a page."""
LOOKED_FOR: Final = 200
"""Characters of a name that is looked for."""


async def people(request: Request) -> Response:
    """GET /admin?page=N"""
    visit = await administrator_visit(request)
    number = max(number_in(request.query_params.get("page"), 1), 1)
    return page(request, "admin/admin.html", await _everyone(visit, number=number))


async def find(request: Request) -> Response:
    """POST /admin/find `q`: those of that name. A name that is looked for stands in no address."""
    visit = await administrator_visit(request)
    fields = await form_of(request)
    return page(request, "admin/admin.html", await _everyone(visit, fields.get("q", "")[:LOOKED_FOR]))


def fits(name: str, asked: str) -> bool:
    """Whether each word that was asked for is somewhere in the name, without accents and case."""
    plain = fold(name)
    return all(part in plain for part in fold(asked).split())


async def _everyone(visit: Visit, asked: str = "", number: int = 1) -> Admin:
    found = await everyone(visit.office, visit.person)
    meant = [one for one in found if fits(one.person.name, asked)]
    shown = meant[(number - 1) * ROWS : number * ROWS]
    names = {one.person.id: one.person.name for one in found}
    stones = await tombstones(visit.office, visit.person)
    since = {one.id: one.since for one in stones}
    here = Counter(one.person.role is Role.CLIENT for one in found if one.person.active)
    return Admin(
        signed_in=signed_in(visit),
        bar=parts.StaffBar("admin"),
        here=visit.here,
        key=fresh_key(),
        people=tuple(_row(one, names, since) for one in shown),
        asked=asked,
        page=number,
        pages=1 if asked else max(1, math.ceil(len(meant) / ROWS)),
        cut=bool(asked) and len(meant) > ROWS,
        gone=tuple(one.since for one in stones if one.what is Erasable.CONVERSATION),
        clients=here[True],
        staff=here[False],
        wishes=wish_rows(await wishes(visit.office, visit.person)),
        sheet_remains=await sheet_of(visit) == "remains",
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


def _row(one: Overview, names: Mapping[PersonId, str], gone: Mapping[UUID, datetime]) -> PersonRow:
    person = one.person
    state, until = one.listed.invitation or ("in", None)
    is_client = person.role is Role.CLIENT
    others = sorted((names[other] for other in one.others if other in names), key=str.casefold)
    return PersonRow(
        id=str(person.id),
        name=person.name,
        role=person.role,
        state="gone" if person.erased else str(state) if person.active else "left",
        state_at=gone.get(person.id) if person.erased else until,
        others=tuple(others) if is_client else (),
        clients=0 if is_client else len(others),
        conversations=one.conversations,
        overdue=one.overdue,
        mail_mode=_mail(person) if is_client else "",
        second_factor=person.second_factor,
    )


def _mail(client: Person) -> str:
    if client.unreachable is not None:
        return "unreachable"
    return client.email_mode if client.email else "none"
