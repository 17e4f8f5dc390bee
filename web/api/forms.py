"""Forms of the practice's own, in versions; given and answered as measures are (`assignments`)."""

from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from channels.chat import frames
from messaging.errors import Malformed
from messaging.forms.form import checked_form
from messaging.forms.writing import OwnForm, change, end, form_of, forms_of, make
from messaging.ids import parse_uuid
from web.api.answers import answer
from web.api.reading_requests import json_object, only
from web.http.guards import person_asking
from web.state import House


async def everything(request: Request) -> Response:
    """GET /forms: each in its newest version."""
    house: House = request.state["house"]
    found = await forms_of(house.office, await person_asking(request))
    return answer({"forms": [_shown(one) for one in found]})


async def add(request: Request) -> Response:
    """POST /forms `{title, questions}`: a new one in its first version."""
    house: House = request.state["house"]
    person = await person_asking(request)
    sent = only(await json_object(request), "title", "questions")
    form = checked_form(sent.get("title"), sent.get("questions"))
    return answer(_shown(await make(house.office, person, form)), 201)


async def one(request: Request) -> Response:
    """GET /forms/{id}: with all its versions, the first one first."""
    house: House = request.state["house"]
    found = await form_of(house.office, await person_asking(request), _named(request))
    return answer(_shown(found[-1]) | {"versions": [_version(one) for one in found]})


async def add_a_version(request: Request) -> Response:
    """POST /forms/{id}/versions `{title, questions, after?}`: asked from now on; the same once more is none."""
    house: House = request.state["house"]
    person = await person_asking(request)
    sent = only(await json_object(request), "title", "questions", "after")
    after = sent.get("after")
    if after is not None and type(after) is not int:
        raise Malformed("`after` is the number of the version you have read.")
    form = checked_form(sent.get("title"), sent.get("questions"))
    return answer(_shown(await change(house.office, person, _named(request), form, after)), 201)


async def give_up(request: Request) -> Response:
    """DELETE /forms/{id}: it is given no more; where it was given it is still asked."""
    house: House = request.state["house"]
    await end(house.office, await person_asking(request), _named(request))
    return Response(status_code=204)


def _shown(one: OwnForm) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "made_at": frames.moment(one.made_at),
        "ended_at": None if one.ended_at is None else frames.moment(one.ended_at),
    } | _version(one)


def _version(one: OwnForm) -> dict[str, Any]:
    return {
        "version": one.version,
        "at": frames.moment(one.changed_at),
        "title": one.form.title if one.form else None,
        "questions": [question.said() for question in one.form.questions] if one.form else None,
    }


def _named(request: Request) -> UUID | None:
    return parse_uuid(request.path_params["form"])
