"""One's own ways in: the password, the second factor, saying once more who one is, and where one is signed in."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from channels.chat import frames
from messaging.entrance.own_ways import change_password, confirm_second_factor, end_sign_in, sign_ins_of
from messaging.entrance.passkeys import ask_to_step_up, may_step_up_by_passkey, step_up_by_passkey
from messaging.entrance.second_factors import end_factor, offer_factor, recovery_codes
from messaging.entrance.stepping_up import must_be_let_add_factor, must_be_stepped_up, step_up
from messaging.errors import Malformed, NotFound
from messaging.ids import SignInId, parse_uuid
from messaging.leaving.quiet import checked_quiet
from messaging.leaving.wishes import choose_told
from messaging.memory.sign_ins import SignInKind
from messaging.people import QuietHours
from web.api.answers import answer
from web.api.reading_requests import a_flag, a_text, json_object, only, text_field
from web.http.entrance import keep_device, said_again
from web.http.guards import asking_for_own
from web.http.passkeys import party_of
from web.state import House


async def put_password(request: Request) -> Response:
    """PUT /me/password `{old, new}`: every other sign-in ends."""
    house: House = request.state["house"]
    asking = await asking_for_own(request)
    sent = only(await json_object(request), "old", "new")
    old, new = text_field(sent, "old"), text_field(sent, "new")
    async with said_again(house, asking.person.id):
        await change_password(house.office, asking, old, new)
    return Response(status_code=204)


async def step_up_here(request: Request) -> Response:
    """POST /me/step-up `{password, code?}`: for five minutes, in this sign-in."""
    house: House = request.state["house"]
    asking = await asking_for_own(request)
    sent = only(await json_object(request), "password", "code")
    password, code = text_field(sent, "password"), a_text(sent, "code")
    async with said_again(house, asking.person.id):
        await step_up(house.office, asking, password, code)
    return Response(status_code=204)


async def asked_by_passkey(request: Request) -> Response:
    """GET /me/step-up/passkey: what a device signs (WebAuthn), for this sign-in alone; 404 for who has no passkey."""
    house: House = request.state["house"]
    asking = await asking_for_own(request)
    party = party_of(request, house.settings.web)
    if not await may_step_up_by_passkey(house.office, asking.person):
        raise NotFound
    return answer(ask_to_step_up(house.office, asking, party))


async def step_up_by_it(request: Request) -> Response:
    """POST /me/step-up/passkey `{credential}`: what the device has signed; as the password and the code."""
    house: House = request.state["house"]
    asking = await asking_for_own(request)
    credential = only(await json_object(request), "credential").get("credential")
    if not isinstance(credential, dict):
        raise Malformed("`credential` is what the browser's passkey says, as an object.")
    party = party_of(request, house.settings.web)
    await step_up_by_passkey(house.office, asking, json.dumps(credential), party)
    return Response(status_code=204)


async def offer_totp(request: Request) -> Response:
    """POST /me/totp: a secret, told once. For who has stepped up; a first one also for who signed in a moment ago."""
    house: House = request.state["house"]
    asking = await asking_for_own(request)
    must_be_let_add_factor(house.office, asking)
    offered = await offer_factor(house.office, asking.person)
    return answer({"secret": offered.secret, "otpauth": offered.otpauth}, 201)


async def confirm_totp(request: Request) -> Response:
    """PUT /me/totp `{code}`: from now on signing in takes a code."""
    house: House = request.state["house"]
    asking = await asking_for_own(request)
    code = text_field(only(await json_object(request), "code"), "code")
    async with said_again(house, asking.person.id):
        await confirm_second_factor(house.office, asking, code)
    return Response(status_code=204)


async def end_totp(request: Request) -> Response:
    """DELETE /me/totp: for clients, stepped up."""
    house: House = request.state["house"]
    asking = await asking_for_own(request)
    must_be_stepped_up(house.office, asking)
    await end_factor(house.office, asking.person)
    return Response(status_code=204)


async def fresh_codes(request: Request) -> Response:
    """POST /me/recovery-codes: ten, told once; stepped up."""
    house: House = request.state["house"]
    asking = await asking_for_own(request)
    must_be_stepped_up(house.office, asking)
    return answer({"codes": await recovery_codes(house.office, asking.person)}, 201)


async def put_told(request: Request) -> Response:
    """PUT /me/told `{after_minutes, quiet?: {from, until} | null}`: when a mail tells a clinician of it."""
    house: House = request.state["house"]
    asking = await asking_for_own(request)
    sent = only(await json_object(request), "after_minutes", "quiet")
    after = sent.get("after_minutes")
    if "after_minutes" not in sent or (
        after is not None and (not isinstance(after, int) or isinstance(after, bool))
    ):
        raise Malformed("`after_minutes` is a number, or null.")
    if not asking.person.role.is_clinician:
        raise NotFound
    quiet = _quiet(sent["quiet"]) if "quiet" in sent else asking.person.quiet
    await choose_told(house.office, asking.person, after, quiet)
    return Response(status_code=204)


def _quiet(said: object) -> QuietHours | None:
    if said is None:
        return None
    if not isinstance(said, dict) or said.keys() != {"from", "until"}:
        raise Malformed("`quiet` is {from, until}, or null.")
    return checked_quiet(said["from"], said["until"])


async def put_device(request: Request) -> Response:
    """PUT /me/device `{own}`: whether the device they are at is only theirs. For browsers: 404 with a bearer token."""
    asking = await asking_for_own(request)
    own = a_flag(only(await json_object(request), "own"), "own")
    if own is None:
        raise Malformed("`own` is true or false.")
    response = Response(status_code=204)
    await keep_device(request, response, asking, own=own)
    return response


async def everywhere(request: Request) -> Response:
    """GET /me/sign-ins: newest first."""
    house: House = request.state["house"]
    asking = await asking_for_own(request)
    found = await sign_ins_of(house.office, asking)
    rows: list[dict[str, Any]] = [
        {
            "id": str(one.id),
            "at": frames.moment(one.created_at),
            "last": frames.moment(one.seen_at),
            "device": one.device or ("a program" if one.kind is SignInKind.BEARER else ""),
            "current": one.id == asking.sign_in.id,
            "own_device": not one.shared,
        }
        for one in found
    ]
    return answer({"sign_ins": rows})


async def end(request: Request) -> Response:
    """DELETE /me/sign-ins/{id}: there it is over, within moments."""
    house: House = request.state["house"]
    asking = await asking_for_own(request)
    name = parse_uuid(request.path_params["sign_in"])
    if name is None:
        raise NotFound
    await end_sign_in(house.office, asking, SignInId(name))
    return Response(status_code=204)
