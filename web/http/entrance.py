"""The entrance: signing in by password at a pace that guessing cannot use. Only failed guesses count."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final

from starlette.requests import HTTPConnection
from starlette.responses import Response

from messaging.entrance.half_way import HALF_WAY, half_way_in
from messaging.entrance.known_devices import KNOWN_FOR, PROOF_LENGTH, known_device, of_others
from messaging.entrance.own_ways import say_whose_device
from messaging.entrance.signing_in import (
    ABSOLUTE,
    CameFrom,
    Credentials,
    Entered,
    SignedIn,
    name_hash,
    sign_in,
    sign_in_by_code,
)
from messaging.errors import NotFound, NotOnPaper, SecondFactor, WrongCode, WrongCredentials, WrongPassword
from messaging.ids import PersonId
from messaging.office import Asking
from messaging.people import Role
from messaging.trust.tokens import Token, read_token
from web.fair.guesses import Guesser
from web.http.devices import device_of
from web.http.guards import client_network, cookie_name, shown_token
from web.settings import WebSettings
from web.state import House

CLEAR: Final = {"Clear-Site-Data": '"cache"'}
"""Back after leaving finds nothing in the browser. Not the cookies: the one that knows the device stays (SECURITY.md); and
not storage, in which no page of ours writes anything: with it browsers end the worker that keeps Help now (docs/decisions).
Said by what ends a sign-in and not by the empty page after it, for browsers clear before they show, which can take seconds.
"""
PEOPLE_OF_A_BROWSER: Final = 4
"""Whose proofs one browser keeps: a couple's computer, a practice's."""
OWN: Final = "own"
"""The answer that a device is only theirs: as a form says it, and as the first part of what a browser keeps then."""


async def enter(house: House, connection: HTTPConnection, claimed: Credentials, code: str | None) -> Entered:
    """Signs in at once, with the code where one is asked for. Raises WrongCredentials, SecondFactor, WrongCode, Busy."""
    try:
        return await enter_by_password(house, connection, claimed)
    except SecondFactor as asked:
        if not code:
            raise
        return await enter_by_code(house, connection, asked.half_way, code, shared=claimed.shared)


async def enter_by_password(house: House, connection: HTTPConnection, claimed: Credentials) -> Entered:
    """Signs in. Raises WrongCredentials, SecondFactor where a code is asked for, TooFast or Busy."""
    name = name_hash(house.office, claimed.username)
    network = client_network(connection, house.settings.web.trusted_proxies)
    device = await known_device(house.office, name, proofs_of(connection, house.settings.web))
    guess = house.guesses.guess(Guesser(name, network, device.nonce if device else None), time.monotonic())
    asking = Asking(device.nonce if device else network, known=device is not None)
    try:
        # Before anything is looked up: a flood that waits for the database would hold up everybody else's pages.
        async with house.entering.turn(asking):
            claimed = replace(claimed, device=device_of(connection.headers.get("user-agent", "")))
            entered = await sign_in(house.office, claimed, asking, device)
    except WrongCredentials:
        raise
    # The password was right, or not tried to its end: nobody is slowed for an accident of ours.
    except Exception:
        guess.give_back(time.monotonic())
        raise
    guess.give_back(time.monotonic())
    return entered


async def enter_by_code(
    house: House, connection: HTTPConnection, half_way: str, code: str, *, shared: bool = False
) -> Entered:
    """The rest of the way in. Raises WrongCode, NotSignedIn where the first half is over, TooFast or Busy."""
    half = half_way_in(house.office, half_way)
    device = await known_device(house.office, half.name, proofs_of(connection, house.settings.web))
    own = device.nonce if device and device.person == half.person else None
    guess = house.guesses.code(half.person, own, time.monotonic())
    device_name = device_of(connection.headers.get("user-agent", ""))
    came = CameFrom(device_name, known=own is not None, shared=shared)
    try:
        entered = await sign_in_by_code(house.office, half, code, came)
    except WrongCode:
        raise
    except Exception:  # it was not tried to its end: nobody is slowed for an accident of ours
        guess.give_back(time.monotonic())
        raise
    guess.give_back(time.monotonic())
    return entered


@asynccontextmanager
async def said_again(house: House, person: PersonId) -> AsyncIterator[None]:
    """Somebody signed in says their password, a code, or what is on paper: only a wrong one counts. Raises TooFast."""
    house.said_again.take(person, time.monotonic())
    try:
        yield
    except (WrongPassword, WrongCode, NotOnPaper):
        raise
    except BaseException:  # whatever it was, nothing was guessed
        house.said_again.give_back(person, time.monotonic())
        raise
    house.said_again.give_back(person, time.monotonic())


def let_in(response: Response, connection: HTTPConnection, entered: Entered) -> None:
    """The browser's half of a sign-in: its cookie, and the one by which the device is known from now on.

    Where others use the device too, the one ends with the browser, and nothing says that they were here.
    """
    house: House = connection.state["house"]
    web = house.settings.web
    hand_token(response, web, entered.person.role, entered.token, shared=entered.shared)
    if entered.told:
        house.mail_owed.set()
    others = of_others(proofs_of(connection, web), entered.person.id)
    if entered.shared and device_cookie(web) in connection.cookies:
        _keep_proofs(response, web, others)
    elif entered.device and not entered.shared:
        _keep_proofs(response, web, [OWN, entered.device, *others][: PEOPLE_OF_A_BROWSER + 1])
    # Else nobody signed in anew: of whoever was known here nothing is forgotten.


async def keep_device(connection: HTTPConnection, response: Response, asking: SignedIn, *, own: bool) -> None:
    """Whether the device is only theirs, said anew. Raises NotFound for a program, Busy."""
    house: House = connection.state["house"]
    token = read_token(shown_token(connection, house.settings.web) or "")
    if token is None:
        raise NotFound
    let_in(response, connection, await say_whose_device(house.office, asking, token, own=own))


def _keep_proofs(response: Response, web: WebSettings, proofs: list[str]) -> None:
    if proofs:
        _set(response, web, device_cookie(web), ".".join(proofs), int(KNOWN_FOR.total_seconds()))
    else:
        response.delete_cookie(device_cookie(web), "/", None, web.secure, httponly=True, samesite="lax")


def was_own(connection: HTTPConnection, web: WebSettings) -> bool:
    """Whether somebody has said in this browser that the device is only theirs: then that is the answer it offers."""
    return connection.cookies.get(device_cookie(web), "").split(".", 1)[0] == OWN


def let_out(response: Response, web: WebSettings) -> None:
    """The browser keeps nothing but the proof that somebody signed in here."""
    response.headers.update(CLEAR)
    response.delete_cookie(cookie_name(web), "/", None, web.secure, httponly=True, samesite="lax")


def hand_token(
    response: Response, web: WebSettings, role: Role, token: Token, *, shared: bool = False
) -> None:
    """The cookie alone."""
    lasts = None if shared else int(ABSOLUTE[role is not Role.CLIENT].total_seconds())
    _set(response, web, cookie_name(web), token.text, lasts)


def let_half_way_in(response: Response, web: WebSettings, proof: str) -> None:
    """The password was right: its browser keeps a proof of that, out of reach of scripts, until the code."""
    _set(response, web, half_way_cookie(web), proof, int(HALF_WAY.total_seconds()))


def no_more_half_way(response: Response, web: WebSettings) -> None:
    """All the way in, or over."""
    response.delete_cookie(half_way_cookie(web), "/", None, web.secure, httponly=True, samesite="lax")


def half_way_cookie(web: WebSettings) -> str:
    """It lets nobody in, and ends by itself."""
    return f"{cookie_name(web)}-half"


def device_cookie(web: WebSettings) -> str:
    """It outlives signing out, and says no more than that somebody signed in here."""
    return f"{cookie_name(web)}-device"


def proofs_of(connection: HTTPConnection, web: WebSettings) -> list[str]:
    most = PEOPLE_OF_A_BROWSER + 1
    shown = connection.cookies.get(device_cookie(web), "").split(".", most)[:most]
    proofs = [one for one in shown if len(one) == PROOF_LENGTH and one.isascii()]
    return proofs[:PEOPLE_OF_A_BROWSER]


def _set(response: Response, web: WebSettings, name: str, value: str, lasts: int | None) -> None:
    """`__Host-` cookies must be Secure, with Path=/ and no Domain. Without `lasts` (seconds) it ends with the browser."""
    response.set_cookie(
        name, value, max_age=lasts, path="/", secure=web.secure, httponly=True, samesite="lax"
    )
