"""A client's places: home, the session room, letters read and written."""

from datetime import datetime, timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from messaging.arriving.files import file_checks
from messaging.conversations import Circle, Session
from messaging.inbox.listing import InboxLine, inbox, is_unread
from messaging.leaving.promises import promise_from, promise_of
from messaging.letters.drafts import Draft, DraftKind, drafts_of
from messaging.messages import Entry, EventName
from messaging.practice.handing_over import handed_over
from messaging.practice.openings import IdentityOpening, openings_of
from messaging.practice.ways_back import own_wish
from messaging.record import past
from messaging.record.reading import entries_before, mark_read, note_opening
from messaging.sessions.at_hand import awaited
from messaging.trust.access import Deed, Pass
from messaging.trust.due import is_due_to
from web.pages.client.given import given_of
from web.pages.client.given_view import GivenLine
from web.pages.client.joined import asks_for
from web.pages.client.standing_in import cover_asks, who_is_away
from web.pages.client.views import (
    ClientHome,
    LetterGlance,
    Letters,
    Over,
    SessionRoom,
    Successor,
)
from web.pages.client.waiting import before_the_room, form_for, plan_b_for_client
from web.pages.parts import views as parts
from web.pages.parts.asking import (
    HIGHEST,
    Visit,
    client_visit,
    conversation_of,
    number_in,
    page,
)
from web.pages.parts.boundary import apart
from web.pages.parts.drafting import field_for
from web.pages.parts.ended import just_ended
from web.pages.parts.entries import Reader, letter_shown, timeline, waits
from web.pages.parts.facts import session_named
from web.pages.parts.showing import (
    fresh_key,
    named,
    opening,
    readers_for_client,
    session,
    signed_in,
    with_name,
)
from web.pages.parts.views import FAILED, Failed, OtherDraft, Unshown

AT_HOME: Final = 5
BEGUN: Final = 3
"""Letters begun that the home page tells of; the page for writing has them all."""
ON_A_PAGE: Final = 20
JUST_NOW: Final = timedelta(hours=1)
"""How long a room says that its session has ended, before it speaks of the next one."""
LATELY: Final = timedelta(days=30)
"""How long the first page tells of an opened identity; the page of who has opened the record always does."""
SENT_BEFORE: Final = (
    "Another text was already sent from this page. If this one shall go as well, send it once more."
)


async def home(request: Request) -> Response:
    """GET /me"""
    visit = await client_visit(request)
    lines = await inbox(visit.office, visit.person)
    found = [await apart("letters", _glances(visit, line)) for line in lines]
    glances = [glance for some in found if not isinstance(some, Failed) for glance in some]
    glances.sort(key=lambda glance: glance.at, reverse=True)
    view = ClientHome(
        signed_in=signed_in(visit),
        here=visit.here,
        session=await apart("session", _next_session(visit, lines)),
        latest=glances[0] if glances else None,
        letters=tuple(glances[:AT_HOME]),
        fault=FAILED if FAILED in found else None,
        begun=await apart("begun", _begun(visit, lines)),
        wish=await own_wish(visit.office, visit.person),
        key=fresh_key(),
        successors=await apart("successors", _successors(visit, lines)),
        over=tuple(over_for(line.circle, visit) for line in lines if line.conversation.ended_at),
        asks=await apart("asks", asks_for(visit, lines)),
        away=await apart("away", who_is_away(visit, lines)),
        cover_asks=await apart("cover_asks", cover_asks(visit, lines)),
        openings=await apart("openings", _openings(visit)),
        given=await apart("given", _given(visit, lines)),
        has_plan=any(line.given for line in lines),
        agreement_due=any(is_due_to(line.conversation, visit.person.id, visit.here.now) for line in lines),
    )
    return page(request, "client/home.html", view)


def over_for(circle: Circle, visit: Visit) -> Over:
    """With whom care has ended, and when."""
    return Over(with_name(circle, visit.person.id), circle.conversation.ended_at or visit.here.now)


async def _openings(visit: Visit) -> tuple[IdentityOpening, ...]:
    found = await openings_of(visit.office, visit.person)
    return tuple(one for one in found if visit.here.now - one.at < LATELY)


async def _given(visit: Visit, lines: list[InboxLine]) -> tuple[GivenLine, ...]:
    """What is asked now. Where nothing was ever given, nothing is looked for."""
    found = await given_of(visit, [line for line in lines if line.given])
    return tuple(one for one in found if one.asked)


async def _successors(visit: Visit, lines: list[InboxLine]) -> tuple[Successor, ...]:
    found = []
    for line in lines:
        held, circle = await visit.enter(line.conversation.id, Deed.READ)
        told = await handed_over(visit.office, held)
        if told is not None and told.person in circle.people:
            found.append(Successor(circle.people[told.person].name, told.at))
    return tuple(found)


async def _begun(visit: Visit, lines: list[InboxLine]) -> tuple[OtherDraft, ...]:
    found: list[Draft] = []
    for line in lines:
        held, _ = await visit.enter(line.conversation.id, Deed.WRITE)
        found += await drafts_of(visit.office, held, DraftKind.LETTER)
    found.sort(key=lambda draft: draft.at, reverse=True)
    return tuple(OtherDraft(str(one.id), one.at, opening(one.text)) for one in found[:BEGUN])


async def _glances(visit: Visit, line: InboxLine) -> list[LetterGlance]:
    held, circle = await visit.enter(line.conversation.id, Deed.READ)
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
            unread=is_unread(one, visit.person.id, read),
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


async def _next_session(visit: Visit, lines: list[InboxLine]) -> parts.Session | None:
    for line in lines:
        if line.conversation.live is not None:
            return session(line.conversation.live, line.circle, visit.person.id)
    circles = {line.conversation.id: line.circle for line in lines}
    found = await awaited(visit.office, visit.practice.id, circles)
    return session(found, circles[found.conversation], visit.person.id) if found else None


async def room(request: Request) -> Response:
    """GET /me/session/{conversation}: the live session, or what became of the last one and when the next begins."""
    visit = await client_visit(request)
    held, circle = await visit.enter(conversation_of(request), Deed.READ)
    await note_opening(visit.office, held)
    waits = await before_the_room(request, visit, held, circle)
    if waits is not None:
        return waits
    conversation = circle.conversation
    live, me = conversation.live, visit.person.id
    if live is not None:
        entries = await past.session_entries(
            visit.office, held, conversation.last_number, lambda entry: _opens(entry, live)
        )
        await mark_read(visit.office, held, conversation.last_number)
        now: Session | None = live
    else:
        latest = await entries_before(visit.office, held, conversation.last_number + 1, 200)
        entries = _of_sessions(latest)
        booked = await awaited(visit.office, held.practice, [held.conversation])
        now = just_ended(latest, visit.here.now, JUST_NOW) or booked
    view = SessionRoom(
        signed_in=signed_in(visit),
        here=visit.here,
        field=await field_for(request, visit, held, DraftKind.CHAT if live else DraftKind.LETTER),
        with_name=with_name(circle, me),
        readers=readers_for_client(circle, me),
        people=named(circle),
        timeline=await visit.aside(
            timeline, entries, await reader_for(visit, circle, held, entries), earlier=False
        ),
        session=session(now, circle, me) if now else None,
        answer_by=promise_for_now(visit, circle),
        over=over_for(circle, visit) if conversation.ended_at else None,
        closing_key=fresh_key(),
        check_in=await apart("check_in", form_for(visit, held, circle, live)) if live else None,
        plan_b=await apart("plan_b", plan_b_for_client(visit, held, circle, live)) if live else "",
    )
    return page(request, "client/session_room.html", view)


def _of_sessions(latest: list[Entry]) -> list[Entry]:
    """What was said in sessions, and whatever came since the last of them began: it came while the room stood open."""
    named = [session_named(entry) for entry in latest]
    last = next((name for name in reversed(named) if name), "")
    begun = named.index(last) if named else 0
    return [entry for place, entry in enumerate(latest) if named[place] or place >= begun]


def _opens(entry: Entry, live: Session) -> bool:
    return entry.body.event is EventName.SESSION_OPENED and session_named(entry) == str(live.id)


def promise_for_now(visit: Visit, circle: Circle) -> datetime | None:
    """By when a letter written now is answered. One that joins a waiting letter is answered with it.

    None where care has ended: it is kept, and nothing is promised.
    """
    waiting = promise_of(visit.practice, circle.conversation)
    return waiting or promise_from(visit.practice, circle.conversation, visit.here.now)


async def letters(request: Request) -> Response:
    """GET /me/letters?before=N, newest first.

    With several conversations all their newest letters stand together, each with its number in its own; `before` then
    has no meaning and is not offered.
    """
    visit = await client_visit(request)
    lines = await inbox(visit.office, visit.person)
    before = number_in(request.query_params.get("before"), HIGHEST) if len(lines) == 1 else HIGHEST
    found: list[parts.Letter | Unshown] = []
    earlier: int | None = None
    for line in lines:
        some, earlier = await _letters_of(visit, line, before, alone=len(lines) == 1)
        found += some
    found.sort(key=lambda one: one.at, reverse=True)
    view = Letters(
        signed_in=signed_in(visit),
        here=visit.here,
        letters=tuple(found),
        earlier=earlier if len(lines) == 1 else None,
        sent="sent" in request.query_params,
        over=tuple(over_for(line.circle, visit) for line in lines if line.conversation.ended_at),
    )
    return page(request, "client/letters.html", view)


async def _letters_of(
    visit: Visit, line: InboxLine, before: int, *, alone: bool
) -> tuple[list[parts.Letter | Unshown], int | None]:
    held, circle = await visit.enter(line.conversation.id, Deed.READ)
    entries, earlier = await past.letters_before(visit.office, held, before, ON_A_PAGE)
    await note_opening(visit.office, held)
    if before == HIGHEST and entries:
        await mark_read(visit.office, held, entries[-1].number)
    reader = await reader_for(visit, circle, held, entries, linked=alone)
    return await visit.aside(_sheets, entries, reader), earlier


def _sheets(entries: list[Entry], reader: Reader) -> list[parts.Letter | Unshown]:
    return [letter_shown(one, reader, entries) for one in entries]


async def reader_for(
    visit: Visit, circle: Circle, held: Pass, found: list[Entry], *, linked: bool = True
) -> Reader:
    """A client, and what is known beside these entries."""
    return Reader(
        circle,
        visit.person.id,
        f"/me/letters/{circle.conversation.id}",
        promise_of(visit.practice, circle.conversation),
        held_back=await file_checks(visit.office, held, found),
        linked=linked,
    )
