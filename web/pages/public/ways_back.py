"""The way back in for who has lost a password: asked for, opened by a mailed link, stopped.

Nothing here says whether there is such a person: who asks is answered before anybody looks. A link is looked at by a form
alone, so that programs that open every link of a mail change nothing; its token stands behind the `#` of its address.
"""

import time
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from messaging.entrance.signing_in import name_hash
from messaging.errors import Busy, Conflict, Malformed, NotSignedIn, TooFast, WrongProof
from messaging.people import Role
from messaging.practice.ways_back import WayBack, go_back_in, stop_by_link, way_back, wish_back
from messaging.trust.passwords import least_length
from web.fair.guesses import Guesser
from web.http.guards import client_network
from web.http.refusals import headers_of, status_of
from web.pages.parts.asking import form_of, page, plain_page
from web.pages.parts.saying import _, refusal_said
from web.pages.parts.showing import fresh_key
from web.pages.public.invited import TOKEN_MOST, Accepted
from web.pages.public.views import Back, Forgotten
from web.state import House

NAME_MOST: Final = 400
"""Characters taken of a name or an address."""
BACK: Final = "public/way_back.html"


async def forgotten(request: Request) -> Response:
    """GET /forgotten"""
    return page(request, "public/forgotten.html", Forgotten(fresh_key()))


async def ask(request: Request) -> Response:
    """POST /forgotten: the same answer, as soon, whoever it is."""
    house: House = request.state["house"]
    said = (await form_of(request)).get("said", "").strip()[:NAME_MOST]
    network = client_network(request, house.settings.web.trusted_proxies)
    now = time.monotonic()
    try:
        if said:
            house.asked_back.ask(said, Guesser(name_hash(house.office, said), network), now)
    except Busy as refusal:
        trouble = "too_many" if isinstance(refusal, TooFast) else "busy"
        answer = page(
            request, "public/forgotten.html", Forgotten(fresh_key(), said, trouble), status_of(refusal)
        )
        answer.headers.update(headers_of(refusal))
        return answer
    return page(request, "public/forgotten.html", Forgotten(fresh_key(), said, asked=bool(said)))


async def link(request: Request) -> Response:
    """GET /way-back#TOKEN (or ?token=…): looks at nothing, and uses nothing up."""
    return page(request, BACK, Back(fresh_key(), "link", _token_in(request)))


async def open_link(request: Request) -> Response:
    """POST /way-back: what is asked for beside the link."""
    house: House = request.state["house"]
    token = await _token(request)
    try:
        found = await way_back(house.office, token)
    except NotSignedIn:
        return _over(request)
    return page(request, BACK, _asked(found, token))


async def choose(request: Request) -> Response:
    """POST /way-back/password: the proof and another password, once."""
    house: House = request.state["house"]
    fields = await form_of(request)
    token = fields.get("token", "").strip()[:TOKEN_MOST]
    try:
        found = await way_back(house.office, token)
    except NotSignedIn:
        return _over(request)
    try:
        guess = house.guesses.of_person("way back", found.person, time.monotonic())
        try:
            done = await go_back_in(house.office, token, fields.get("proof", ""), fields.get("password"))
        except WrongProof:
            raise
        except BaseException:  # whatever it was, nothing was guessed
            guess.give_back(time.monotonic())
            raise
    except NotSignedIn:
        return _over(request)
    except (Malformed, WrongProof, Busy) as refusal:
        mistake = _("There were many tries. Please wait a minute.") if isinstance(refusal, TooFast) else ""
        view = _asked(found, token, mistake or refusal_said(refusal))
        answer = page(request, BACK, view, status_of(refusal))
        answer.headers.update(headers_of(refusal))
        return answer
    guess.give_back(time.monotonic())
    house.mail_owed.set()
    kept = Accepted(done.username, done.phrase, by_card=False)
    return page(request, "public/invitation_accepted.html", kept)


async def wish(request: Request) -> Response:
    """POST /way-back/wish: no phrase either, so who answers for them is asked."""
    house: House = request.state["house"]
    token = await _token(request)
    try:
        await wish_back(house.office, token)
    except (NotSignedIn, Conflict):
        return _over(request)
    return page(request, BACK, Back(fresh_key(), "wished"))


async def stopping(request: Request) -> Response:
    """GET /way-back/stop#TOKEN"""
    return page(request, BACK, Back(fresh_key(), "stop", _token_in(request)))


async def stop(request: Request) -> Response:
    """POST /way-back/stop: nothing comes of it. The same answer for a token that stops nothing, or nothing any more."""
    house: House = request.state["house"]
    await stop_by_link(house.office, await _token(request))
    return page(request, BACK, Back(fresh_key(), "stopped"))


def _asked(found: WayBack, token: str, mistake: str = "") -> Back:
    staff = found.role is not Role.CLIENT
    return Back(
        key=fresh_key(),
        step=found.proof,
        token=token,
        mistake=mistake,
        least=least_length(staff=staff, second_factor=staff),
        wished=found.wished_at is not None,
        allowed=found.open_from is not None,
    )


def _over(request: Request) -> Response:
    return plain_page(request, BACK, Back("", "over"), 404)


def _token_in(request: Request) -> str:
    return request.query_params.get("token", "")[:TOKEN_MOST]


async def _token(request: Request) -> str:
    return (await form_of(request)).get("token", "").strip()[:TOKEN_MOST]
