"""Therapy sessions: booked, opened, extended, ended, missed."""

from starlette.requests import Request
from starlette.responses import Response

from channels.chat import frames
from messaging.conversations import Circle, Session
from messaging.errors import NotFound
from messaging.record.reading import enter
from messaging.sessions import booking
from messaging.sessions.finding import session_named
from messaging.sessions.holding import (
    USUAL,
    end_session,
    extend_session,
    miss_session,
    open_session,
    session_of,
)
from messaging.sessions.repeating import Weekly, checked_repeat
from messaging.trust.access import Deed
from web.api.answers import answer
from web.api.calendar import key_in
from web.api.reading_requests import aware_moment, conversation_id, json_object, session_id
from web.http.guards import person_asking
from web.state import House


async def book(request: Request) -> Response:
    """POST /conversations/{id}/sessions `{starts?, minutes?, repeat?, key?}`: without `starts` it is opened now.

    With `repeat` `{weeks, count}` the answer is `{sessions}`: all of them, or 409 and none.
    """
    house: House = request.state["house"]
    person = await person_asking(request)
    asked = await json_object(request) if await request.body() else {}
    held, circle = await enter(house.office, person, conversation_id(request), Deed.HOLD_SESSION)
    minutes = asked.get("minutes", USUAL)
    if asked.get("repeat") is not None:
        wish = Weekly(aware_moment(asked.get("starts")), minutes, checked_repeat(asked["repeat"]))
        booked = await booking.book_series(house.office, held, wish, key_in(asked), circle)
        rules, now = circle.conversation.rules, house.office.clock()
        return answer({"sessions": [frames.session(one, now, rules) for one in booked]}, 201)
    if asked.get("starts") is None:
        session = await open_session(house.office, held, minutes=minutes)
    else:
        starts = aware_moment(asked["starts"])
        session = await booking.book(house.office, held, starts, minutes, key_in(asked), circle)
    return _shown(house, circle, session, 201)


async def act(request: Request) -> Response:
    """POST /sessions/{id}/{open|extend|end|missed}; extend takes `{minutes?, key?}`."""
    house: House = request.state["house"]
    person = await person_asking(request)
    wanted = request.path_params["act"]
    if wanted not in ("open", "extend", "end", "missed"):
        raise NotFound
    held, circle, found = await session_named(house.office, person, session_id(request), Deed.HOLD_SESSION)
    session = await session_of(house.office, held, found.id)
    if wanted == "open":
        session = await open_session(house.office, held, session)
    elif wanted == "end":
        session = await end_session(house.office, held, session)
    elif wanted == "missed":
        session = await miss_session(house.office, held, session)
    else:
        asked = await json_object(request) if await request.body() else {}
        session = await extend_session(house.office, held, session, asked.get("minutes", 5), key_in(asked))
    return _shown(house, circle, session, 200)


def _shown(house: House, circle: Circle, session: Session, status: int) -> Response:
    rules = circle.conversation.rules
    return answer(frames.session(session, house.office.clock(), rules) or {}, status)
