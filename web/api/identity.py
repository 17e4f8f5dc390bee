"""Break-glass by programs: a sealed identity is asked for, said yes to by somebody else, opened, or asked for no more."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from channels.chat import frames
from messaging.errors import Malformed, NotFound
from messaging.ids import PersonId, parse_uuid
from messaging.practice.breaking_glass import (
    Opened,
    ask_who,
    open_who,
    say_yes_to_it,
    standing_of,
    withdraw_it,
)
from web.api.answers import answer
from web.api.reading_requests import a_flag, a_text, json_object, only, text_field
from web.http.guards import person_asking, somebody_asking
from web.state import House


async def standing(request: Request) -> Response:
    """GET /people/{id}/identity: what is asked of a sealed identity; nothing of who they are."""
    house: House = request.state["house"]
    person = await person_asking(request)
    found = await standing_of(house.office, person, _named(request))
    if found is None:
        raise NotFound
    body: dict[str, Any] = {"alone": found.alone, "request": None}
    if (asked := found.request) is not None:
        body["request"] = {
            "id": str(asked.id),
            "by": str(asked.by),
            "own": found.own,
            "reason": asked.reason,
            "unsafe": asked.unsafe,
            "allowed": asked.allowed_at is not None,
            "until": frames.moment(asked.until),
        }
    return answer(body)


async def ask(request: Request) -> Response:
    """POST /people/{id}/identity `{reason, unsafe?, key?}`: 200 opened where nobody else could say yes, 202 it waits."""
    house: House = request.state["house"]
    asking = await somebody_asking(request)
    sent = only(await json_object(request), "reason", "unsafe", "key")
    key = parse_uuid(sent.get("key"))
    if key is None and "key" in sent:
        raise Malformed("`key` is a UUID made for this request.")
    unsafe, reason = bool(a_flag(sent, "unsafe")), text_field(sent, "reason")
    opened = await ask_who(house.office, asking, _named(request), reason, unsafe=unsafe, key=key)
    return answer({"waits": True}, 202) if opened is None else answer(_shown(opened))


async def allow(request: Request) -> Response:
    """PUT /people/{id}/identity `{request}`: somebody else's yes, to the request they have read."""
    house: House = request.state["house"]
    asking = await somebody_asking(request)
    named = parse_uuid(a_text(only(await json_object(request), "request"), "request"))
    if named is None:
        raise Malformed("`request` is the id of a request.")
    await say_yes_to_it(house.office, asking, _named(request), named)
    return Response(status_code=204)


async def open_it(request: Request) -> Response:
    """POST /people/{id}/identity/open: by who asked, within the hour after the yes."""
    house: House = request.state["house"]
    asking = await somebody_asking(request)
    return answer(_shown(await open_who(house.office, asking, _named(request))))


async def withdraw(request: Request) -> Response:
    """DELETE /people/{id}/identity: who asked does so no more."""
    house: House = request.state["house"]
    asking = await somebody_asking(request)
    await withdraw_it(house.office, asking, _named(request))
    return Response(status_code=204)


def _shown(opened: Opened) -> dict[str, Any]:
    return {"name": opened.name, "email": opened.email, "told": opened.told}


def _named(request: Request) -> PersonId:
    found = parse_uuid(request.path_params["person"])
    if found is None:
        raise NotFound
    return PersonId(found)
