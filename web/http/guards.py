"""What every request passes before it reaches a page: host, origin, size, and who is signed in. Pure ASGI."""

import logging
import math
import re
import time
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from channels.language.saying import N_
from channels.language.speaking import asked_for, speaking
from messaging.entrance.signing_in import SignedIn, must_set_up, who
from messaging.errors import NotSignedIn, SecondFactorDue
from messaging.integrating.service_accounts import account_showing
from messaging.people import Language, Person
from messaging.trust.networks import network_of
from messaging.trust.noted import Door, coming_by
from web.bringing import lets_upload
from web.fair.visitors import Stay
from web.http.dressing import dress
from web.http.faults import NUMBER, new_number
from web.http.health import ANY_HOST
from web.http.metrics import REQUESTS
from web.http.refusals import is_for_programs, problem
from web.http.room_for_files import may_bring_files, most_of
from web.http.scopes import must_reach
from web.settings import WebSettings
from web.state import House

log = logging.getLogger(__name__)

BODY_LIMIT: Final = 2 * 1024 * 1024
"""Bytes of a request: the longest letter in any script, as a form, with room to spare."""
HOST: Final = re.compile(r"(?:([A-Za-z0-9._-]+)|\[([0-9A-Fa-f:.]+)\])(?::[0-9]{1,5})?")
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})

TurnedAway = Callable[[Scope, int, str], Response]
"""Makes the page of a refusal: what was asked, the status, and one plain sentence."""


class Guard:
    """Refuses foreign hosts and cross-site posts, bounds bodies, sets the headers, counts and logs by route."""

    def __init__(
        self, app: ASGIApp, settings: WebSettings, sockets: Mapping[str, ASGIApp], page: TurnedAway
    ) -> None:
        self._app = app
        self._page = page
        self._settings = settings
        self._sockets = sockets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        elif scope["type"] == "http":
            with coming_by(_door(scope)), speaking(_asked_for(scope)):
                await self._http(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        origins = headers.getlist("origin")
        bearer = headers.get("authorization", "")[:7].lower() == "bearer "
        if (
            not _known_host(headers, self._settings)
            or not all(same_origin(one, headers, self._settings) for one in origins)
            # A cookie goes along whoever's page asks; who asks is only in the Origin, and every browser states it.
            or (not origins and "cookie" in headers and not bearer)
        ):
            # Closing before accepting answers 403: a page of another site never gets a socket.
            await send({"type": "websocket.close", "code": 1008})
            return
        # Straight to the endpoint: what the routes and their wrappers do is for requests.
        await self._sockets.get(scope["path"], self._app)(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        state = scope.setdefault("state", {})
        state[NUMBER] = new_number()
        stay = state["stay"] = Stay(state["house"].visitors)
        started = time.perf_counter()
        status = 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                stay.end()  # what was read for it is rendered; a slow reader keeps no place
                dress(message, scope["path"], self._settings)
            await send(message)

        try:
            refusal = self._refusal(scope, headers)
            if refusal is not None:
                await refusal(scope, receive, sending)
                return
            await self._app(scope, _bounded(receive, self._most(scope)), sending)
        finally:
            stay.end()
            # The handler's name: few of them, and no id of the path ever becomes a label.
            page = getattr(scope.get("endpoint"), "__name__", "none")
            REQUESTS.labels(scope["method"], page, str(status)).observe(time.perf_counter() - started)

    def _refusal(self, scope: Scope, headers: Headers) -> ASGIApp | None:
        if scope["path"] not in ANY_HOST and not _known_host(headers, self._settings):
            return PlainTextResponse("This host is not served here.", 400)
        length = headers.get("content-length", "0")
        if (
            not length.isascii()
            or not length.isdigit()
            or len(length) > 12
            or int(length) > self._most(scope)
        ):
            return self._away(
                scope, 413, "too_long", N_("This is too long to send at once. Nothing of it was kept.")
            )
        if scope["method"] not in SAFE and not self._own_request(headers):
            return self._away(scope, 403, "cross_site", N_("This request came from another site."))
        return None

    def _most(self, scope: Scope) -> float:
        """Octets this request may have. A backup brought at set-up is bounded by the disk, and taken piece by piece."""
        target = f"{scope['path']}?{scope.get('query_string', b'').decode('latin-1')}"
        if scope["method"] != "POST":
            return BODY_LIMIT
        if lets_upload(scope["state"]["house"].setup_token, target):
            return math.inf
        if may_bring_files(scope["path"], Headers(scope=scope).get("content-type", "")):
            return most_of(scope["state"]["house"].settings.mail.size_limit)
        return BODY_LIMIT

    def _away(self, scope: Scope, status: int, code: str, detail: str) -> Response:
        """People are shown a page of ours, with the ways to help and out."""
        if is_for_programs(Request(scope)):
            return problem(status, code, detail)
        return self._page(scope, status, detail)

    def _own_request(self, headers: Headers) -> bool:
        """Unsafe requests come from our own pages, or from programs that no browser and no cookie is behind."""
        if len(headers.getlist("origin")) > 1:
            return False
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        if origin is not None and origin != "null":
            return same_origin(origin, headers, self._settings)
        if site is not None or origin == "null":
            # Without a referrer a browser sends `Origin: null` with our own forms too; then this header tells.
            return site == "same-origin"
        return "cookie" not in headers or headers.get("authorization", "").startswith("Bearer ")


def _asked_for(scope: Scope) -> Language:
    """In which language somebody is refused, or asked to sign in; a program in the one it was written for."""
    if is_for_programs(Request(scope)):
        return Language.ENGLISH
    return asked_for(Headers(scope=scope).get("accept-language", ""))


def _door(scope: Scope) -> Door:
    """A page, or a program: by where it asks, or by what it shows."""
    shown = Headers(scope=scope).get("authorization", "")[:7].lower()
    return Door.API if scope["path"].startswith("/api/") or shown == "bearer " else Door.PAGE


def same_origin(origin: str, headers: Headers, settings: WebSettings) -> bool:
    """Whether an Origin is ours: the base URL's, or on this machine itself the very host that was asked."""
    if origin == settings.base_url:
        return True
    # Plain http is only ever this machine itself (see `settings`), whose port may be any.
    return not settings.secure and origin == f"http://{headers.get('host', '')}"


def _known_host(headers: Headers, settings: WebSettings) -> bool:
    """One Host, a plain name or address with or without a port; no user, path or blank in it."""
    hosts = headers.getlist("host")
    named = HOST.fullmatch(hosts[0]) if len(hosts) == 1 else None
    return named is not None and (named[1] or named[2]).lower() in settings.hosts


def _bounded(receive: Receive, most: float) -> Receive:
    """A body without a length, or one that lies about it, is cut off at the limit."""
    seen = 0

    async def bounded() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            return {"type": "http.disconnect"}
        return message

    return bounded


def cookie_name(settings: WebSettings) -> str:
    """`__Host-` binds the cookie to this host and to https; plain http is only ever this machine itself."""
    return "__Host-quietline" if settings.secure else "quietline"


def shown_token(connection: HTTPConnection, settings: WebSettings) -> str | None:
    """The bearer token or the cookie, whichever is shown."""
    authorization = connection.headers.get("authorization", "")
    if authorization[:7].lower() == "bearer ":
        return authorization[7:].strip()
    return connection.cookies.get(cookie_name(settings))


def somebody_acts(connection: HTTPConnection) -> bool:
    """Whether somebody did this, and no page by itself: a script's look for news (Fetch Metadata), a socket come back."""
    if connection.scope["type"] != "http":
        return False
    mode = connection.headers.get("sec-fetch-mode", "navigate")
    return connection.scope["method"] not in SAFE or mode == "navigate"


async def signed_in(connection: HTTPConnection) -> SignedIn:
    """Who asks. Raises NotSignedIn, and for a program that does not reach this NotFound."""
    house: House = connection.state["house"]
    shown = shown_token(connection, house.settings.web)
    if shown is None:
        raise NotSignedIn
    try:
        return await who(house.office, shown, acts=somebody_acts(connection))
    except NotSignedIn:
        return await _program(house, connection, shown)


async def _program(house: House, connection: HTTPConnection, shown: str) -> SignedIn:
    """A service account, where one of its scopes is for this. Raises NotFound where none is, NotSignedIn."""
    account = await account_showing(house.office, shown)
    must_reach(connection.scope, account.scopes)
    return SignedIn(account.as_person, account.as_sign_in(house.office.clock()), program=True)


async def asking_for_own(request: Request) -> SignedIn:
    """Who asks for what is their own way in, once there is a place among what they ask at the same time.

    Also who must set up a second factor before anything else: here they do it. Raises NotSignedIn, Busy.
    """
    asking = await signed_in(request)
    await request.state["stay"].of(asking.person.id)
    return asking


async def somebody_asking(request: Request) -> SignedIn:
    """Who asks for anything else, in their place, and by which sign-in. Raises NotSignedIn, SecondFactorDue, Busy."""
    house: House = request.state["house"]
    asking = await asking_for_own(request)
    if must_set_up(house.office.clock(), asking):
        raise SecondFactorDue
    return asking


async def person_asking(request: Request) -> Person:
    """The same, where it does not matter by which. Raises NotSignedIn, SecondFactorDue, Busy."""
    return (await somebody_asking(request)).person


def whose(request: Request) -> Hashable:
    """Who causes the work of this request: the person, or where a stranger comes from."""
    house: House = request.state["house"]
    return request.state["stay"].whose or client_network(request, house.settings.web.trusted_proxies)


def client_address(connection: HTTPConnection, trusted: Iterable[str]) -> str:
    """The address asking: what a trusted proxy says, else the peer's own."""
    peer = connection.client.host if connection.client else ""
    # The last field and the last of it is what our proxy wrote; before it stands what the client claims.
    forwarded = connection.headers.getlist("x-forwarded-for")
    if forwarded and peer in trusted:
        return forwarded[-1].rpartition(",")[2].strip()
    return peer


def client_network(connection: HTTPConnection, trusted: Iterable[str]) -> str:
    """The network asking; the peer's own where a proxy says something that is no address."""
    peer = connection.client.host if connection.client else ""
    return network_of(client_address(connection, trusted)) or network_of(peer) or peer
