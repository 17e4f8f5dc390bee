"""A client's sessions: which are to come, what is free, and taking, moving and calling off."""

from datetime import timedelta
from itertools import groupby
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from channels.language.saying import N_
from messaging import undoing
from messaging.conversations import Circle, Session, SessionState
from messaging.errors import Busy, Conflict, Malformed, NotFound, Refusal
from messaging.ids import ConversationId, SlotId, parse_uuid
from messaging.inbox.listing import InboxLine, inbox
from messaging.people import Person
from messaging.sessions import booking, offering
from messaging.sessions.finding import sessions_between
from messaging.sessions.holding import FARTHEST
from messaging.sessions.offering import Free
from messaging.trust.access import Deed
from web.http.refusals import headers_of, status_of
from web.pages.client.sessions_view import ClientSessions, FreeDay, FreeTime, OwnSession
from web.pages.parts.asking import (
    Visit,
    client_visit,
    conversation_named,
    form_of,
    go,
    key_of,
    page,
    session_asked_for,
)
from web.pages.parts.saying import refusal_said
from web.pages.parts.showing import fresh_key, joined, others, signed_in, with_name
from web.pages.parts.times import clock, midnight
from web.pages.parts.undoing import done

PLACE: Final = "/me/sessions"
DONE: Final = frozenset({"booked", "moved", "cancelled", "restored"})
CHOSEN: Final = N_("Please choose one of the times.")


async def show(request: Request) -> Response:
    """GET /me/sessions?done=WHAT"""
    visit = await client_visit(request)
    what = request.query_params.get("done", "")
    return page(request, "client/sessions.html", await _sessions(visit, done=what if what in DONE else ""))


async def take(request: Request) -> Response:
    """POST /me/sessions `time, key`: a free time, with the conversation it is for."""
    visit = await client_visit(request)
    fields = await form_of(request)
    try:
        slot, conversation = _chosen(fields.get("time", ""))
        held, circle = await visit.enter(conversation, Deed.BOOK)
        await booking.take(visit.office, held, slot, key_of(fields), circle)
    except (Malformed, Conflict, Busy) as refusal:
        return await _again(request, visit, refusal)
    return go(f"{PLACE}?done=booked")


async def move(request: Request) -> Response:
    """POST /me/sessions/{session}/move `time`"""
    visit = await client_visit(request)
    fields = await form_of(request)
    held, circle, session = await session_asked_for(request, visit, Deed.BOOK)
    try:
        slot, _ = _chosen(fields.get("time", ""))
        slip = await undoing.move_to(visit.office, held, session, slot, circle)
    except (Malformed, Conflict, Busy) as refusal:
        return await _again(request, visit, refusal)
    return await done(request, visit, go(f"{PLACE}?done=moved"), slip)


async def cancel(request: Request) -> Response:
    """POST /me/sessions/{session}/cancel"""
    visit = await client_visit(request)
    held, circle, session = await session_asked_for(request, visit, Deed.BOOK)
    try:
        slip = await undoing.cancel(visit.office, held, session, circle)
    except (Conflict, Busy) as refusal:
        return await _again(request, visit, refusal)
    return await done(request, visit, go(f"{PLACE}?done=cancelled"), slip)


async def calendar_file(request: Request) -> Response:
    """GET /me/sessions/{session}/appointment.ics: for one's own calendar, in neutral words."""
    visit = await client_visit(request)
    _, _, session = await session_asked_for(request, visit, Deed.BOOK)
    if session.state is not SessionState.BOOKED:
        raise NotFound
    file = visit.office.press.calendar_file(visit.practice, session, visit.here.now)
    headers = {
        "Content-Disposition": 'attachment; filename="appointment.ics"',
        "X-Content-Type-Options": "nosniff",
    }
    return Response(file, headers=headers, media_type="text/calendar; charset=utf-8; method=PUBLISH")


def _chosen(value: str) -> tuple[SlotId, ConversationId]:
    """A time of the form. Raises Malformed for none, NotFound for what no form of ours holds."""
    if not value:
        raise Malformed(CHOSEN)
    slot, _, conversation = value.partition("/")
    found = parse_uuid(slot)
    if found is None:
        raise NotFound
    return SlotId(found), conversation_named(conversation)


async def _again(request: Request, visit: Visit, refusal: Refusal) -> Response:
    """The page as it is now, with the reason above it: a time that is gone is not on it any more."""
    view = await _sessions(visit, mistake=refusal_said(refusal))
    answer = page(request, "client/sessions.html", view, status_of(refusal))
    answer.headers.update(headers_of(refusal))
    return answer


async def _sessions(visit: Visit, done: str = "", mistake: str = "") -> ClientSessions:
    lines = await inbox(visit.office, visit.person)
    circles = {line.conversation.id: line.circle for line in lines}
    free = await offering.free_for(visit.office, visit.person, lines)
    return ClientSessions(
        signed_in=signed_in(visit),
        here=visit.here,
        key=fresh_key(),
        sessions=tuple(
            _own(one, circles[one.conversation], free, visit) for one in await _coming(visit, lines)
        ),
        free=_by_day(free, visit),
        done=done,
        mistake=mistake,
    )


async def _coming(visit: Visit, lines: list[InboxLine]) -> list[Session]:
    """Live, or booked and not over."""
    since, until = midnight(visit, -1), visit.here.now + 2 * FARTHEST
    found = await sessions_between(
        visit.office, visit.person, [line.conversation.id for line in lines], since, until
    )
    waited = (SessionState.LIVE, SessionState.BOOKED)
    return [one for one in found if one.state in waited and one.ends > visit.here.now]


def _own(one: Session, circle: Circle, free: list[Free], visit: Visit) -> OwnSession:
    late = circle.conversation.rules.cancel_minutes
    others_free = [f for f in free if any(c.conversation.id == one.conversation for c in f.circles)]
    return OwnSession(
        id=str(one.id),
        conversation_id=str(one.conversation),
        starts=one.starts,
        clock=clock(one.starts, visit),
        until=clock(one.ends, visit),
        minutes=one.minutes,
        state=one.state,
        with_name=with_name(circle, visit.person.id),
        may_change=one.state is SessionState.BOOKED and one.starts > visit.here.now,
        late_from=one.starts - timedelta(minutes=late) if late else None,
        others=tuple(_time(f, circle, visit) for f in others_free),
    )


def _by_day(free: list[Free], visit: Visit) -> tuple[FreeDay, ...]:
    times = [_time(one, circle, visit) for one in free for circle in one.circles]
    return tuple(
        FreeDay(found[0].starts, tuple(found))
        for _, group in groupby(times, key=lambda one: one.starts.astimezone(visit.here.zone).date())
        if (found := list(group))
    )


def _time(one: Free, circle: Circle, visit: Visit) -> FreeTime:
    clinician: Person = circle.people[one.slot.clinician]
    together = [p.name for p in others(circle, visit.person.id) if p in circle.clients]
    name = f"{clinician.name}, together with {joined(together)}" if together else clinician.name
    return FreeTime(
        value=f"{one.slot.id}/{circle.conversation.id}",
        starts=one.slot.starts,
        clock=clock(one.slot.starts, visit),
        minutes=one.slot.minutes,
        with_name=name,
    )
