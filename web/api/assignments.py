"""What a client is given to answer or to do, what comes back, and the measures there are."""

import json
from datetime import date
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from channels.chat import frames
from messaging.assignments.answering import Handed, answer
from messaging.assignments.assignment import Assignment, AssignmentKind, CameBack
from messaging.assignments.cadence import read_every
from messaging.assignments.giving import Given, ask_no_more, give
from messaging.assignments.half_done import key_for
from messaging.assignments.standing import assignment_named, assignments_of, series
from messaging.errors import Malformed
from messaging.ids import parse_uuid
from messaging.measures.measure import Measure, said_in
from messaging.memory.record import Verdict
from messaging.record.reading import enter
from messaging.trust.access import Deed
from web.api.answers import answer as answered
from web.api.reading_requests import a_choice, conversation_id, json_object, only
from web.http.guards import person_asking
from web.state import House


async def measures(request: Request) -> Response:
    """GET /measures?language=: the instruments there are, in their published wording; in English where it has no other."""
    house: House = request.state["house"]
    await person_asking(request)
    language = request.query_params.get("language", "en")
    held = house.office.measures
    return answered({"measures": [_measure(held[name], language) for name in sorted(held)]})


async def everything(request: Request) -> Response:
    """GET /conversations/{id}/assignments: the latest given first."""
    house: House = request.state["house"]
    person = await person_asking(request)
    held, _ = await enter(house.office, person, conversation_id(request), Deed.READ)
    found = await assignments_of(house.office, held)
    return answered({"assignments": [_shown(one) for one in found]})


async def assign(request: Request) -> Response:
    """POST /conversations/{id}/assignments `{kind, what, every?, due?, why?, key?}`: the same key again, the same one."""
    house: House = request.state["house"]
    person = await person_asking(request)
    held, circle = await enter(house.office, person, conversation_id(request), Deed.ASSIGN)
    sent = only(await json_object(request), "kind", "what", "every", "due", "why", "key")
    kind = a_choice(sent, "kind", AssignmentKind)
    if kind is None:
        raise Malformed(f"`kind` is one of {', '.join(AssignmentKind)}.")
    key = key_in(sent) or house.office.new_id()
    every, due = read_every(sent.get("every")), _day(sent.get("due"))
    given = Given(key, kind, sent.get("what"), every, due, sent.get("why"))
    made, outcome = await give(house.office, held, circle, given)
    return answered(_shown(made), 200 if outcome.verdict is Verdict.KNOWN else 201)


async def end(request: Request) -> Response:
    """DELETE /assignments/{id}: it is asked no more; what came back stays."""
    house: House = request.state["house"]
    person = await person_asking(request)
    held, _, one = await assignment_named(house.office, person, _named(request), Deed.ASSIGN)
    await ask_no_more(house.office, held, one)
    return Response(status_code=204)


async def hand_in(request: Request) -> Response:
    """POST /assignments/{id}/answers `{answers, key?}`; of a task or resource `{state, text?, key?}`."""
    house: House = request.state["house"]
    person = await person_asking(request)
    held, circle, one = await assignment_named(house.office, person, _named(request), Deed.WRITE)
    sent = only(await json_object(request), "answers", "state", "text", "version", "key")
    key = key_in(sent) or key_for(one)
    version = sent.get("version")
    if version is not None and type(version) is not int:
        raise Malformed("`version` is the number of the form you have read.")
    handed = Handed(key, sent.get("answers"), sent.get("state"), sent.get("text"), version)
    came, new = await answer(house.office, held, circle, one, handed)
    return answered(_came_back(came), 201 if new else 200)


async def measured(request: Request) -> Response:
    """GET /conversations/{id}/measures/{name}: what it came to, time after time."""
    house: House = request.state["house"]
    person = await person_asking(request)
    held, _ = await enter(house.office, person, conversation_id(request), Deed.READ)
    found = await series(house.office, held, request.path_params["measure"])
    points = [{"at": frames.moment(one.at), "score": one.score, "band": one.band} for one in found]
    return answered({"series": points})


def _measure(one: Measure, language: str) -> dict[str, Any]:
    return {
        "name": one.name,
        "title": said_in(one.title, language),
        "intro": said_in(one.intro, language),
        "items": [{"id": item.id, "text": said_in(item.text, language)} for item in one.items],
        "options": [{"value": o.value, "text": said_in(o.text, language)} for o in one.options],
        "bands": [
            {"from": b.first, "to": b.last, "name": b.name, "text": said_in(b.text, language)}
            for b in one.bands
        ],
        "may_lack": one.may_lack,
        "reliable_change": None
        if one.reliable is None
        else {"points": one.reliable.points, "source": one.reliable.source},
        "source": one.source,
        "licence": said_in(one.licence, language),
    }


def _shown(one: Assignment) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "kind": one.kind,
        "what": one.what,
        "title": one.title or None,
        "every": None if one.every is None else str(one.every),
        "due": None if one.due is None else one.due.isoformat(),
        "why": one.why or None,
        "at": frames.moment(one.at),
        "by": str(one.by),
        "asked": one.asked,
        "ended_at": None if one.ended_at is None else frames.moment(one.ended_at),
        "answers": [
            {"number": came.number, "at": frames.moment(came.at)} | _came_back(came) for came in one.came_back
        ],
    }


def _came_back(came: CameBack) -> dict[str, Any]:
    facts = came.facts
    if facts.state is not None:
        return {"state": facts.state, "text": came.text or None}
    if facts.version is not None:
        given = {name: json.loads(value) for name, value, *_ in facts.form}
        consents = {name: digest[0] for name, _, *digest in facts.form if digest}
        return {"version": facts.version, "answers": given, "consents": consents, "text": came.text}
    alerts = [{"item": item, "value": value} for item, value in facts.alerts]
    return {"score": facts.score, "band": facts.band, "alerts": alerts}


def _named(request: Request) -> UUID | None:
    return parse_uuid(request.path_params["assignment"])


def key_in(sent: dict[str, Any]) -> UUID | None:
    """The key of what is handed in, where there is one. Raises Malformed."""
    found = parse_uuid(sent.get("key"))
    if found is None and sent.get("key") is not None:
        raise Malformed("`key` is a UUID made for this.")
    return found


def _day(raw: object) -> date | None:
    """A day, or the day of a time as it was written. Raises Malformed."""
    if raw is None:
        return None
    try:
        return date.fromisoformat(raw.partition("T")[0] if isinstance(raw, str) else "")
    except ValueError:
        raise Malformed("`due` is a day, written like 2026-12-07.") from None
