"""Pages for anyone: signing in and out, leaving."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from messaging.entrance.half_way import half_way_in
from messaging.entrance.own_choices import exit_of
from messaging.entrance.signing_in import Credentials, Entered
from messaging.entrance.signing_in import sign_out as end_sign_in
from messaging.errors import Busy, NotSignedIn, Refusal, SecondFactor, TooFast, WrongCredentials
from messaging.people import Person, Role
from messaging.practice.founding import practice_named
from web.http.entrance import (
    OWN,
    enter_by_code,
    enter_by_password,
    half_way_cookie,
    let_half_way_in,
    let_in,
    let_out,
    no_more_half_way,
    was_own,
)
from web.http.guards import signed_in
from web.http.refusals import headers_of, status_of
from web.http.slips import keep_slips
from web.pages.parts.asking import form_of, go, home_of, local_path, page, plain_page
from web.pages.parts.drafting import keep_last_words
from web.pages.parts.showing import fresh_key
from web.pages.parts.views import EMPTY_PAGE
from web.pages.public.installing import app_asked
from web.pages.public.views import Left, SignIn, SignInCode
from web.state import House

CODE: Final = "/sign-in/code"
PASSKEY: Final = "passkey"


async def front(request: Request) -> Response:
    """GET /: the sign-in, or straight home for whoever is signed in."""
    house: House = request.state["house"]
    following = local_path(request.query_params.get("next"))
    with suppress(NotSignedIn):
        person = (await signed_in(request)).person
        return go(following or home_of(person.role))
    trouble = "signed_out" if "out" in request.query_params else ""
    own = OWN in request.query_params or was_own(request, house.settings.web)
    view = entrance(house, trouble=trouble, following=following, own=own)
    return page(request, "public/sign_in.html", replace(view, app=app_asked(request)))


async def sign_in(request: Request) -> Response:
    """POST /sign-in"""
    house: House = request.state["house"]
    fields = await form_of(request)
    username, following = fields.get("username", ""), local_path(fields.get("next"))
    own = says_own(fields)
    claimed = Credentials(username, fields.get("password", ""), shared=not own)
    try:
        entered = await enter_by_password(house, request, claimed)
    except SecondFactor as asked:
        said = (("next", following), (OWN, "yes" if own else ""), ("by", "" if asked.by_app else PASSKEY))
        asks = {name: value for name, value in said if value}
        answer = go(f"{CODE}?{urlencode(asks)}" if asks else CODE)
        let_half_way_in(answer, house.settings.web, asked.half_way)
        return answer
    except (WrongCredentials, Busy) as refusal:
        view = entrance(house, username=username, trouble=_trouble(refusal), following=following, own=own)
        answer = page(request, "public/sign_in.html", view, status_of(refusal))
        answer.headers.update(headers_of(refusal))
        return answer
    await leave_former(request, house)
    return welcome(request, entered, following)


async def code(request: Request) -> Response:
    """GET /sign-in/code: after the right password of somebody who has a second factor."""
    house: House = request.state["house"]
    try:
        half_way_in(house.office, _shown_half_way(request))
    except NotSignedIn:
        return go("/")
    return page(
        request,
        "public/sign_in_code.html",
        SignInCode(
            fresh_key(),
            following=local_path(request.query_params.get("next")),
            own=says_own(request.query_params),
            by_app=request.query_params.get("by") != PASSKEY,
        ),
    )


async def sign_in_with_code(request: Request) -> Response:
    """POST /sign-in/code"""
    house: House = request.state["house"]
    fields = await form_of(request)
    following, own = local_path(fields.get("next")), says_own(fields)
    half, said = _shown_half_way(request), fields.get("code", " ")
    try:
        entered = await enter_by_code(house, request, half, said, shared=not own)
    except NotSignedIn:
        view = entrance(house, trouble="over", following=following, own=own)
        answer = page(request, "public/sign_in.html", view, 401)
        no_more_half_way(answer, house.settings.web)
        return answer
    except (SecondFactor, Busy) as refusal:
        by_app = fields.get("by") != PASSKEY
        asked = SignInCode(fresh_key(), _trouble(refusal), following, own, by_app)
        answer = page(request, "public/sign_in_code.html", asked, status_of(refusal))
        answer.headers.update(headers_of(refusal))
        return answer
    await leave_former(request, house)
    answer = welcome(request, entered, following)
    no_more_half_way(answer, house.settings.web)
    return answer


def says_own(fields: Mapping[str, str]) -> bool:
    """Whether they say that the device is only theirs; who says nothing is taken not to know who sits down there next."""
    return fields.get(OWN) == "yes"


def _shown_half_way(request: Request) -> str:
    house: House = request.state["house"]
    return request.cookies.get(half_way_cookie(house.settings.web), "")


def _trouble(refusal: WrongCredentials | SecondFactor | Busy) -> str:
    if isinstance(refusal, WrongCredentials | SecondFactor):
        return "wrong"
    return "too_many" if isinstance(refusal, TooFast) else "busy"


def welcome(request: Request, entered: Entered, following: str = "") -> Response:
    """In, with the cookies."""
    answer = go(following or home_of(entered.person.role))
    let_in(answer, request, entered)
    return answer


async def leave_former(request: Request, house: House) -> None:
    """The cookie is about to be replaced: the sign-in behind the old one would stay open with nobody to end it."""
    with suppress(Refusal):
        await end_sign_in(house.office, await signed_in(request))


async def sign_out(request: Request) -> Response:
    """POST /sign-out. Clients come out on a page that says nothing; whatever fails, the cookie goes."""
    house: House = request.state["house"]
    place = EMPTY_PAGE
    with suppress(Exception):  # an accident too: who leaves must leave, and the cookie goes below
        leaving = await signed_in(request)
        place = await _way_out(house, leaving.person)
        if raw := (await form_of(request)).get("draft"):
            await keep_last_words(house.office, leaving.person, raw)
        await end_sign_in(house.office, leaving)
    # A form may lead to nowhere but here (form-action), not by a redirect either: what leads elsewhere is a page that
    # goes on at once.
    elsewhere = place.startswith("https://")
    answer = plain_page(request, "public/left.html", Left(place)) if elsewhere else go(place)
    keep_slips(answer, house.settings.web, ())
    let_out(answer, house.settings.web)
    return answer


async def _way_out(house: House, person: Person) -> str:
    """Where who signs out comes to; for clients the page they chose, which says nothing."""
    if person.role is not Role.CLIENT:
        return "/?out=1"
    practice = await practice_named(house.office, person.practice)
    return (exit_of(person, practice) if practice else "") or EMPTY_PAGE


async def left(request: Request) -> Response:
    """GET /exit"""
    return plain_page(request, "public/left.html", None)


def entrance(
    house: House, *, username: str = "", trouble: str = "", following: str = "", own: bool = False
) -> SignIn:
    """The page to sign in by. `own`: the answer it offers to whether the device is only theirs."""
    demo = getattr(house, "demo_people", ())
    return SignIn(fresh_key(), username, trouble, following, demo, own)
