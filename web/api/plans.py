"""The plan for hard hours: the client's to change; who cares says something beside a part of it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from channels.chat import frames
from messaging.errors import Malformed
from messaging.plans.changing import Change, change_plan, remark
from messaging.plans.plan import Plan, checked_parts, plan_of
from messaging.record.reading import enter
from messaging.trust.access import Deed
from web.api.answers import answer
from web.api.assignments import key_in
from web.api.reading_requests import conversation_id, json_object, only
from web.http.guards import person_asking
from web.state import House


async def show(request: Request) -> Response:
    """GET /conversations/{id}/plan: as it stands; version 0 with empty parts where nobody has written one yet."""
    house: House = request.state["house"]
    person = await person_asking(request)
    held, circle = await enter(house.office, person, conversation_id(request), Deed.READ)
    return answer(_shown(await plan_of(house.office, held, circle)))


async def put(request: Request) -> Response:
    """PUT /conversations/{id}/plan `{parts: [{name, text}], version?, key?}`: by the client, over what they read."""
    house: House = request.state["house"]
    person = await person_asking(request)
    held, circle = await enter(house.office, person, conversation_id(request), Deed.WRITE)
    sent = only(await json_object(request), "parts", "version", "key")
    version = sent.get("version")
    if version is not None and (not isinstance(version, int) or isinstance(version, bool)):
        raise Malformed("`version` is the number of the one you have read.")
    change = Change(key_in(sent) or house.office.new_id(), checked_parts(sent.get("parts")), version)
    return answer(_shown(await change_plan(house.office, held, circle, change)))


async def say_beside(request: Request) -> Response:
    """PUT /conversations/{id}/plan/remarks `{part, text, key?}`: by who cares; an empty text takes theirs away."""
    house: House = request.state["house"]
    person = await person_asking(request)
    held, circle = await enter(house.office, person, conversation_id(request), Deed.ASSIGN)
    sent = only(await json_object(request), "part", "text", "key")
    key = key_in(sent) or house.office.new_id()
    return answer(_shown(await remark(house.office, held, circle, key, sent.get("part"), sent.get("text"))))


def _shown(plan: Plan) -> dict[str, Any]:
    return {
        "parts": [{"name": one.name, "text": one.text} for one in plan.parts],
        "remarks": [{"part": one.part, "author": str(one.author), "text": one.text} for one in plan.remarks],
        "version": plan.version,
        "at": None if plan.at is None else frames.moment(plan.at),
    }
