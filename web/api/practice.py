"""The practice itself, and who writes with whom in it."""

from enum import StrEnum
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from channels.chat import frames
from messaging.conversations import Circle, Kind
from messaging.ending.care import Ending, begin_care_again, end_care
from messaging.errors import Malformed, NotFound
from messaging.ids import PersonId, parse_uuid
from messaging.leaving.answer_rules import checked_answer_rule, said_of
from messaging.people import Practice
from messaging.practice.circles import (
    Begins,
    Belongs,
    NewCircle,
    answer_by,
    ask_no_more,
    begin_circle,
    join_circle,
    leave_circle,
    who_belongs,
)
from messaging.practice.from_start import answer_asked
from messaging.practice.said_settings import KEYS, changes_said, settings_said
from messaging.practice.settings import change_practice
from messaging.record.reading import enter
from messaging.trust.access import Deed
from web.api.answers import answer
from web.api.reading_requests import ITEMS, a_choice, a_flag, a_text, conversation_id, json_object, only
from web.http.guards import person_asking
from web.state import House


class From(StrEnum):
    """From where on somebody who joins may read."""

    NOW = "now"
    START = "start"


async def change(request: Request) -> Response:
    """PUT /practice: `said_settings.KEYS`, each optional."""
    house: House = request.state["house"]
    person = await person_asking(request)
    changes = changes_said(only(await json_object(request), *KEYS))
    return answer(shown(await change_practice(house.office, person, changes)))


async def begin(request: Request) -> Response:
    """POST /conversations `{clients, clinicians, kind?, ref?}`"""
    house: House = request.state["house"]
    person = await person_asking(request)
    sent = only(await json_object(request), "clients", "clinicians", "kind", "ref")
    kind = a_choice(sent, "kind", Kind) or Kind.INDIVIDUAL
    new = NewCircle(kind, _people(sent, "clients"), _people(sent, "clinicians"), a_text(sent, "ref"))
    circle, known = await begin_circle(house.office, person, new)
    return answer(begun(circle), 200 if known else 201)


async def join(request: Request) -> Response:
    """PUT /conversations/{id}/members/{person} `{from?: "now"|"start"}`: from now on; with `start` clients are asked."""
    house: House = request.state["house"]
    person = await person_asking(request)
    sent = only(await json_object(request), "from") if await request.body() else {}
    begins = a_choice(sent, "from", From) or From.NOW
    await join_circle(house.office, person, conversation_id(request), _member(request), Begins(begins.value))
    return Response(status_code=204)


async def members(request: Request) -> Response:
    """GET /conversations/{id}/members: who belongs to it, and what is asked about whom."""
    house: House = request.state["house"]
    person = await person_asking(request)
    found = await who_belongs(house.office, person, conversation_id(request))
    return answer({"members": [_belongs(one) for one in found]})


def _belongs(one: Belongs) -> dict[str, Any]:
    body: dict[str, Any] = {"id": str(one.person.id), "name": one.person.name, "role": one.person.role}
    if one.later is not None:
        body["later"] = one.later
    if (start := one.start) is not None:
        state = "refused" if start.refused else "asked"
        body["start"] = {"state": state, "until": frames.moment(start.until)}
        body["start"] |= {"since": frames.moment(start.since)} if start.since else {}
    return body


async def say_start(request: Request) -> Response:
    """PUT /conversations/{id}/members/{person}/start `{agree}`: by who is asked whether they may read everything."""
    house: House = request.state["house"]
    person = await person_asking(request)
    agrees = a_flag(only(await json_object(request), "agree"), "agree")
    if agrees is None:
        raise Malformed("`agree` is missing.")
    held, _ = await enter(house.office, person, conversation_id(request), Deed.WRITE)
    await answer_asked(house.office, held, _member(request), agrees=agrees)
    return Response(status_code=204)


async def ask_start_no_more(request: Request) -> Response:
    """DELETE the same: it is asked no more, by who arranges who belongs to it."""
    house: House = request.state["house"]
    person = await person_asking(request)
    await ask_no_more(house.office, person, conversation_id(request), _member(request))
    return Response(status_code=204)


async def leave(request: Request) -> Response:
    """DELETE /conversations/{id}/members/{person}: their sockets close (4403), their reply address ends."""
    house: House = request.state["house"]
    person = await person_asking(request)
    await leave_circle(house.office, person, conversation_id(request), _member(request))
    return Response(status_code=204)


async def answer_rule(request: Request) -> Response:
    """PUT /conversations/{id}/answer-rule `{weekday?, by?, working_days?}`: the promise follows at once."""
    house: House = request.state["house"]
    person = await person_asking(request)
    rule = checked_answer_rule(await json_object(request))
    promise = await answer_by(house.office, person, conversation_id(request), rule)
    return answer({**said_of(rule), "promise": frames.moment(promise) if promise else None})


async def end(request: Request) -> Response:
    """POST /conversations/{id}/end `{reason?, knowingly?}`: care is over from this moment. Twice is once."""
    house: House = request.state["house"]
    person = await person_asking(request)
    sent = only(await json_object(request), "reason", "knowingly") if await request.body() else {}
    ending = Ending(a_text(sent, "reason") or "", knowingly=bool(a_flag(sent, "knowingly")))
    ended = await end_care(house.office, person, conversation_id(request), ending)
    return answer({"ended_at": frames.moment(ended.ended_at) if ended.ended_at else None})


async def begin_again(request: Request) -> Response:
    """DELETE /conversations/{id}/end: care goes on. Twice is once."""
    house: House = request.state["house"]
    person = await person_asking(request)
    await begin_care_again(house.office, person, conversation_id(request))
    return Response(status_code=204)


def shown(practice: Practice) -> dict[str, Any]:
    """The practice, for those who keep it."""
    return {"id": str(practice.id), "slug": practice.slug, **settings_said(practice)}


def begun(circle: Circle) -> dict[str, Any]:
    """A conversation with its people."""
    conversation = circle.conversation
    members = [
        {"id": str(m.person), "name": circle.people[m.person].name, "role": m.role}
        for m in conversation.members
        if m.person in circle.people
    ]
    named = {"id": str(conversation.id), "kind": conversation.kind, "name": circle.title()}
    return {**named, "members": members}


def _member(request: Request) -> PersonId:
    found = parse_uuid(request.path_params["person"])
    if found is None:
        raise NotFound
    return PersonId(found)


def _people(sent: dict[str, Any], name: str) -> tuple[PersonId, ...]:
    """Ids; one that names nobody is not found."""
    held = sent.get(name)
    if not isinstance(held, list) or len(held) > ITEMS:
        raise Malformed(f"`{name}` is a list of ids.")
    found = [parse_uuid(one) for one in held]
    if None in found:
        raise NotFound
    return tuple(PersonId(one) for one in found if one is not None)
