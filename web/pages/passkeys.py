"""One's own passkeys: listed, made and removed by who has said a moment ago who they are."""

from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from messaging.entrance.passkeys import add_passkey, ask_to_make, passkeys_of, remove_passkey
from messaging.entrance.signing_in import SignedIn
from messaging.entrance.stepping_up import is_stepped_up
from messaging.errors import Conflict, Malformed, NotFound
from messaging.ids import parse_uuid
from messaging.people import Role
from web.http.passkeys import from_here, party_of
from web.http.refusals import status_of
from web.pages.account import bar_of
from web.pages.parts.account_view import PasskeyRow, Passkeys
from web.pages.parts.asking import Visit, form_of, go, key_of, own_visit, page
from web.pages.parts.saying import refusal_said
from web.pages.parts.showing import fresh_key, signed_in
from web.pages.second_factor import AGAIN, told_codes

PLACE: Final = "/account/passkeys"
SAY_AGAIN: Final = f"{AGAIN}?do=passkeys"


async def show(request: Request) -> Response:
    """GET /account/passkeys"""
    visit, asking = await own_visit(request)
    done = request.query_params.get("done", "")
    return page(request, "parts/passkeys.html", await _shown(visit, asking, done=done))


async def asked(request: Request) -> Response:
    """GET /account/passkeys/new: what a device makes one of, as its browser takes it. Raises StepUp."""
    visit, asking = await own_visit(request)
    return JSONResponse(await ask_to_make(visit.office, asking, party_of(request, visit.house.settings.web)))


async def add(request: Request) -> Response:
    """POST /account/passkeys"""
    visit, asking = await own_visit(request)
    fields = await form_of(request)
    key_of(fields)
    if not is_stepped_up(visit.office, asking):
        return go(SAY_AGAIN)
    try:
        said = fields.get("credential", "")
        codes = await add_passkey(visit.office, asking, said, from_here(request, visit.house))
    except (Malformed, Conflict) as refusal:
        view = await _shown(visit, asking, mistake=refusal_said(refusal))
        return page(request, "parts/passkeys.html", view, status_of(refusal))
    if codes:
        return page(request, "parts/second_factor.html", await told_codes(visit, codes))
    return go(f"{PLACE}?done=added")


async def remove(request: Request) -> Response:
    """POST /account/passkeys/{passkey}/remove"""
    visit, asking = await own_visit(request)
    key_of(await form_of(request))
    name = parse_uuid(request.path_params["passkey"])
    if name is None:
        raise NotFound
    if not is_stepped_up(visit.office, asking):
        return go(SAY_AGAIN)
    try:
        await remove_passkey(visit.office, asking, name)
    except Conflict as refusal:
        view = await _shown(visit, asking, mistake=refusal_said(refusal))
        return page(request, "parts/passkeys.html", view, status_of(refusal))
    return go(f"{PLACE}?done=removed")


async def _shown(visit: Visit, asking: SignedIn, *, done: str = "", mistake: str = "") -> Passkeys:
    found = await passkeys_of(visit.office, visit.person)
    return Passkeys(
        signed_in(visit),
        await bar_of(visit),
        visit.here,
        fresh_key(),
        tuple(PasskeyRow(str(one.id), one.device, one.created_at, one.used_at) for one in found),
        may=is_stepped_up(visit.office, asking),
        is_first_factor=visit.person.role is not Role.CLIENT and not visit.person.second_factor,
        done=done,
        mistake=mistake,
    )
