"""The entrance: signing in by password at a pace that guessing cannot use. Only failed guesses count."""

import time
from dataclasses import replace
from typing import Final

from starlette.requests import HTTPConnection
from starlette.responses import Response

from messaging.entrance.known_devices import KNOWN_FOR, PROOF_LENGTH, known_device, of_others
from messaging.entrance.signing_in import ABSOLUTE, Credentials, Entered, name_hash, sign_in
from messaging.errors import WrongCode, WrongCredentials
from messaging.office import Asking
from messaging.people import Role
from messaging.trust.tokens import Token
from web.fair.guesses import Guesser
from web.http.devices import device_of
from web.http.guards import client_network, cookie_name
from web.settings import WebSettings
from web.state import House

PEOPLE_OF_A_BROWSER: Final = 4
"""Whose proofs one browser keeps: a couple's computer, a practice's."""


async def enter_by_password(house: House, connection: HTTPConnection, claimed: Credentials) -> Entered:
    """Signs in. Raises WrongCredentials, TooFast or Busy."""
    name = name_hash(house.office, claimed.username)
    network = client_network(connection, house.settings.web.trusted_proxies)
    device = await known_device(house.office, name, _proofs(connection, house.settings.web))
    guess = house.guesses.guess(Guesser(name, network, device.nonce if device else None), time.monotonic())
    asking = Asking(device.nonce if device else network, known=device is not None)
    try:
        # Before anything is looked up: a flood that waits for the database would hold up everybody else's pages.
        async with house.entering.turn(asking):
            claimed = replace(claimed, device=device_of(connection.headers.get("user-agent", "")))
            entered = await sign_in(house.office, claimed, asking, device)
    except (WrongCredentials, WrongCode):
        raise
    except Exception:  # it was not tried to its end: nobody is slowed for an accident of ours
        guess.give_back(time.monotonic())
        raise
    guess.give_back(time.monotonic())
    return entered


def let_in(response: Response, connection: HTTPConnection, entered: Entered) -> None:
    """The browser's half of a sign-in: its cookie, and the one by which the device is known from now on."""
    house: House = connection.state["house"]
    web = house.settings.web
    hand_token(response, web, entered.person.role, entered.token)
    others = of_others(_proofs(connection, web), entered.person.id)
    proofs = [entered.device, *others][:PEOPLE_OF_A_BROWSER]
    _set(response, web, device_cookie(web), ".".join(proofs), int(KNOWN_FOR.total_seconds()))


def hand_token(response: Response, web: WebSettings, role: Role, token: Token) -> None:
    """The cookie alone."""
    lasts = ABSOLUTE[role is not Role.CLIENT]
    _set(response, web, cookie_name(web), token.text, int(lasts.total_seconds()))


def device_cookie(web: WebSettings) -> str:
    """It outlives signing out, and says no more than that somebody signed in here."""
    return f"{cookie_name(web)}-device"


def _proofs(connection: HTTPConnection, web: WebSettings) -> list[str]:
    shown = connection.cookies.get(device_cookie(web), "").split(".", PEOPLE_OF_A_BROWSER)[
        :PEOPLE_OF_A_BROWSER
    ]
    return [one for one in shown if len(one) == PROOF_LENGTH and one.isascii()]


def _set(response: Response, web: WebSettings, name: str, value: str, lasts: int) -> None:
    """`__Host-` cookies must be Secure, with Path=/ and no Domain."""
    response.set_cookie(
        name, value, max_age=lasts, path="/", secure=web.secure, httponly=True, samesite="lax"
    )
