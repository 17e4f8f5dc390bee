"""Therapy sessions: booked, opened, extended, ended."""

from starlette.requests import Request
from starlette.responses import Response

from channels.chat import frames
from messaging.conversations import Session
from messaging.errors import NotFound
from messaging.holding_sessions import (
    USUAL,
    book_session,
    end_session,
    extend_session,
    open_session,
    session_of,
)
from messaging.reading import enter
from messaging.trust.access import Deed
from web.api.answers import answer
from web.api.reading_requests import aware_moment, conversation_id, json_object, session_id
from web.guards import signed_in
from web.state import House


async def book(request: Request) -> Response:
    """POST /conversations/{id}/sessions `{starts?, minutes?, open?}`: without `starts` it is opened now."""
    house: House = request.state["house"]
    person = (await signed_in(request)).person
    asked = await json_object(request) if await request.body() else {}
    held, _ = await enter(house.office, person, conversation_id(request), Deed.HOLD_SESSION)
    minutes = asked.get("minutes", USUAL)
    if asked.get("starts") is None:
        session = await open_session(house.office, held, minutes=minutes)
    else:
        session = await book_session(house.office, held, aware_moment(asked["starts"]), minutes)
    return _shown(house, session, 201)


async def act(request: Request) -> Response:
    """POST /sessions/{id}/{open|extend|end}"""
    house: House = request.state["house"]
    person = (await signed_in(request)).person
    wanted = request.path_params["act"]
    if wanted not in ("open", "extend", "end"):
        raise NotFound
    found = await house.memory.conversations.session(person.practice, session_id(request))
    if found is None:
        raise NotFound
    held, _ = await enter(house.office, person, found.conversation, Deed.HOLD_SESSION)
    session = await session_of(house.office, held, found.id)
    if wanted == "open":
        session = await open_session(house.office, held, session)
    elif wanted == "end":
        session = await end_session(house.office, held, session)
    else:
        asked = await json_object(request) if await request.body() else {}
        session = await extend_session(house.office, held, session, asked.get("minutes", 5))
    return _shown(house, session, 200)


def _shown(house: House, session: Session, status: int) -> Response:
    return answer(frames.session(session, house.office.clock()) or {}, status)
