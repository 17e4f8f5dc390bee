"""One's own ways in: the password, and where one is signed in."""

from time import monotonic
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from channels.chat import frames
from messaging.entrance.own_ways import change_password, end_sign_in, sign_ins_of
from messaging.entrance.signing_in import SignedIn
from messaging.errors import NotFound, WrongPassword
from messaging.ids import SignInId, parse_uuid
from messaging.memory.sign_ins import SignInKind
from web.api.answers import answer
from web.api.reading_requests import json_object, only, text_field
from web.http.guards import person_asking, signed_in
from web.state import House


async def put_password(request: Request) -> Response:
    """PUT /me/password `{old, new}`: every other sign-in ends."""
    house: House = request.state["house"]
    asking = await _asking(request)
    sent = only(await json_object(request), "old", "new")
    old, new = text_field(sent, "old"), text_field(sent, "new")
    # Only a wrong guess of the old one counts.
    house.said_again.take(asking.person.id, monotonic())
    try:
        await change_password(house.office, asking, old, new)
    except WrongPassword:
        raise
    except Exception:  # nothing was guessed
        house.said_again.give_back(asking.person.id, monotonic())
        raise
    house.said_again.give_back(asking.person.id, monotonic())
    return Response(status_code=204)


async def everywhere(request: Request) -> Response:
    """GET /me/sign-ins: newest first."""
    house: House = request.state["house"]
    asking = await _asking(request)
    found = await sign_ins_of(house.office, asking)
    rows: list[dict[str, Any]] = [
        {
            "id": str(one.id),
            "at": frames.moment(one.created_at),
            "last": frames.moment(one.seen_at),
            "device": one.device or ("a program" if one.kind is SignInKind.BEARER else ""),
            "current": one.id == asking.sign_in.id,
        }
        for one in found
    ]
    return answer({"sign_ins": rows})


async def end(request: Request) -> Response:
    """DELETE /me/sign-ins/{id}: there it is over, within moments."""
    house: House = request.state["house"]
    asking = await _asking(request)
    name = parse_uuid(request.path_params["sign_in"])
    if name is None:
        raise NotFound
    await end_sign_in(house.office, asking, SignInId(name))
    return Response(status_code=204)


async def _asking(request: Request) -> SignedIn:
    """Who asks, by which sign-in. Raises NotSignedIn, Busy."""
    await person_asking(request)
    return await signed_in(request)
