"""An invitation, which works once: the first password, or a new one for who has lost theirs."""

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from messaging.entrance.signing_in import SignedIn, accept_invitation
from messaging.entrance.signing_in import sign_out as end_sign_in
from messaging.errors import Malformed, NotSignedIn, Refusal
from web.http.guards import cookie_name, signed_in
from web.http.slips import keep_slips
from web.pages.parts.asking import form_of, page, plain_page
from web.pages.parts.showing import fresh_key
from web.state import House

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


@dataclass(frozen=True, slots=True)
class Accepted:
    """invitation_accepted.html: with which name they sign in from now on; a client's recovery phrase, this once.

    `by_card`: an invitation let them in, and not the link of who has lost a password.
    """

    username: str = field(repr=False)
    phrase: str = field(default="", repr=False)
    by_card: bool = True


async def invitation(request: Request) -> Response:
    """GET /invitation#TOKEN (or ?token=…)"""
    token = request.query_params.get("token", "")[:TOKEN_MOST]
    somebody = await _somebody(request) is not None
    return page(request, "public/invitation.html", Invitation(fresh_key(), token, somebody=somebody))


async def accept(request: Request) -> Response:
    """POST /invitation: the password, once. Whoever was signed in on this browser is signed out, after their yes."""
    house: House = request.state["house"]
    fields = await form_of(request)
    token = fields.get("token", "").strip()[:TOKEN_MOST]
    former = await _somebody(request)
    if former is not None and fields.get("go_on") != "yes":
        view = Invitation(fresh_key(), token, somebody=True)
        return page(request, "public/invitation.html", view, 409)
    try:
        accepted = await accept_invitation(house.office, token, fields.get("password"))
    except Malformed as refusal:
        view = Invitation(fresh_key(), token, refusal.detail, somebody=former is not None)
        return page(request, "public/invitation.html", view, 422)
    except NotSignedIn:
        return plain_page(request, "public/invitation_over.html", None, 404)
    answer = page(request, "public/invitation_accepted.html", Accepted(accepted.username, accepted.phrase))
    if former is not None:
        await _leave(house, former, answer)
    return answer


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
