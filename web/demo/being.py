"""Being one of the demonstration's people without signing in, several of them side by side in one browser.

Each has a name of their own below `localhost` (RFC 6761 section 6.3: it leads to this machine), so that their cookies do not
mix. The names are answered to in the demonstration alone, and each lets in nobody else than whom it names.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from messaging.entrance.signing_in import ABSOLUTE, begin
from messaging.errors import NotFound, NotSignedIn
from messaging.ids import PracticeId
from messaging.memory.sign_ins import SignInKind
from messaging.people import Person, Role
from messaging.practice.founding import person_by_username
from messaging.record.reading import people_named
from web.demo.people import CHARACTERS, Character
from web.http.entrance import hand_token
from web.http.guards import signed_in
from web.mail_settings import LOOPBACK
from web.pages.parts.asking import go, home_of
from web.settings import WebSettings
from web.state import House

HOSTS: Final = {f"{one.username}.localhost": one for one in CHARACTERS}


def names_for(web: WebSettings) -> frozenset[str]:
    """The names to answer to: none where others than this machine are served."""
    return frozenset(HOSTS) if web.host in LOOPBACK and not web.secure else frozenset()


def place_of(web: WebSettings, one: Character) -> str:
    """Where one is this person; empty where that is not offered."""
    host = f"{one.username}.localhost"
    if host not in web.of_demo:
        return ""
    port = urlsplit(web.base_url).port
    return f"http://{host}:{port}/demo/be" if port else f"http://{host}/demo/be"


def being(practice: PracticeId) -> Callable[[Request], Awaitable[Response]]:
    """GET /demo/be, at the name of one of the people."""
    return partial(_be, practice)


async def _be(practice: PracticeId, request: Request) -> Response:
    house: House = request.state["house"]
    web = house.settings.web
    host = request.headers["host"].partition(":")[0].lower()
    # A page of whatever site may lead here, but not ask from behind: as a picture, a frame or by a script.
    if host not in web.of_demo or request.headers.get("sec-fetch-mode", "navigate") != "navigate":
        raise NotFound
    person = await _named(house, practice, HOSTS[host])
    response = go(home_of(person.role))
    if not await _is_already(request, person):
        lasts = ABSOLUTE[person.role is not Role.CLIENT]
        token = await begin(house.office, practice, person.id, SignInKind.COOKIE, lasts)
        hand_token(response, web, person.role, token)
    return response


async def _named(house: House, practice: PracticeId, one: Character) -> Person:
    known = await person_by_username(house.office, practice, one.username)
    found = await people_named(house.office, practice, [known]) if known else {}
    if known is None or known not in found:
        raise NotFound
    return found[known]


async def _is_already(request: Request, person: Person) -> bool:
    try:
        return (await signed_in(request)).person.id == person.id
    except NotSignedIn:
        return False
