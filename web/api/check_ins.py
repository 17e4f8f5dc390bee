"""Check-ins of a session: a client posts their own, clinicians read everybody's, a client only what they said."""

from time import monotonic
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from channels.chat import frames
from messaging.conversations import Circle, Session
from messaging.errors import Malformed, NotFound
from messaging.ids import parse_uuid
from messaging.memory.record import Verdict
from messaging.people import Person, Role
from messaging.record.reading import enter, note_opening
from messaging.sessions.checking_in import Given, check_in
from messaging.sessions.finding import session_named
from messaging.sessions.happening import Whereabouts, whereabouts
from messaging.sessions.standings import CheckIn, Standing, Step, last_check_in, own_standing, standings
from messaging.trust.access import Deed, Pass
from web.api.answers import answer
from web.api.reading_requests import conversation_id, json_object, session_id
from web.fair.guesses import may_compare
from web.http.guards import person_asking
from web.state import House


async def read(request: Request) -> Response:
    """GET /sessions/{id}/check-ins"""
    house: House = request.state["house"]
    person = await person_asking(request)
    mine = person.role is Role.CLIENT
    held, circle, session = await _asked(house, person, request, Deed.READ if mine else Deed.HOLD_SESSION)
    await note_opening(house.office, held)
    if mine:
        found: tuple[Standing, ...] = (await own_standing(house.office, held, circle, session),)
    else:
        found = await standings(house.office, held, circle, session)
    shown = [_shown(one, step, mine=mine) for one in found for step in one.steps]
    missing = [str(one.person.id) for one in found if one.missing]
    return answer({"check_ins": shown, "missing": missing})


def _shown(standing: Standing, step: CheckIn, *, mine: bool) -> dict[str, Any]:
    """One step. A client is not told what became of the word."""
    held: dict[str, Any] = {
        "id": str(step.id),
        "person": str(standing.person.id),
        "step": step.step,
        "at": frames.moment(step.at),
    }
    if step.step is Step.ANSWERED:
        answers = step.answers
        held |= {
            "place": answers.place,
            "region": answers.region,
            "alone": answers.alone,
            "phone": answers.phone,
        }
        if not mine:
            held["word"] = answers.word
    return held


async def where(request: Request) -> Response:
    """GET /conversations/{id}/whereabouts: for when something is happening. Each look is a line in the trail."""
    house: House = request.state["house"]
    person = await person_asking(request)
    held, circle = await enter(house.office, person, conversation_id(request), Deed.HOLD_SESSION)
    found = await whereabouts(house.office, held, circle)
    return answer({"whereabouts": [_where(one) for one in found]})


def _where(one: Whereabouts) -> dict[str, Any]:
    said = one.check_in
    if said is None:
        return {"person": str(one.person.id), "at": None}
    return {
        "person": str(one.person.id),
        "at": frames.moment(said.at),
        "place": said.answers.place,
        "region": said.answers.region,
        "alone": said.answers.alone,
        "phone": said.answers.phone,
        "emergency": one.emergency or None,
    }


async def write(request: Request) -> Response:
    """POST /sessions/{id}/check-ins. The answer is the same whatever the word was."""
    house: House = request.state["house"]
    person = await person_asking(request)
    held, _, session = await _asked(house, person, request, Deed.SAY)
    if person.role is not Role.CLIENT:
        raise NotFound
    sent = await json_object(request)
    key = parse_uuid(sent.get("key"))
    if key is None:
        raise Malformed("`key` is a UUID made for this check-in.")
    given = await _given(house, held, sent)
    comparing = may_compare(house.guesses, person.id, given.word or given.new_word, monotonic())
    outcome = await check_in(house.office, held, session, key, given, comparing=comparing)
    body = {"number": outcome.number, "at": frames.moment(outcome.at) if outcome.at else None}
    return answer(body, 200 if outcome.verdict is Verdict.KNOWN else 201)


async def _given(house: House, held: Pass, sent: dict[str, Any]) -> Given:
    alone = sent.get("alone")
    if not isinstance(alone, bool):
        raise Malformed("Please say whether you are alone.")
    place, region = _text(sent, "place"), _text(sent, "region")
    phone, word, new_word = _text(sent, "phone"), _text(sent, "word"), _text(sent, "new_word")
    if "place_of" in sent:
        before = await _earlier(house, held, sent["place_of"])
        place, region = before.answers.place, before.answers.region
    if "phone_of" in sent:
        phone = (await _earlier(house, held, sent["phone_of"])).answers.phone
    return Given(place, region, alone, phone, word, new_word)


async def _earlier(house: House, held: Pass, raw: object) -> CheckIn:
    """The asker's own earlier check-in. Raises Malformed."""
    named = parse_uuid(raw)
    found = await last_check_in(house.office, held, named) if named else None
    if found is None:
        raise Malformed("There is no such earlier check-in. Please say it anew.")
    return found


def _text(sent: dict[str, Any], name: str) -> str:
    value = sent.get(name, "")
    if not isinstance(value, str):
        raise Malformed(f"`{name}` is a text.")
    return value


async def _asked(house: House, person: Person, request: Request, deed: Deed) -> tuple[Pass, Circle, Session]:
    """A session of one's own conversation; every other one is not there."""
    return await session_named(house.office, person, session_id(request), deed)
