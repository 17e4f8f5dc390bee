"""A client's places: home, the session room, letters read and written."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from messaging.care.promises import promised_by
from messaging.conversations import Circle, Session, SessionState
from messaging.errors import Busy, KeyReused, Malformed
from messaging.ids import SessionId, parse_uuid
from messaging.messages import Entry, EventName
from messaging.reading import InboxLine, enter, entries_before, inbox, note_opening, promise_of
from messaging.trust.access import Deed
from messaging.writing import Letter, write_letter
from web import shown
from web.pages import past
from web.pages.asking import (
    HIGHEST,
    Visit,
    client_visit,
    conversation_named,
    conversation_of,
    form_of,
    go,
    key_of,
    number_in,
    page,
)
from web.pages.entries import Reader, letter, session_named, timeline, waits
from web.pages.showing import (
    fresh_key,
    joined,
    named,
    opening,
    others,
    readers_for_client,
    session,
    signed_in,
    with_name,
)
from web.refusals import headers_of, status_of
from web.views import ClientHome, LetterGlance, Letters, LetterWriting, Recipient, SessionRoom

AT_HOME: Final = 5
ON_A_PAGE: Final = 20
JUST_NOW: Final = timedelta(hours=1)
"""How long a room says that its session has ended, before it speaks of the next one."""
SENT_BEFORE: Final = (
    "Another text was already sent from this page. If this one shall go as well, send it once more."
)


async def home(request: Request) -> Response:
    """GET /me"""
    visit = await client_visit(request)
    lines = await inbox(visit.office, visit.person)
    glances = [glance for line in lines for glance in await _glances(visit, line)]
    glances.sort(key=lambda glance: glance.at, reverse=True)
    view = ClientHome(
        signed_in=signed_in(visit),
        here=visit.here,
        session=await _next_session(visit, lines),
        latest=glances[0] if glances else None,
        letters=tuple(glances[:AT_HOME]),
    )
    return page(request, "client_home.html", view)


async def _glances(visit: Visit, line: InboxLine) -> list[LetterGlance]:
    held, circle = await enter(visit.office, visit.person, line.conversation.id, Deed.READ)
    letters, _ = await past.letters_before(
        visit.office, held, circle.conversation.last_number + 1, AT_HOME + 1
    )
    member = circle.conversation.member(visit.person.id)
    read = member.read_number if member else 0
    promise = promise_of(visit.practice, circle.conversation)
    return [
        LetterGlance(
            number=one.number,
            author=(author.name if (author := circle.people.get(one.author)) else ""),
            mine=one.author == visit.person.id,
            at=one.at,
            opening=opening(one.body.text),
            answer_by=promise if waits(one, circle) else None,
            answered_at=_answered_at(one, letters, circle),
            unread=one.author != visit.person.id and one.number > read,
        )
        for one in letters
    ]


def _answered_at(one: Entry, letters: list[Entry], circle: Circle) -> datetime | None:
    """When the first letter of a clinician came after it; the answer is not always to its very words."""
    clinicians = {person.id for person in circle.clinicians}
    if one.author in clinicians:
        return None
    return next(
        (after.at for after in letters if after.number > one.number and after.author in clinicians), None
    )


async def _next_session(visit: Visit, lines: list[InboxLine]) -> shown.Session | None:
    for line in lines:
        if line.conversation.live is not None:
            return session(line.conversation.live, line.circle, visit.person.id)
    circles = {line.conversation.id: line.circle for line in lines}
    found = await _booked(visit, list(circles.values()))
    return session(found, circles[found.conversation], visit.person.id) if found else None


async def _booked(visit: Visit, circles: list[Circle]) -> Session | None:
    """The next one whose time is not over: a session that should have begun is still awaited."""
    ids = [circle.conversation.id for circle in circles]
    conversations = visit.office.memory.conversations
    since = visit.here.now - timedelta(hours=4)
    booked = await conversations.next_booked(visit.practice.id, ids, since)
    return next((one for one in booked if one.ends > visit.here.now), None)


async def room(request: Request) -> Response:
    """GET /me/session/{conversation}: the live session, or what became of the last one and when the next begins."""
    visit = await client_visit(request)
    held, circle = await enter(visit.office, visit.person, conversation_of(request), Deed.READ)
    await note_opening(visit.office, held)
    conversation = circle.conversation
    live, me = conversation.live, visit.person.id
    if live is not None:
        entries = await past.session_entries(
            visit.office, held, conversation.last_number, lambda entry: _opens(entry, live)
        )
        await visit.office.memory.conversations.mark_read(
            visit.practice.id, conversation.id, me, conversation.last_number
        )
        now: Session | None = live
    else:
        latest = await entries_before(visit.office, held, conversation.last_number + 1, 200)
        entries = [entry for entry in latest if session_named(entry)]
        now = _just_ended(latest, circle, visit) or await _booked(visit, [circle])
    view = SessionRoom(
        signed_in=signed_in(visit),
        here=visit.here,
        key=fresh_key(),
        with_name=with_name(circle, me),
        readers=readers_for_client(circle, me),
        people=named(circle),
        timeline=timeline(entries, Reader(circle, me, _files(circle)), earlier=False),
        session=session(now, circle, me) if now else None,
        answer_by=_promise_for_now(visit, circle),
    )
    return page(request, "session_room.html", view)


def _opens(entry: Entry, live: Session) -> bool:
    return entry.body.event is EventName.SESSION_OPENED and session_named(entry) == str(live.id)


def _just_ended(entries: list[Entry], circle: Circle, visit: Visit) -> Session | None:
    ending = next((one for one in reversed(entries) if one.body.event is EventName.SESSION_ENDED), None)
    name = parse_uuid(session_named(ending)) if ending else None
    if ending is None or name is None or visit.here.now - ending.at > JUST_NOW:
        return None
    minutes = int(ending.body.facts.get("minutes", "0"))
    began = ending.at - timedelta(minutes=minutes)
    conversation = circle.conversation.id
    return Session(SessionId(name), conversation, SessionState.ENDED, began, minutes, began, ending.at)


def _promise_for_now(visit: Visit, circle: Circle) -> datetime:
    """By when a letter written now is answered. One that joins a waiting letter is answered with it."""
    waiting = promise_of(visit.practice, circle.conversation)
    return waiting or promised_by(circle.conversation.answer, visit.here.now, visit.here.zone)


async def letters(request: Request) -> Response:
    """GET /me/letters?before=N, newest first.

    With several conversations all their newest letters stand together, each with its number in its own; `before` then
    has no meaning and is not offered.
    """
    visit = await client_visit(request)
    lines = await inbox(visit.office, visit.person)
    before = number_in(request.query_params.get("before"), HIGHEST) if len(lines) == 1 else HIGHEST
    found: list[shown.Letter] = []
    earlier: int | None = None
    for line in lines:
        some, earlier = await _letters_of(visit, line, before)
        found += some
    found.sort(key=lambda one: one.at, reverse=True)
    view = Letters(
        signed_in=signed_in(visit),
        here=visit.here,
        letters=tuple(found),
        earlier=earlier if len(lines) == 1 else None,
        sent="sent" in request.query_params,
    )
    return page(request, "letters.html", view)


async def _letters_of(visit: Visit, line: InboxLine, before: int) -> tuple[list[shown.Letter], int | None]:
    held, circle = await enter(visit.office, visit.person, line.conversation.id, Deed.READ)
    entries, earlier = await past.letters_before(visit.office, held, before, ON_A_PAGE)
    await note_opening(visit.office, held)
    if before == HIGHEST and entries:
        await visit.office.memory.conversations.mark_read(
            visit.practice.id, line.conversation.id, visit.person.id, entries[-1].number
        )
    reader = Reader(circle, visit.person.id, _files(circle), promise_of(visit.practice, circle.conversation))
    return [letter(one, reader) for one in entries], earlier


def _files(circle: Circle) -> str:
    return f"/me/letters/{circle.conversation.id}"


async def write(request: Request) -> Response:
    """GET /me/letters/write"""
    visit = await client_visit(request)
    return page(request, "letter_write.html", await _writing(visit))


async def _writing(visit: Visit) -> LetterWriting:
    lines = await inbox(visit.office, visit.person)
    recipients = tuple(_recipient(visit, line.circle) for line in lines)
    return LetterWriting(signed_in(visit), visit.here, fresh_key(), recipients)


def _recipient(visit: Visit, circle: Circle) -> Recipient:
    me = visit.person.id
    together = [person.name for person in others(circle, me) if person not in circle.clinicians]
    clinicians = with_name(circle, me)
    name = f"{clinicians}, together with {joined(together)}" if together else clinicians
    readers = f"{readers_for_client(circle, me)}."
    return Recipient(str(circle.conversation.id), name, readers, _promise_for_now(visit, circle))


async def post(request: Request) -> Response:
    """POST /me/letters/write. What was not taken comes back in the field, with the reason above it."""
    visit = await client_visit(request)
    fields = await form_of(request)
    conversation = conversation_named(fields.get("conversation"))
    held, circle = await enter(visit.office, visit.person, conversation, Deed.WRITE)
    try:
        await write_letter(visit.office, held, circle, Letter(key_of(fields), fields.get("text")))
    except (Malformed, KeyReused, Busy) as refusal:
        mistake = SENT_BEFORE if isinstance(refusal, KeyReused) else refusal.detail
        view = replace(
            await _writing(visit), chosen=str(conversation), text=fields.get("text", ""), mistake=mistake
        )
        if isinstance(refusal, Busy) and "key" in fields:
            view = replace(view, key=fields["key"])
        answer = page(request, "letter_write.html", view, status_of(refusal))
        answer.headers.update(headers_of(refusal))
        return answer
    return go("/me/letters?sent=1")
