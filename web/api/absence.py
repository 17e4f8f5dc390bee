"""One's own absence, and who stands in meanwhile."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from channels.chat import frames
from messaging.absence.declaring import checked_wanted, end_absence, say_absence
from messaging.absence.shown import Absent, InOne, own_absence
from messaging.office import Office
from messaging.people import Person
from web.api.answers import answer
from web.api.reading_requests import json_object
from web.http.guards import person_asking
from web.state import House


async def mine(request: Request) -> Response:
    """GET /me/absence: `{absence}`, for a fortnight also one that is over; null where there is none."""
    house: House = request.state["house"]
    person = await person_asking(request)
    return await _as_it_stands(house.office, person)


async def say(request: Request) -> Response:
    """PUT /me/absence `{from, until, cover?, scope?}`: in the place of what was said before; the same twice is once."""
    house: House = request.state["house"]
    person = await person_asking(request)
    await say_absence(house.office, person, checked_wanted(await json_object(request)))
    return await _as_it_stands(house.office, person)


async def end(request: Request) -> Response:
    """DELETE /me/absence: one is back, and whoever stands in is out."""
    house: House = request.state["house"]
    person = await person_asking(request)
    await end_absence(house.office, person)
    return Response(status_code=204)


async def _as_it_stands(office: Office, person: Person) -> Response:
    found = await own_absence(office, person)
    return answer({"absence": None if found is None else _described(found)})


def _described(found: Absent) -> dict[str, Any]:
    kept = found.kept
    return {
        "id": kept.id,
        "from": kept.first.isoformat(),
        "until": kept.last.isoformat(),
        "reason": kept.reason,
        "cover": kept.cover,
        "scope": kept.scope,
        "offer": kept.offer,
        "ended_at": None if kept.ended_at is None else frames.moment(kept.ended_at),
        "conversations": [_in_one(one) for one in found.conversations],
    }


def _in_one(one: InOne) -> dict[str, Any]:
    return {
        "conversation": one.circle.conversation.id,
        "clients": one.answer,
        "covered": one.covers,
        "arrived": one.counted.arrived,
        "answered": one.counted.answered,
        "sessions": one.counted.sessions,
        "waits": one.waits,
    }
