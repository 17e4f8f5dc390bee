"""Signing in and out, and who one is."""

from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from channels.chat import frames
from messaging.entrance.second_factors import stand_of
from messaging.entrance.signing_in import Credentials, sign_out
from messaging.errors import Malformed, NotFound
from messaging.leaving.wishes import choose_language
from messaging.office import Office
from messaging.people import Person, Role
from messaging.practice.openings import IdentityOpening, openings_of
from messaging.practice.said_settings import language_said
from web.api.answers import answer
from web.api.reading_requests import a_flag, a_text, json_object, only, text_field
from web.http.entrance import enter, let_in, let_out
from web.http.guards import signed_in
from web.state import House
from web.version import VERSION


def shown(office: Office, person: Person) -> dict[str, Any]:
    """A person as they see themselves."""
    stand = stand_of(office, person)
    return {
        "id": str(person.id),
        "practice": str(person.practice),
        "name": person.name,
        "role": person.role,
        "email": person.email,
        "email_mode": person.email_mode,
        "language": person.language or "",
        "second_factor": stand.state,
        "grace_until": frames.moment(stand.grace_until) if stand.grace_until else None,
    }


async def create(request: Request) -> Response:
    """POST /sign-ins"""
    house: House = request.state["house"]
    held = await json_object(request)
    practice = None if held.get("practice") is None else text_field(held, "practice")
    claimed = Credentials(
        text_field(held, "username"),
        text_field(held, "password"),
        practice,
        shared=a_flag(held, "own_device") is False,
    )
    entered = await enter(house, request, claimed, a_text(held, "code"))
    response = answer({"token": entered.token.text, "person": shown(house.office, entered.person)}, 201)
    let_in(response, request, entered)
    return response


async def end(request: Request) -> Response:
    """DELETE /sign-ins/current"""
    house: House = request.state["house"]
    await sign_out(house.office, await signed_in(request))
    response = Response(status_code=204)
    let_out(response, house.settings.web)
    return response


async def me(request: Request) -> Response:
    """GET /me: the person, and which version of the program answers; of a sealed identity, who has opened it."""
    house: House = request.state["house"]
    person = (await signed_in(request)).person
    body = shown(house.office, person) | {"server": VERSION, "file_limit": house.settings.mail.size_limit}
    if openings := await openings_of(house.office, person):
        body["identity_opened"] = [_opening(one) for one in openings]
    return answer(body)


async def change_me(request: Request) -> Response:
    """PATCH /me `{language}`: in which pages and mail speak to who is in care; empty: as the practice says."""
    house: House = request.state["house"]
    person = (await signed_in(request)).person
    if person.role is not Role.CLIENT:
        raise NotFound
    chosen = language_said(only(await json_object(request), "language"))
    if chosen is None:
        raise Malformed("Please say `language`.")
    await choose_language(house.office, person, chosen or None)
    return answer(shown(house.office, replace(person, language=chosen or None)))


def _opening(one: IdentityOpening) -> dict[str, Any]:
    by = {"id": str(one.by), "name": one.name}
    return {"by": by, "at": frames.moment(one.at), "reason": one.reason}
