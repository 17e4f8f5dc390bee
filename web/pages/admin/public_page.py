"""The practice's public page, as it is written: its words, and who takes enquiries. Without it nobody can ask."""

import re
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from messaging.enquiries.public import who_care, write_page
from messaging.errors import Malformed
from messaging.ids import PersonId
from messaging.people import PublicPage
from web.http.refusals import status_of
from web.pages.admin.public_page_view import PublicPageForm, Taker
from web.pages.parts import views as parts
from web.pages.parts.asking import Visit, administrator_visit, form_of, go, key_of, page
from web.pages.parts.saying import refusal_said
from web.pages.parts.showing import fresh_key, signed_in

PLACE: Final = "/admin/public"
SHOWN: Final = "admin/public_page.html"
TAKES: Final = r"takes-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
"""The field of a tick, by whose it is."""


async def show(request: Request) -> Response:
    """GET /admin/public"""
    visit = await administrator_visit(request)
    return page(request, SHOWN, await _view(visit, visit.practice.page, done="done" in request.query_params))


async def keep(request: Request) -> Response:
    """POST /admin/public: the page and who takes enquiries; without `there` there is no page."""
    visit = await administrator_visit(request)
    fields = await form_of(request)
    key_of(fields)
    typed = _typed(fields)
    try:
        takers = {PersonId(UUID(name[6:])) for name in fields if re.fullmatch(TAKES, name)}
        await write_page(visit.office, visit.person, typed if fields.get("there") == "yes" else None, takers)
    except Malformed as refusal:
        return page(request, SHOWN, await _view(visit, typed, refusal_said(refusal)), status_of(refusal))
    return go(f"{PLACE}?done=1")


def _typed(fields: Mapping[str, str]) -> PublicPage:
    return PublicPage(
        about=fields.get("about", ""),
        unsuitable=fields.get("unsuitable", ""),
        questions=tuple(line for line in fields.get("questions", "").splitlines() if line.strip()),
        waiting=fields.get("waiting", ""),
    )


async def _view(
    visit: Visit, shown: PublicPage | None, mistake: str = "", *, done: bool = False
) -> PublicPageForm:
    said = shown or PublicPage()
    people = await who_care(visit.office, visit.person.practice)
    return PublicPageForm(
        signed_in=signed_in(visit),
        bar=parts.StaffBar("admin"),
        here=visit.here,
        key=fresh_key(),
        slug=visit.practice.slug,
        there=shown is not None,
        about=said.about,
        unsuitable=said.unsuitable,
        questions="\n".join(said.questions),
        waiting=said.waiting,
        people=[Taker(str(one.id), one.name, one.takes_enquiries, one.profile is not None) for one in people],
        mistake=mistake,
        done=done,
    )


ROUTES: Final = [Route(PLACE, show), Route(PLACE, keep, methods=["POST"])]
