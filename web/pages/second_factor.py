"""The second factor on pages: setting one up, another one, recovery codes, going without; and who one is, once more.

The secret and the codes are told once, in the answer to the form that made them, and stand at no address.
"""

from collections.abc import Sequence
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from messaging.entrance.own_ways import set_up_factor
from messaging.entrance.passkeys import ask_to_step_up, may_step_up_by_passkey, step_up_by_passkey
from messaging.entrance.second_factors import Offered, end_factor, has_app, offer_factor, recovery_codes
from messaging.entrance.signing_in import SignedIn
from messaging.entrance.stepping_up import is_stepped_up, may_add_factor, must_be_stepped_up, step_up
from messaging.errors import NotFound, Refusal, StepUp, WrongCredentials
from messaging.ids import parse_uuid
from messaging.people import Role
from messaging.trust.roles import Task, must_do
from web.http.entrance import said_again
from web.http.passkeys import party_of
from web.http.refusals import headers_of, status_of
from web.pages.account import PLACE as ACCOUNT
from web.pages.account import bar_of, words_of
from web.pages.parts.account_view import Again, Factor
from web.pages.parts.asking import Visit, form_of, go, key_of, own_visit, page
from web.pages.parts.qr import qr_of
from web.pages.parts.showing import fresh_key, signed_in

PLACE: Final = "/account/second-factor"
AGAIN: Final = "/account/again"
NO_PASSKEY: Final = "This passkey could not be used. Please try again, or say your password."
STEPS: Final = {"new": "begin", "codes": "fresh", "off": "off"}
"""What one may come here for, and what is asked then."""
AFTER: Final = {
    **{purpose: f"{PLACE}?do={purpose}" for purpose in STEPS},
    "phrase": "/account/recovery-phrase",
    "hat": f"{ACCOUNT}?done=again#hat",
    "passkeys": "/account/passkeys",
    "address": "/me/mail#address",
    "sheet": "/account/recovery-sheet",
    "identity": "/",
    "copy": "/me/copy",
    "archive": "/admin/archive",
}
"""For what somebody says once more who they are, and where they go on then."""

TASKS: Final = {"identity": Task.CLIENTS, "archive": Task.PRACTICE}
"""Those that are for who has this to do."""
RECORD: Final = "record:"
"""Before the id of a conversation: for its whole record as a file, and back to where that is asked for."""


async def show(request: Request) -> Response:
    """GET /account/second-factor?do=new|codes|off"""
    visit, asking = await own_visit(request)
    purpose = request.query_params.get("do", "new")
    _must_fit(visit, purpose)
    if not _may(visit, asking, purpose):
        return go(f"{AGAIN}?do={purpose}")
    return page(request, "parts/second_factor.html", await _factor(visit, STEPS[purpose]))


async def offer(request: Request) -> Response:
    """POST /account/second-factor: a secret, told once."""
    visit, asking = await own_visit(request)
    key_of(await form_of(request))
    if not _may(visit, asking, "new"):
        return go(f"{AGAIN}?do=new")
    offered = await offer_factor(visit.office, visit.person)
    return page(request, "parts/second_factor.html", await _offered(visit, offered))


async def confirm(request: Request) -> Response:
    """POST /account/second-factor/confirm: from now on signing in takes a code; the recovery codes, told once.

    Who may was asked where it was offered: nothing else can be confirmed.
    """
    visit, asking = await own_visit(request)
    fields = await form_of(request)
    key_of(fields)
    try:
        async with said_again(visit.house, visit.person.id):
            codes = await set_up_factor(visit.office, asking, fields.get("code", "").replace(" ", ""))
    except NotFound:  # nothing is offered: sent twice, and the first has set it up
        return go(f"{ACCOUNT}?done=factor")
    except Refusal as refusal:
        view = await _factor(visit, "offered", mistake=words_of(refusal))
        return _refused(request, "parts/second_factor.html", view, refusal)
    return page(request, "parts/second_factor.html", await told_codes(visit, codes))


async def told_codes(visit: Visit, codes: Sequence[str]) -> Factor:
    """Recovery codes of who has just got their second factor."""
    return await _factor(visit, "codes", codes=tuple(codes), on=True)


async def fresh_codes(request: Request) -> Response:
    """POST /account/second-factor/codes: ten others, told once."""
    visit, asking = await own_visit(request)
    key_of(await form_of(request))
    try:
        must_be_stepped_up(visit.office, asking)
    except StepUp:
        return go(f"{AGAIN}?do=codes")
    codes = tuple(await recovery_codes(visit.office, visit.person))
    return page(request, "parts/second_factor.html", await _factor(visit, "codes", codes=codes))


async def turn_off(request: Request) -> Response:
    """POST /account/second-factor/off: for clients. Who must have one keeps it."""
    visit, asking = await own_visit(request)
    key_of(await form_of(request))
    try:
        must_be_stepped_up(visit.office, asking)
    except StepUp:
        return go(f"{AGAIN}?do=off")
    await end_factor(visit.office, visit.person)
    return go(f"{ACCOUNT}?done=off")


async def again(request: Request) -> Response:
    """GET /account/again?do=…: for one of AFTER."""
    visit, _ = await own_visit(request)
    purpose = request.query_params.get("do", "new")
    _must_say_again(visit, purpose)
    return page(request, "parts/say_again.html", await _again(visit, purpose))


async def say_again(request: Request) -> Response:
    """POST /account/again: the password, and the code where there is one. For five minutes, in this browser alone."""
    visit, asking = await own_visit(request)
    fields = await form_of(request)
    key_of(fields)
    purpose = fields.get("do", "new")
    _must_say_again(visit, purpose)
    try:
        async with said_again(visit.house, visit.person.id):
            await step_up(visit.office, asking, fields.get("password", ""), fields.get("code"))
    except Refusal as refusal:
        view = await _again(visit, purpose, words_of(refusal))
        return _refused(request, "parts/say_again.html", view, refusal)
    return go(_after(purpose))


async def asked_again(request: Request) -> Response:
    """GET /account/again/passkey: what a device signs, as its browser takes it."""
    visit, asking = await own_visit(request)
    party = party_of(request, visit.house.settings.web)
    return JSONResponse(ask_to_step_up(visit.office, asking, party))


async def show_again(request: Request) -> Response:
    """POST /account/again/passkey: as the password and the code."""
    visit, asking = await own_visit(request)
    fields = await form_of(request)
    key_of(fields)
    purpose = fields.get("do", "new")
    _must_say_again(visit, purpose)
    party = party_of(request, visit.house.settings.web)
    try:
        await step_up_by_passkey(visit.office, asking, fields.get("credential", ""), party)
    except WrongCredentials as refusal:
        view = await _again(visit, purpose, NO_PASSKEY)
        return _refused(request, "parts/say_again.html", view, refusal)
    return go(_after(purpose))


def _after(purpose: str) -> str:
    """Where they go on; who may come there is asked there."""
    return f"/c/{purpose.removeprefix(RECORD)}/record" if purpose.startswith(RECORD) else AFTER[purpose]


def _must_say_again(visit: Visit, purpose: str) -> None:
    """Nobody is asked for what is not theirs. Raises NotFound."""
    if purpose == "hat":
        if visit.person.role is Role.CLIENT or visit.person.hat_of is not None:
            raise NotFound
        return
    if purpose == "passkeys":
        return
    if purpose == "sheet":
        if visit.person.role is Role.CLIENT:
            raise NotFound
        return
    if purpose in TASKS:
        must_do(visit.person, TASKS[purpose])
        return
    if purpose.startswith(RECORD):
        if not visit.person.role.is_clinician or parse_uuid(purpose.removeprefix(RECORD)) is None:
            raise NotFound
        return
    if purpose in ("phrase", "address", "copy"):
        if visit.person.role is not Role.CLIENT:
            raise NotFound
        return
    _must_fit(visit, purpose)


def _must_fit(visit: Visit, purpose: str) -> None:
    """Codes and going without are for who has one, and going without for clients alone. Raises NotFound."""
    person = visit.person
    if purpose not in STEPS or (purpose != "new" and not person.second_factor):
        raise NotFound
    if purpose == "off" and person.role is not Role.CLIENT:
        raise NotFound


def _may(visit: Visit, asking: SignedIn, purpose: str) -> bool:
    """Whether they said who they are a moment ago."""
    if purpose == "new":
        return may_add_factor(visit.office, asking)
    return is_stepped_up(visit.office, asking)


async def _offered(visit: Visit, offered: Offered) -> Factor:
    drawn = await visit.aside(qr_of, offered.otpauth)
    secret = " ".join(offered.secret[at : at + 4] for at in range(0, len(offered.secret), 4))
    return await _factor(visit, "offered", secret=secret, otpauth=offered.otpauth, qr=drawn)


async def _factor(visit: Visit, step: str, **more: Any) -> Factor:
    known = {"on": visit.person.second_factor}
    return Factor(signed_in(visit), await bar_of(visit), visit.here, fresh_key(), step, **(known | more))


async def _again(visit: Visit, purpose: str, mistake: str = "") -> Again:
    return Again(
        signed_in=signed_in(visit),
        bar=await bar_of(visit),
        here=visit.here,
        key=fresh_key(),
        purpose=purpose,
        needs_code=(needs_code := visit.person.second_factor),
        by_app=not needs_code or await has_app(visit.office, visit.person.practice, visit.person.id),
        passkeys=await may_step_up_by_passkey(visit.office, visit.person),
        mistake=mistake,
    )


def _refused(request: Request, template: str, view: object, refusal: Refusal) -> Response:
    answer = page(request, template, view, status_of(refusal))
    answer.headers.update(headers_of(refusal))
    return answer
