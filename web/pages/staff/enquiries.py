"""Enquiries, for those who take them: taken on, referred, declined; and what the public page says of its reader."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from messaging.enquiries.deciding import claim, decline, refer
from messaging.enquiries.public import NAMES, profile_said, say_of_oneself
from messaging.errors import Malformed, NotFound
from messaging.ids import PersonId, parse_uuid
from messaging.people import Profile
from web.http.refusals import status_of
from web.pages.parts.asking import Visit, clinician_visit, conversation_of, form_of, go, key_of, page
from web.pages.parts.saying import refusal_said
from web.pages.parts.showing import counted_bar, fresh_key, signed_in
from web.pages.staff.enquiries_view import OwnProfile

PLACE: Final = "/account/public"
SHOWN: Final = "staff/public_profile.html"


async def decide(request: Request) -> Response:
    """POST /c/{conversation}/enquiry `deed`: claim, decline or refer, to a colleague (`to`)."""
    visit = await clinician_visit(request)
    fields, conversation = await form_of(request), conversation_of(request)
    key_of(fields)
    match fields.get("deed"):
        case "claim":
            await claim(visit.office, visit.person, conversation)
        case "decline":
            await decline(visit.office, visit.person, conversation)
        case "refer":
            to = parse_uuid(fields.get("to"))
            if to is None:
                raise NotFound
            await refer(visit.office, visit.person, conversation, PersonId(to))
            visit.house.mail_owed.set()
            return go("/inbox")
        case _:
            raise NotFound
    visit.house.mail_owed.set()
    return go(f"/c/{conversation}")


async def show(request: Request) -> Response:
    """GET /account/public: one's own part of the public page."""
    visit = await clinician_visit(request)
    view = await _view(visit, visit.person.profile or Profile(), done="done" in request.query_params)
    return page(request, SHOWN, view)


async def keep(request: Request) -> Response:
    """POST /account/public"""
    visit = await clinician_visit(request)
    fields = await form_of(request)
    key_of(fields)
    try:
        await say_of_oneself(visit.office, visit.person, profile_said(fields))
    except Malformed as refusal:
        typed = Profile(**{name: fields.get(name, "") for name in NAMES})
        view = await _view(visit, typed, mistake=refusal_said(refusal))
        return page(request, SHOWN, view, status_of(refusal))
    return go(f"{PLACE}?done=1")


async def _view(visit: Visit, profile: Profile, *, mistake: str = "", done: bool = False) -> OwnProfile:
    return OwnProfile(
        signed_in=signed_in(visit),
        bar=await counted_bar(visit, "account"),
        here=visit.here,
        key=fresh_key(),
        profile=profile,
        slug=visit.practice.slug if visit.practice.page else "",
        mistake=mistake,
        done=done,
    )


ROUTES: Final = [
    Route("/c/{conversation}/enquiry", decide, methods=["POST"]),
    Route(PLACE, show),
    Route(PLACE, keep, methods=["POST"]),
]
