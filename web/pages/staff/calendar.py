"""A clinician's calendar: the agenda, booking, moving and calling off, and the times offered to clients."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from messaging import undoing
from messaging.conversations import Circle, Session, SessionState
from messaging.errors import Busy, Conflict, Malformed, Refusal
from messaging.ids import ConversationId, parse_uuid
from messaging.inbox.heads import Head, circles_of, heads
from messaging.memory.bookings import Slot
from messaging.sessions import booking, offering
from messaging.sessions.finding import sessions_between
from messaging.sessions.holding import miss_session
from messaging.sessions.margins import margins_of
from messaging.sessions.repeating import Weekly
from messaging.trust.access import Deed, Pass
from web.http.refusals import headers_of, status_of
from web.pages.parts.asking import (
    Visit,
    clinician_visit,
    conversation_named,
    form_of,
    go,
    key_of,
    page,
    session_asked_for,
)
from web.pages.parts.dates import formed
from web.pages.parts.showing import counted_bar, fresh_key, signed_in
from web.pages.parts.times import as_filled, clock, midnight, minutes_in, repeat_in, start_in
from web.pages.parts.undoing import done
from web.pages.parts.views import Named
from web.pages.parts.when_view import When
from web.pages.staff.calendar_view import AgendaSession, AgendaSlot, Calendar, Day, MarginFields

PLACE: Final = "/calendar"
BEHIND: Final = 7
AHEAD: Final = 15
FAR: Final = 732
"""Days: the past week folded, today and two weeks open, and what lies further ahead folded again."""
AT_HAND: Final = 60
"""Clients to choose from at first: those of whom there was something last. All of them are one link away."""
EVERYONE: Final = "everyone"
MARGINS: Final = "margins"
"""The form of what is kept free around sessions."""
DONE: Final = frozenset(
    {"booked", "moved", "cancelled", "restored", "missed", "offered", "withdrawn", "margins"}
)


@dataclass(frozen=True, slots=True)
class Again:
    """What was not done, for the page that says so: which form it was, as it was filled in."""

    refusal: Refusal
    form: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


async def show(request: Request) -> Response:
    """GET /calendar?done=WHAT&with=everyone&for=CONVERSATION: with whom is chosen already, where it is one of theirs."""
    visit = await clinician_visit(request)
    what, whom = request.query_params.get("done", ""), request.query_params.get("with", "")
    chosen = request.query_params.get("for", "")
    view = await _calendar(visit, done=what if what in DONE else "", everyone=whom == EVERYONE, chosen=chosen)
    return page(request, "staff/calendar.html", view)


async def book(request: Request) -> Response:
    """POST /calendar/sessions `conversation, day, time, minutes, second?, count?, weeks?, key`"""
    visit = await clinician_visit(request)
    fields = await form_of(request)
    conversation = conversation_named(fields.get("conversation"))
    held, circle = await visit.enter(conversation, Deed.HOLD_SESSION)
    try:
        wish = Weekly(start_in(fields, visit), minutes_in(fields), repeat_in(fields))
        session = await _booked(visit, held, wish, key_of(fields), circle)
    except (Malformed, Conflict, Busy) as refusal:
        return await again_with(request, visit, Again(refusal, "book", fields))
    return go(f"{PLACE}?done=booked#s-{session.id}")


async def _booked(visit: Visit, held: Pass, wish: Weekly, key: UUID, circle: Circle) -> Session:
    """The first of them."""
    if wish.repeat.count > 1:
        return (await booking.book_series(visit.office, held, wish, key, circle))[0]
    return await booking.book(visit.office, held, wish.starts, wish.minutes, key, circle)


async def move(request: Request) -> Response:
    """POST /calendar/sessions/{session}/move `day, time, minutes, second?`"""
    visit = await clinician_visit(request)
    fields = await form_of(request)
    held, circle, session = await session_asked_for(request, visit, Deed.HOLD_SESSION)
    try:
        starts, minutes = start_in(fields, visit), minutes_in(fields)
        slip = await undoing.move(visit.office, held, session, starts, minutes, circle)
    except (Malformed, Conflict, Busy) as refusal:
        return await again_with(request, visit, Again(refusal, str(session.id), fields))
    return await done(request, visit, go(f"{PLACE}?done=moved#s-{session.id}"), slip, circle.title())


async def cancel(request: Request) -> Response:
    """POST /calendar/sessions/{session}/cancel"""
    visit = await clinician_visit(request)
    held, circle, session = await session_asked_for(request, visit, Deed.HOLD_SESSION)
    try:
        slip = await undoing.cancel(visit.office, held, session, circle)
    except (Conflict, Busy) as refusal:
        return await again_with(request, visit, Again(refusal))
    return await done(request, visit, go(f"{PLACE}?done=cancelled"), slip, circle.title())


async def missed(request: Request) -> Response:
    """POST /calendar/sessions/{session}/missed"""
    visit = await clinician_visit(request)
    held, _, session = await session_asked_for(request, visit, Deed.HOLD_SESSION)
    try:
        await miss_session(visit.office, held, session)
    except (Conflict, Busy) as refusal:
        return await again_with(request, visit, Again(refusal))
    return go(f"{PLACE}?done=missed")


async def again_with(request: Request, visit: Visit, again: Again) -> Response:
    """The page once more: what was filled in stands in its field, the reason above it."""
    answer = page(request, "staff/calendar.html", await _calendar(visit, again), status_of(again.refusal))
    answer.headers.update(headers_of(again.refusal))
    return answer


async def _calendar(
    visit: Visit, again: Again | None = None, done: str = "", *, everyone: bool = False, chosen: str = ""
) -> Calendar:
    chosen = again.fields.get("conversation", "") if again else chosen
    found = await heads(visit.office, visit.person, visit.practice)
    since, until = midnight(visit, -BEHIND), midnight(visit, FAR)
    sessions = await sessions_between(visit.office, visit.person, [one.id for one in found], since, until)
    in_care = sorted((one for one in found if not one.kept.ended), key=lambda one: one.order[2])
    at_hand = _at_hand(in_care, chosen, everyone=everyone)
    met = dict.fromkeys((*(one.conversation for one in sessions), *at_hand))
    circles = await circles_of(visit.office, visit.person, tuple(met))
    slots = await offering.offered(visit.office, visit.person, visit.here.now, until)
    shown = [one for one in sessions if one.conversation in circles]
    agenda: list[AgendaSession | AgendaSlot] = [
        *(_session(one, circles[one.conversation], visit, again) for one in shown),
        *(_slot(one, sessions, visit) for one in slots if one.session is None),
    ]
    days = _days(agenda, visit)
    today, soon = midnight(visit), midnight(visit, AHEAD)
    filled = as_filled(again.fields, _malformed(again), again.refusal.detail) if again else When()
    form = again.form if again else ""
    return Calendar(
        signed_in=signed_in(visit),
        bar=await counted_bar(visit, "calendar"),
        here=visit.here,
        key=again.fields.get("key") or fresh_key() if again and form == "book" else fresh_key(),
        days=_with_today(tuple(day for day in days if today <= day.noon < soon), visit),
        later=tuple(day for day in days if day.noon >= soon),
        past=tuple(day for day in days if day.noon < today),
        conversations=_choices(circles[one] for one in at_hand if one in circles),
        others=len(in_care) - len(at_hand),
        chosen=chosen,
        booking=filled if form == "book" else _usual(visit),
        offering=filled if form == "offer" else _usual(visit),
        margins=await _margins(visit, again),
        done=done,
        mistake=again.refusal.detail if again and not form else "",
    )


async def _margins(visit: Visit, again: Again | None) -> MarginFields:
    if again and again.form == MARGINS:
        before, after, notice = (again.fields.get(name, "") for name in ("before", "after", "notice"))
        return MarginFields(before, after, notice, again.refusal.detail)
    kept = await margins_of(visit.office, visit.person)
    return MarginFields(str(kept.before), str(kept.after), f"{kept.notice / 60:g}")


def _malformed(again: Again) -> Malformed | None:
    return again.refusal if isinstance(again.refusal, Malformed) else None


def _usual(visit: Visit) -> When:
    tomorrow = midnight(visit, 1)
    return When(day=f"{tomorrow:%Y-%m-%d}", time="", until="")


def _at_hand(newest: Sequence[Head], chosen: str, *, everyone: bool) -> list[ConversationId]:
    """With whom a session may be booked here: those of whom there was something last, and who was chosen."""
    meant = parse_uuid(chosen)
    return [one.id for place, one in enumerate(newest) if everyone or place < AT_HAND or one.id == meant]


def _choices(circles: Iterable[Circle]) -> tuple[Named, ...]:
    found = [Named(str(one.conversation.id), one.title()) for one in circles]
    return tuple(sorted(found, key=lambda one: one.name.casefold()))


def _days(agenda: list[AgendaSession | AgendaSlot], visit: Visit) -> list[Day]:
    agenda.sort(key=lambda one: (one.starts, one.kind))
    return [
        _day(day, visit, tuple(lines))
        for day, lines in groupby(agenda, key=lambda one: one.starts.astimezone(visit.here.zone).date())
    ]


def _day(day: date, visit: Visit, lines: tuple[AgendaSession | AgendaSlot, ...] = ()) -> Day:
    noon = datetime.combine(day, time(12), visit.here.zone)
    near = abs((day - visit.here.now.astimezone(visit.here.zone).date()).days) <= 1
    return Day(noon, formed(noon, "EEEE d MMMM") if near else "", lines)


def _with_today(days: tuple[Day, ...], visit: Visit) -> tuple[Day, ...]:
    """Today stands there even when it is empty: an agenda begins now."""
    today = midnight(visit).date()
    return days if days and days[0].noon.date() == today else (_day(today, visit), *days)


def _session(one: Session, circle: Circle, visit: Visit, again: Again | None) -> AgendaSession:
    booked = one.state is SessionState.BOOKED
    grace = timedelta(minutes=circle.conversation.rules.grace_minutes)
    at = one.starts.astimezone(visit.here.zone)
    moving = When(f"{at:%Y-%m-%d}", f"{at:%H:%M}", str(one.minutes))
    if again is not None and again.form == str(one.id):
        moving = as_filled(again.fields, _malformed(again), again.refusal.detail)
    return AgendaSession(
        id=str(one.id),
        conversation_id=str(one.conversation),
        name=circle.title(),
        starts=one.starts,
        clock=clock(one.starts, visit),
        until=clock(one.ends, visit),
        minutes=one.minutes,
        state=one.state,
        late=one.late,
        may_change=booked,
        may_miss=booked and visit.here.now >= one.starts + grace,
        moving=moving,
    )


def _slot(one: Slot, sessions: list[Session], visit: Visit) -> AgendaSlot:
    taken = (SessionState.BOOKED, SessionState.LIVE)
    covered = any(s.state in taken and s.starts < one.ends and one.starts < s.ends for s in sessions)
    return AgendaSlot(
        id=str(one.id),
        starts=one.starts,
        clock=clock(one.starts, visit),
        until=clock(one.ends, visit),
        minutes=one.minutes,
        covered=covered,
    )
