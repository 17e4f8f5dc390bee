"""Enquiries by a program: what one says of oneself on the public page, and what becomes of an enquiry."""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response

from messaging.enquiries.deciding import claim, decline, refer
from messaging.enquiries.public import NAMES, profile_said, say_of_oneself
from messaging.errors import Malformed, NotFound
from messaging.ids import PersonId, parse_uuid
from messaging.people import Profile
from web.api.answers import answer
from web.api.reading_requests import a_text, conversation_id, json_object, only
from web.http.guards import person_asking
from web.state import House


async def profile(request: Request) -> Response:
    """GET /me/profile: what the public page says of oneself, each part by its name."""
    person = await person_asking(request)
    if not person.role.is_clinician:
        raise NotFound
    return answer(asdict(person.profile or Profile()))


async def say(request: Request) -> Response:
    """PUT /me/profile `enquiries.public.NAMES`, each optional: in the place of what was said before."""
    house: House = request.state["house"]
    person = await person_asking(request)
    said = profile_said(only(await json_object(request), *NAMES))
    await say_of_oneself(house.office, person, said)
    return answer(asdict(said or Profile()))


async def decide(request: Request) -> Response:
    """POST /conversations/{id}/enquiry `{state: "claimed"|"referred"|"declined", to?}`, by who takes enquiries"""
    house: House = request.state["house"]
    person, conversation = await person_asking(request), conversation_id(request)
    sent = only(await json_object(request), "state", "to")
    match a_text(sent, "state"):
        case "claimed":
            await claim(house.office, person, conversation)
        case "declined":
            await decline(house.office, person, conversation)
        case "referred":
            to = parse_uuid(a_text(sent, "to"))
            if to is None:
                raise NotFound
            await refer(house.office, person, conversation, PersonId(to))
        case _:
            raise Malformed("`state` is one of claimed, referred, declined.")
    house.mail_owed.set()
    return Response(status_code=204)
