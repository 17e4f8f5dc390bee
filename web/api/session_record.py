"""What stays of a session: its closing, its record; and the practice's rules for all of them."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from channels.chat import frames
from messaging.conversations import SessionRules
from messaging.errors import Malformed
from messaging.ids import parse_uuid
from messaging.memory.record import Verdict
from messaging.sessions.closing import Closing, close_with
from messaging.sessions.finding import session_named
from messaging.sessions.holding import session_of
from messaging.sessions.recording import Happened, SessionRecord, session_record
from messaging.sessions.rules import rules_of, set_rules
from messaging.trust.access import Deed
from web.api.answers import answer
from web.api.reading_requests import aware_moment, json_object, session_id
from web.http.guards import person_asking
from web.state import House


async def close(request: Request) -> Response:
    """POST /sessions/{id}/closing `{key, text, homework?, next?}`"""
    house: House = request.state["house"]
    person = await person_asking(request)
    held, _, found = await session_named(house.office, person, session_id(request), Deed.SAY)
    sent = await json_object(request)
    key = parse_uuid(sent.get("key"))
    if key is None:
        raise Malformed("`key` is a UUID made for this closing.")
    agreed = sent.get("next")
    closing = Closing(
        key, sent.get("text"), sent.get("homework"), None if agreed is None else aware_moment(agreed)
    )
    outcome = await close_with(house.office, held, found, closing)
    at = frames.moment(outcome.at) if outcome.at else None
    body = {"id": str(outcome.id), "number": outcome.number, "at": at}
    return answer(body, 200 if outcome.verdict is Verdict.KNOWN else 201)


async def record(request: Request) -> Response:
    """GET /sessions/{id}/record"""
    house: House = request.state["house"]
    person = await person_asking(request)
    held, circle, found = await session_named(house.office, person, session_id(request), Deed.HOLD_SESSION)
    session = await session_of(house.office, held, found.id)
    kept = await session_record(house.office, held, session)
    shown = frames.session(session, house.office.clock(), circle.conversation.rules)
    return answer({"session": shown, **_kept(kept)})


def _kept(kept: SessionRecord) -> dict[str, Any]:
    return {
        "opened": _happened(kept.opened),
        "ended": _happened(kept.ended),
        "missed": _happened(kept.missed),
        "people": [str(one) for one in kept.people],
        "spoke": [
            {
                "person": str(one.person),
                "first": frames.moment(one.first),
                "last": frames.moment(one.last),
                "messages": one.messages,
            }
            for one in kept.spoke
        ],
        "check_ins": [{"event": name, **_shown(one)} for name, one in kept.check_ins],
        "breaks": [
            {"person": str(one.person), "since": frames.moment(one.since), "until": _moment(one.until)}
            for one in kept.breaks
        ],
        "extensions": [_shown(one) for one in kept.extensions],
        "closings": [
            {
                "number": one.number,
                "at": frames.moment(one.at),
                "person": str(one.person),
                "text": one.text,
                "homework": one.homework,
                "next": one.next.isoformat() if one.next else None,
            }
            for one in kept.closings
        ],
    }


def _happened(one: Happened | None) -> dict[str, Any] | None:
    return None if one is None else _shown(one)


def _shown(one: Happened) -> dict[str, Any]:
    return {"number": one.number, "at": frames.moment(one.at), "author": str(one.by), "by": one.how}


def _moment(at: datetime | None) -> str | None:
    return None if at is None else frames.moment(at)


async def rules(request: Request) -> Response:
    """GET /session-rules: those of one's own practice."""
    house: House = request.state["house"]
    person = await person_asking(request)
    return _rules(await rules_of(house.office, person))


async def change_rules(request: Request) -> Response:
    """PUT /session-rules: what is named changes, the rest stays. For administrators and clinicians."""
    house: House = request.state["house"]
    person = await person_asking(request)
    return _rules(await set_rules(house.office, person, await json_object(request)))


def _rules(held: SessionRules) -> Response:
    return answer({**asdict(held), "regions": list(held.regions), "notices": list(frames.NOTICES)})
