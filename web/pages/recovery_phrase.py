"""A client's recovery phrase on pages: made by who has said a moment ago who they are, and told once."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from messaging.entrance.recovery_phrases import fresh_phrase
from messaging.entrance.signing_in import SignedIn
from messaging.entrance.stepping_up import is_stepped_up
from messaging.errors import NotFound
from messaging.people import Role
from messaging.practice.ways_back import stop_own
from web.pages.parts.account_view import Phrase
from web.pages.parts.asking import Visit, form_of, go, key_of, own_visit, page
from web.pages.parts.showing import fresh_key, signed_in
from web.pages.second_factor import AGAIN

TEMPLATE: Final = "parts/recovery_phrase.html"


async def show(request: Request) -> Response:
    """GET /account/recovery-phrase"""
    visit, asking = await _client(request)
    if not is_stepped_up(visit.office, asking):
        return go(f"{AGAIN}?do=phrase")
    return page(request, TEMPLATE, Phrase(signed_in(visit), visit.here, fresh_key()))


async def make(request: Request) -> Response:
    """POST /account/recovery-phrase"""
    visit, asking = await _client(request)
    key_of(await form_of(request))
    if not is_stepped_up(visit.office, asking):
        return go(f"{AGAIN}?do=phrase")
    phrase = await fresh_phrase(visit.office, visit.person)
    return page(request, TEMPLATE, Phrase(signed_in(visit), visit.here, fresh_key(), phrase))


async def stop(request: Request) -> Response:
    """POST /account/way-back/stop: who is signed in did not ask for another password."""
    visit, _ = await own_visit(request)
    key_of(await form_of(request))
    await stop_own(visit.office, visit.person)
    return go("/account?done=stopped")


async def _client(request: Request) -> tuple[Visit, SignedIn]:
    """Clients alone have one: who works here has recovery codes. Raises NotFound, NotSignedIn."""
    visit, asking = await own_visit(request)
    if visit.person.role is not Role.CLIENT:
        raise NotFound
    return visit, asking
