"""How care is to end: planned by who cares, read by everybody of the conversation, called off."""

from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from channels.chat import frames
from messaging.ending.planning import EndingPlan, PlannedEnding, call_off_ending, ending_of, plan_ending
from messaging.errors import Malformed, NotFound
from messaging.record.reading import enter
from messaging.trust.access import Deed
from web.api.answers import answer
from web.api.assignments import key_in
from web.api.reading_requests import a_flag, a_text, conversation_id, json_object, only
from web.http.guards import person_asking
from web.state import House

FIELDS = ("day", "by_itself", "letters", "sessions", "write_until", "elsewhere", "text", "key")


async def show(request: Request) -> Response:
    """GET /conversations/{id}/ending: as it is planned, or was where care has ended; 404 where it is not."""
    house: House = request.state["house"]
    person = await person_asking(request)
    held, _ = await enter(house.office, person, conversation_id(request), Deed.READ)
    planned = await ending_of(house.office, held)
    if planned is None:
        raise NotFound
    return answer(_shown(planned))


async def put(request: Request) -> Response:
    """PUT /conversations/{id}/ending `{day, by_itself?, letters?, sessions?, write_until?, elsewhere?, text?, key?}`"""
    house: House = request.state["house"]
    person = await person_asking(request)
    held, _ = await enter(house.office, person, conversation_id(request), Deed.ASSIGN)
    sent = only(await json_object(request), *FIELDS)
    day = _day(sent, "day")
    if day is None:
        raise Malformed("`day` is the last one, written like 2026-12-07.")
    plan = EndingPlan(
        day=day,
        by_itself=bool(a_flag(sent, "by_itself")),
        letters=_count(sent, "letters"),
        sessions=_count(sent, "sessions"),
        write_until=_day(sent, "write_until"),
        elsewhere=a_text(sent, "elsewhere") or "",
        words=a_text(sent, "text") or "",
    )
    return answer(_shown(await plan_ending(house.office, held, key_in(sent) or house.office.new_id(), plan)))


async def call_off(request: Request) -> Response:
    """DELETE the same: it is planned no more. Twice is once."""
    house: House = request.state["house"]
    person = await person_asking(request)
    held, _ = await enter(house.office, person, conversation_id(request), Deed.ASSIGN)
    await call_off_ending(house.office, held, house.office.new_id())
    return Response(status_code=204)


def _shown(planned: PlannedEnding) -> dict[str, Any]:
    plan = planned.plan
    return {
        "day": plan.day.isoformat(),
        "by_itself": plan.by_itself,
        "letters": plan.letters,
        "sessions": plan.sessions,
        "write_until": None if plan.write_until is None else plan.write_until.isoformat(),
        "elsewhere": plan.elsewhere,
        "text": plan.words,
        "at": None if planned.at is None else frames.moment(planned.at),
        "by": str(planned.by),
    }


def _day(sent: dict[str, Any], name: str) -> date | None:
    raw = sent.get(name)
    if raw is None:
        return None
    try:
        return date.fromisoformat(raw if isinstance(raw, str) else "")
    except ValueError:
        raise Malformed(f"`{name}` is a day, written like 2026-12-07.") from None


def _count(sent: dict[str, Any], name: str) -> int | None:
    raw = sent.get(name)
    if raw is not None and (not isinstance(raw, int) or isinstance(raw, bool)):
        raise Malformed(f"`{name}` is a number.")
    return raw
