"""Times: offered and taken, sessions moved and called off."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from channels.chat import frames
from messaging.conversations import Circle, Session
from messaging.errors import Malformed, NotFound
from messaging.ids import ConversationId, SlotId, parse_uuid
from messaging.inbox.listing import InboxLine, inbox
from messaging.memory.bookings import Slot
from messaging.people import Person, Role
from messaging.record.reading import enter
from messaging.sessions import booking, offering
from messaging.sessions.finding import session_named, sessions_between, slot_offered
from messaging.sessions.holding import USUAL, checked_minutes
from messaging.sessions.margins import margins_of, set_margins
from messaging.sessions.offering import Free, Range
from messaging.sessions.repeating import checked_repeat
from messaging.trust.access import Deed
from web.api.answers import answer
from web.api.reading_requests import aware_moment, json_object, session_id
from web.http.guards import person_asking
from web.state import House

AHEAD: Final = timedelta(days=36_525)
"""A century: all there is."""


async def sessions(request: Request) -> Response:
    """GET /sessions: what is booked in one's conversations from a day ago on."""
    house, person = await _who(request)
    lines = await _lines(house, person)
    circles = {line.conversation.id: line.circle for line in lines}
    now = house.office.clock()
    found = await sessions_between(
        house.office, person, [line.conversation.id for line in lines], now - timedelta(days=1), now + AHEAD
    )
    return answer({"sessions": [_session(house, one, circles[one.conversation]) for one in found]})


async def slots(request: Request) -> Response:
    """GET /slots: for a client what can be taken, for a clinician what they offer."""
    house, person = await _who(request)
    if person.role is Role.CLIENT:
        free = await offering.free_for(house.office, person, await _lines(house, person))
        return answer({"slots": [_free(one) for one in free]})
    now = house.office.clock()
    own = await offering.offered(house.office, person, now, now + AHEAD)
    return answer({"slots": [_own(one) for one in own]})


async def offer(request: Request) -> Response:
    """POST /slots `{starts, ends?, minutes?, pause?, repeat?}`: one time, or as many as fit between the two."""
    house, person = await _who(request)
    asked = await json_object(request)
    minutes, pause = checked_minutes(asked.get("minutes", USUAL)), _whole(asked, "pause", 0)
    starts = aware_moment(asked.get("starts"))
    until, repeat = asked.get("ends"), offering.ONCE
    if asked.get("repeat") is not None:
        repeat = checked_repeat(asked["repeat"])
    ends = starts + timedelta(minutes=minutes) if until is None else aware_moment(until)
    made = await offering.offer(house.office, person, Range(starts, ends, minutes, pause, repeat))
    return answer({"slots": [_own(one) for one in made]}, 201)


async def withdraw(request: Request) -> Response:
    """DELETE /slots/{id}"""
    house, person = await _who(request)
    await offering.withdraw(house.office, person, slot_named(request.path_params["slot"]))
    return Response(status_code=204)


async def margins(request: Request) -> Response:
    """GET /me/margins: what a clinician keeps free around sessions."""
    house, person = await _who(request)
    return answer(asdict(await margins_of(house.office, person)))


async def change_margins(request: Request) -> Response:
    """PUT /me/margins `{before?, after?, notice?}`: minutes; what is named changes, the rest stays."""
    house, person = await _who(request)
    return answer(asdict(await set_margins(house.office, person, await json_object(request))))


async def take(request: Request) -> Response:
    """POST /slots/{id}/take `{conversation?, key?}`: the conversation where there are several it could be for."""
    house, person = await _who(request)
    slot = slot_named(request.path_params["slot"])
    asked = await json_object(request) if await request.body() else {}
    conversation = await _meant(house, person, slot, asked.get("conversation"))
    held, circle = await enter(house.office, person, conversation, Deed.BOOK)
    session = await booking.take(house.office, held, slot, key_in(asked), circle)
    return answer(_session(house, session, circle), 201)


async def move(request: Request) -> Response:
    """POST /sessions/{id}/move `{slot}` by both sides, `{starts, minutes?}` by clinicians."""
    house, person = await _who(request)
    asked = await json_object(request)
    named = session_id(request)
    if asked.get("slot") is not None:
        held, circle, found = await session_named(house.office, person, named, Deed.BOOK)
        moved = await booking.move_to(house.office, held, found, slot_named(asked["slot"]), circle)
    else:
        held, circle, found = await session_named(house.office, person, named, Deed.HOLD_SESSION)
        starts = aware_moment(asked.get("starts"))
        moved = await booking.move(house.office, held, found, starts, asked.get("minutes"), circle)
    return answer(_session(house, moved, circle))


async def cancel(request: Request) -> Response:
    """POST /sessions/{id}/cancel"""
    house, person = await _who(request)
    held, circle, found = await session_named(house.office, person, session_id(request), Deed.BOOK)
    return answer(_session(house, await booking.cancel(house.office, held, found, circle), circle))


async def _who(request: Request) -> tuple[House, Person]:
    person = await person_asking(request)
    if person.role is Role.ADMINISTRATOR:
        raise NotFound
    return request.state["house"], person


async def _lines(house: House, person: Person) -> list[InboxLine]:
    return await inbox(house.office, person)


async def _meant(house: House, person: Person, slot: SlotId, named: object) -> ConversationId:
    """The conversation that is named, or the only one it can be."""
    if named is not None:
        conversation = parse_uuid(named)
        if conversation is None:
            raise NotFound
        return ConversationId(conversation)
    offered = await slot_offered(house.office, person, slot)
    lines = await _lines(house, person)
    could = [line.conversation.id for line in lines if line.conversation.member(offered.clinician)]
    if not could:
        raise NotFound
    if len(could) > 1:
        raise Malformed("Please say in which conversation this session is held.")
    return could[0]


def slot_named(raw: object) -> SlotId:
    """The slot of a path or field. What is no id is not found."""
    found = parse_uuid(raw)
    if found is None:
        raise NotFound
    return SlotId(found)


def key_in(asked: dict[str, Any]) -> UUID | None:
    """The key that makes asking twice harmless, where one is given. Raises Malformed."""
    if asked.get("key") is None:
        return None
    key = parse_uuid(asked["key"])
    if key is None:
        raise Malformed("`key` is not a UUID.")
    return key


def _whole(asked: dict[str, Any], name: str, usual: int) -> int:
    value = asked.get(name, usual)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Malformed(f"`{name}` is not a whole number.")
    return value


def _session(house: House, session: Session, circle: Circle) -> dict[str, Any]:
    return frames.session(session, house.office.clock(), circle.conversation.rules) or {}


def _slot(slot: Slot) -> dict[str, Any]:
    return {
        "id": slot.id,
        "starts": frames.moment(slot.starts),
        "ends": frames.moment(slot.ends),
        "minutes": slot.minutes,
    }


def _own(slot: Slot) -> dict[str, Any]:
    return {**_slot(slot), "session": slot.session}


def _free(one: Free) -> dict[str, Any]:
    clinician = one.circles[0].people[one.slot.clinician]
    return {
        **_slot(one.slot),
        "clinician": {"id": clinician.id, "name": clinician.name},
        "conversations": [circle.conversation.id for circle in one.circles],
    }
