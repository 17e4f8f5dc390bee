"""A client's places: the session room, letters read and written."""

from datetime import datetime, timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from channels.language.saying import N_
from messaging.arriving.files import file_checks
from messaging.conversations import Circle, Session
from messaging.facts import ClosingFacts
from messaging.inbox.listing import InboxLine, inbox
from messaging.leaving.promises import promise_from, promise_of
from messaging.letters.drafts import DraftKind
from messaging.messages import Entry, EventName
from messaging.record import past
from messaging.record.reading import entries_before, mark_read, note_opening
from messaging.sessions.at_hand import awaited
from messaging.trust.access import Deed, Pass
from web.pages.client.views import (
    Letters,
    Over,
    SessionRoom,
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
from web.pages.parts.entries import Reader, letter_shown, timeline
from web.pages.parts.facts import session_named
from web.pages.parts.showing import (
    fresh_key,
    named,
    readers_for_client,
    session,
    signed_in,
    with_name,
)
from web.pages.parts.views import Unshown

ON_A_PAGE: Final = 20
JUST_NOW: Final = timedelta(hours=1)
"""How long a room says that its session has ended, before it speaks of the next one."""
SENT_BEFORE: Final = N_(
    "Another text was already sent from this page. If this one shall go as well, send it once more."
)


def over_for(circle: Circle, visit: Visit) -> Over:
    """With whom care has ended, and when."""
    return Over(with_name(circle, visit.person.id), circle.conversation.ended_at or visit.here.now)


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
    booked = await awaited(visit.office, held.practice, [held.conversation])
    if live is not None:
        entries = await _said_in(visit, held, conversation.last_number, live)
        now: Session | None = live
    else:
        latest = await entries_before(visit.office, held, conversation.last_number + 1, 200)
        entries = _of_sessions(latest)
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
        then=session(booked, circle, me) if booked and booked != now else None,
        homework=_homework(entries, now),
        closing_key=fresh_key(),
        check_in=await apart("check_in", form_for(visit, held, circle, live)) if live else None,
        plan_b=await apart("plan_b", plan_b_for_client(visit, held, circle, live)) if live else "",
    )
    return page(request, "client/session_room.html", view)


async def _said_in(visit: Visit, held: Pass, last: int, live: Session) -> list[Entry]:
    """What was said in it so far, which is read with that."""
    entries = await past.session_entries(visit.office, held, last, lambda entry: _opens(entry, live))
    await mark_read(visit.office, held, last)
    return entries


def _of_sessions(latest: list[Entry]) -> list[Entry]:
    """What was said in sessions, and whatever came since the last of them began: it came while the room stood open."""
    named = [session_named(entry) for entry in latest]
    last = next((name for name in reversed(named) if name), "")
    begun = named.index(last) if named else 0
    return [entry for place, entry in enumerate(latest) if named[place] or place >= begun]


def _homework(entries: list[Entry], of: Session | None) -> str:
    """What was last given to do, at the closing of this session."""
    given = [
        facts.homework
        for entry in entries
        if of is not None and isinstance(facts := entry.body.facts, ClosingFacts) and facts.session == of.id
    ]
    return next((one for one in reversed(given) if one), "")


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
