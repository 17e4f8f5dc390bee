"""The practice itself, and who writes with whom in it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from messaging.conversations import Circle, Kind
from messaging.errors import Malformed, NotFound
from messaging.ids import PersonId, parse_uuid
from messaging.people import HelpNumber, Practice
from messaging.practice.circles import NewCircle, begin_circle
from messaging.practice.overseeing import PracticeChanges, change_practice
from web.api.answers import answer
from web.api.reading_requests import ITEMS, a_choice, a_text, json_object, only, text_field
from web.http.guards import person_asking
from web.state import House


async def change(request: Request) -> Response:
    """PUT /practice `{name?, time_zone?, numbers?: [{name, number, when?}]}`"""
    house: House = request.state["house"]
    person = await person_asking(request)
    sent = only(await json_object(request), "name", "time_zone", "numbers")
    changes = PracticeChanges(a_text(sent, "name"), a_text(sent, "time_zone"), _numbers(sent))
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


def shown(practice: Practice) -> dict[str, Any]:
    """The practice, for those who keep it."""
    return {
        "id": str(practice.id),
        "slug": practice.slug,
        "name": practice.name,
        "time_zone": practice.time_zone,
        "numbers": [{"name": n.name, "number": n.number, "when": n.when} for n in practice.numbers],
    }


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


def _people(sent: dict[str, Any], name: str) -> tuple[PersonId, ...]:
    """Ids; one that names nobody is not found."""
    held = sent.get(name)
    if not isinstance(held, list) or len(held) > ITEMS:
        raise Malformed(f"`{name}` is a list of ids.")
    found = [parse_uuid(one) for one in held]
    if None in found:
        raise NotFound
    return tuple(PersonId(one) for one in found if one is not None)


def _numbers(sent: dict[str, Any]) -> tuple[HelpNumber, ...] | None:
    held = sent.get("numbers")
    if held is None:
        return None
    if not isinstance(held, list) or not all(isinstance(one, dict) for one in held):
        raise Malformed("`numbers` is a list of {name, number, when?}.")
    return tuple(
        HelpNumber(text_field(one, "name"), text_field(one, "number"), a_text(one, "when") or "")
        for one in (only(one, "name", "number", "when") for one in held)
    )
