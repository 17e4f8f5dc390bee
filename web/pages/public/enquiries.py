"""A practice's public page, an enquiry by it, and the way back to what one asked. None of it needs a sign-in or a script."""

import time
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from channels.language.saying import N_
from channels.language.speaking import asked_for, speak
from messaging.addresses import valid_address
from messaging.conversations import Circle
from messaging.enquiries.asking import Enquiry, enquire, enquirer
from messaging.enquiries.deciding import way_in
from messaging.enquiries.public import Public, public_page
from messaging.errors import Conflict, Malformed, NotFound, NotSignedIn, Refusal, TooFast, TooLong
from messaging.ids import PersonId, parse_uuid
from messaging.letters.writing import Letter, write_letter
from messaging.people import Language, Person
from messaging.practice.founding import practice_named
from messaging.record.reading import enter, entries_before
from messaging.trust.access import Deed
from web.api.answers import answer
from web.api.reading_requests import a_text, json_object, only, text_field
from web.http.guards import client_network
from web.http.refusals import headers_of, status_of
from web.pages.parts.asking import HIGHEST, form_of, key_of, page
from web.pages.parts.entries import Reader, timeline
from web.pages.parts.saying import _, called, refusal_said
from web.pages.parts.showing import fresh_key
from web.pages.parts.views import Here, Named
from web.pages.public.enquiries_view import Asked, Back, Kept, Portrait, PracticePage
from web.pages.public.invited import TOKEN_MOST, Invitation
from web.state import House

PAGE: Final = "public/practice_page.html"
BACK: Final = "public/enquiry.html"
SHOWN: Final = 50
TRAP: Final = "website"
"""A field nobody sees: what fills it in is a machine, which is thanked and not listened to."""
JSON: Final = "application/json"
TOO_MANY: Final = N_("There were many enquiries. Please wait a while, or call.")
OVER: Final = N_("This link opens nothing, or nothing any more.")
REFUSED: Final = (Malformed, TooLong, Conflict, TooFast)


async def show(request: Request) -> Response:
    """GET /p/{slug}"""
    public = await _public(request)
    return page(request, PAGE, _view(request, public))


async def ask(request: Request) -> Response:
    """POST /p/{slug}/enquiries `{name, reach?, text, whom?}`, as a form or as JSON"""
    house: House = request.state["house"]
    public = await _public(request)
    if request.headers.get("content-type", "").split(";")[0].strip() == JSON:
        sent = only(await json_object(request), "name", "reach", "text", "whom", "key")
        said = {name: text_field(sent, name) for name in ("name", "text")}
        said |= {name: a_text(sent, name) or "" for name in ("reach", "whom", "key")}
        token = await _asked(request, house, public, said)
        return answer({"link": f"{house.settings.web.base_url}{_link(token)}"}, 201)
    fields = await form_of(request)
    if fields.get(TRAP):
        return page(request, "public/enquiry_kept.html", Kept(public.practice.name, ""), 201)
    try:
        key_of(fields)
        token = await _asked(request, house, public, fields)
    except REFUSED as refusal:
        return _refused(request, public, fields, refusal)
    mailed = valid_address(fields.get("reach", "").strip())
    kept = Kept(public.practice.name, _link(token), house.settings.web.base_url, mailed)
    return page(request, "public/enquiry_kept.html", kept, 201)


async def _asked(request: Request, house: House, public: Public, said: Mapping[str, str]) -> str:
    network = client_network(request, house.settings.web.trusted_proxies)
    house.enquiries.take(network, public.practice.id, time.monotonic())
    whom = parse_uuid(said.get("whom"))
    if said.get("whom") and whom is None:
        raise Malformed("Whom you would like is nobody of this practice.")
    asked = Enquiry(
        said.get("name", ""),
        said.get("text", ""),
        said.get("reach", ""),
        PersonId(whom) if whom else None,
        parse_uuid(said.get("key")),
    )
    token = await enquire(house.office, public, asked)
    house.mail_owed.set()
    return token


def _refused(request: Request, public: Public, fields: Mapping[str, str], refusal: Refusal) -> Response:
    said = _(TOO_MANY) if isinstance(refusal, TooFast) else refusal_said(refusal)
    typed = Asked(*(fields.get(name, "") for name in ("name", "reach", "text", "whom")))
    view = replace(_view(request, public), asked=typed, mistake=said)
    made = page(request, PAGE, view, status_of(refusal))
    made.headers.update(headers_of(refusal))
    return made


async def _public(request: Request) -> Public:
    house: House = request.state["house"]
    public = await public_page(house.office, request.path_params["slug"])
    wished = request.query_params.get("in", "")
    asked = asked_for(request.headers.get("accept-language", ""))
    speak(Language(wished) if wished in set(Language) else public.practice.language or asked)
    return public


def _view(request: Request, public: Public) -> PracticePage:
    return PracticePage(
        slug=public.practice.slug,
        practice=public.practice.name,
        page=public.page,
        people=[
            Portrait(str(one.id), called(one.name), one.role, one.profile)
            for one in public.people
            if one.profile
        ],
        numbers=public.practice.numbers,
        whom=[Named(str(one.id), called(one.name)) for one in public.people],
        key=fresh_key(),
        open=bool(public.takers),
        asked=Asked(whom=request.query_params.get("whom", "")),
    )


def _link(token: str) -> str:
    """The token stands behind `#`, where no server and no log sees it."""
    return f"/enquiry#{token}"


async def link(request: Request) -> Response:
    """GET /enquiry#TOKEN (or ?token=…): looks at nothing."""
    return page(request, BACK, Back(fresh_key(), request.query_params.get("token", "")[:TOKEN_MOST]))


async def look(request: Request) -> Response:
    """POST /enquiry: what was asked, and what came of it."""
    return await _back(request, await form_of(request))


async def add(request: Request) -> Response:
    """POST /enquiry/words: further words of who asked."""
    house: House = request.state["house"]
    fields = await form_of(request)
    key, text = key_of(fields), fields.get("text", "")
    try:
        person, circle = await enquirer(house.office, _token(fields))
        held, circle = await enter(house.office, person, circle.conversation.id, Deed.WRITE)
        await write_letter(house.office, held, circle, Letter(key, text))
    except NotSignedIn:
        return _over(request)
    except (*REFUSED, NotFound) as refusal:
        return await _back(request, fields, refusal)
    house.mail_owed.set()
    return await _back(request, fields, sent=True)


async def come_in(request: Request) -> Response:
    """POST /enquiry/way-in: who was taken on chooses a password."""
    house: House = request.state["house"]
    fields = await form_of(request)
    try:
        person, circle = await enquirer(house.office, _token(fields))
    except NotSignedIn:
        return _over(request)
    token = await way_in(house.office, person, circle)
    return page(request, "public/invitation.html", Invitation(fresh_key(), token))


def _token(fields: Mapping[str, str]) -> str:
    return fields.get("token", "").strip()[:TOKEN_MOST]


def _over(request: Request) -> Response:
    return page(request, BACK, Back(fresh_key(), mistake=_(OVER)), 404)


async def _back(
    request: Request, fields: Mapping[str, str], refusal: Refusal | None = None, *, sent: bool = False
) -> Response:
    house: House = request.state["house"]
    try:
        person, circle = await enquirer(house.office, _token(fields))
    except NotSignedIn:
        return _over(request)
    view = await _shown(house, person, circle)
    typed = fields.get("text", "") if refusal else ""
    said = refusal_said(refusal) if refusal else ""
    view = replace(view, token=_token(fields), text=typed, mistake=said, sent=sent)
    return page(request, BACK, view, status_of(refusal) if refusal else 200)


async def _shown(house: House, person: Person, circle: Circle) -> Back:
    office, state = house.office, circle.conversation.enquiry
    practice = await practice_named(office, person.practice)
    if practice is None or state is None:
        raise NotFound
    speak(practice.language or person.language or asked_for(""))
    here = Here(office.clock(), ZoneInfo(practice.time_zone))
    held, circle = await enter(office, person, circle.conversation.id, Deed.READ)
    found = await entries_before(office, held, HIGHEST, SHOWN)
    reader = Reader(circle, person.id, "")
    made: Any = await house.aside.do(person.id, partial(timeline, earlier=False), found, reader)
    return Back(
        key=fresh_key(),
        state=state,
        practice=practice.name,
        slug=practice.slug,
        here=here,
        timeline=made,
    )


ENQUIRING: Final = [
    Route("/p/{slug}", show),
    Route("/p/{slug}/enquiries", ask, methods=["POST"]),
    Route("/enquiry", link),
    Route("/enquiry", look, methods=["POST"]),
    Route("/enquiry/words", add, methods=["POST"]),
    Route("/enquiry/way-in", come_in, methods=["POST"]),
]
