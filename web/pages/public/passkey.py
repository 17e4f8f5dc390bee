"""Signing in with a passkey: what the device is asked, and its answer. Without scripts nothing of it is seen."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from messaging.entrance.passkeys import ask_to_sign
from messaging.errors import Busy, WrongCredentials
from web.http.passkeys import enter_by_passkey, party_of
from web.http.refusals import headers_of, status_of
from web.pages.parts.asking import form_of, local_path, page
from web.pages.public.sign_in import entrance, leave_former, says_own, welcome
from web.state import House


async def asked(request: Request) -> Response:
    """GET /sign-in/passkey: what a device signs, as its browser takes it (PublicKeyCredentialRequestOptionsJSON)."""
    house: House = request.state["house"]
    return JSONResponse(ask_to_sign(house.office, party_of(request, house.settings.web)))


async def sign_in(request: Request) -> Response:
    """POST /sign-in/passkey: counts as password and code."""
    house: House = request.state["house"]
    fields = await form_of(request)
    following = local_path(fields.get("next"))
    try:
        entered = await enter_by_passkey(
            house, request, fields.get("credential", ""), shared=not says_own(fields)
        )
    except (WrongCredentials, Busy) as refusal:
        trouble = "passkey" if isinstance(refusal, WrongCredentials) else "busy"
        answer = page(
            request,
            "public/sign_in.html",
            entrance(house, trouble=trouble, following=following, own=says_own(fields)),
            status_of(refusal),
        )
        answer.headers.update(headers_of(refusal))
        return answer
    await leave_former(request, house)
    return welcome(request, entered, following)
