"""An invitation, which works once: the first password, or a new one for who has lost theirs."""

import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from channels.language.saying import N_
from messaging.entrance.invitations import Accepted as Done
from messaging.entrance.invitations import accept_invitation, is_said
from messaging.entrance.signing_in import SignedIn
from messaging.entrance.signing_in import sign_out as end_sign_in
from messaging.errors import Malformed, NotSignedIn, Refusal, TooFast
from web.fair.guesses import Guesser
from web.http.guards import client_network, cookie_name, signed_in
from web.http.refusals import headers_of, status_of
from web.http.slips import keep_slips
from web.pages.parts.asking import form_of, page, plain_page
from web.pages.parts.saying import _, refusal_said
from web.pages.parts.showing import fresh_key
from web.pages.public.sign_in import says_own
from web.state import House

OF_WORDS: Final = b"the words of invitations"
"""Whose guesses these are: nobody says whose card it is."""
TOO_FAST: Final = N_(
    "There were many tries with other words. Please wait a minute, or use the link of your card."
)
TOKEN_MOST: Final = 100
"""Characters taken of what somebody pastes."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """invitation.html. The token comes behind `#`, which no server or log sees; without scripts it is pasted.

    `somebody`: this browser is signed in, and whose it is nobody is told: they are asked before it goes on.
    """

    key: str
    token: str = field(default="", repr=False)
    mistake: str = ""
    somebody: bool = False
    own: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """invitation_accepted.html: with which name they sign in from now on; a client's recovery phrase, this once.

    `by_card`: an invitation let them in, and not the link of who has lost a password.
    """

    username: str = field(repr=False)
    phrase: str = field(default="", repr=False)
    by_card: bool = True
    own: bool = False
    """They said that the device is only theirs: the sign-in that follows offers that answer."""


async def invitation(request: Request) -> Response:
    """GET /invitation#TOKEN (or ?token=…), and /in, for who types the words of a card"""
    token = request.query_params.get("token", "")[:TOKEN_MOST]
    somebody = await _somebody(request) is not None
    return page(request, "public/invitation.html", Invitation(fresh_key(), token, somebody=somebody))


async def accept(request: Request) -> Response:
    """POST /invitation: the password, once. Whoever was signed in on this browser is signed out, after their yes."""
    house: House = request.state["house"]
    fields = await form_of(request)
    token, own = fields.get("token", "").strip()[:TOKEN_MOST], says_own(fields)
    former = await _somebody(request)
    if former is not None and fields.get("go_on") != "yes":
        view = Invitation(fresh_key(), token, somebody=True, own=own)
        return page(request, "public/invitation.html", view, 409)
    try:
        accepted = await _accepted(request, house, token, fields.get("password"))
    except TooFast as refusal:
        view = Invitation(fresh_key(), token, _(TOO_FAST), former is not None, own)
        answer = page(request, "public/invitation.html", view, status_of(refusal))
        answer.headers.update(headers_of(refusal))
        return answer
    except Malformed as refusal:
        view = Invitation(fresh_key(), token, refusal_said(refusal), former is not None, own)
        return page(request, "public/invitation.html", view, 422)
    except NotSignedIn:
        return plain_page(request, "public/invitation_over.html", None, 404)
    view_of = Accepted(accepted.username, accepted.phrase, own=own)
    answer = page(request, "public/invitation_accepted.html", view_of)
    if former is not None:
        await _leave(house, former, answer)
    return answer


async def _accepted(request: Request, house: House, shown: str, password: object) -> Done:
    """Words can be guessed at, so wrong ones are counted; no token ever is. Raises TooFast, and as `accept_invitation`."""
    if not is_said(shown):
        return await accept_invitation(house.office, shown, password)
    network = client_network(request, house.settings.web.trusted_proxies)
    guess = house.guesses.guess(Guesser(OF_WORDS, network, None), time.monotonic())
    try:
        done = await accept_invitation(house.office, shown, password)
    except NotSignedIn:
        raise
    # A password that may not be, or an accident of ours: the words were right, or not tried.
    except Exception:
        guess.give_back(time.monotonic())
        raise
    guess.give_back(time.monotonic())
    return done


async def _somebody(request: Request) -> SignedIn | None:
    """Who is signed in on this browser. Whatever cannot be found out, the invitation is good without."""
    with suppress(Refusal):
        return await signed_in(request)
    return None


async def _leave(house: House, former: SignedIn, answer: Response) -> None:
    with suppress(Refusal):  # the cookie goes in any case
        await end_sign_in(house.office, former)
    keep_slips(answer, house.settings.web, ())
    secure = house.settings.web.secure
    answer.delete_cookie(cookie_name(house.settings.web), "/", None, secure, httponly=True, samesite="lax")
