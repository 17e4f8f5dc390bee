"""A client's first page: what happens next, that their letter is safe and until when, and what there is if it gets hard."""

from datetime import datetime, timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from messaging.conversations import Circle
from messaging.inbox.listing import InboxLine, inbox, is_unread
from messaging.leaving.promises import promise_of
from messaging.letters.drafts import Draft, DraftKind, drafts_of
from messaging.messages import Entry, EventName
from messaging.practice.handing_over import handed_over
from messaging.practice.openings import IdentityOpening, openings_of
from messaging.practice.ways_back import own_wish
from messaging.record import past
from messaging.record.reading import entries_before
from messaging.sessions.at_hand import ROOM_OPENS, awaited
from messaging.trust.access import Deed, Pass
from messaging.trust.due import is_due_to
from web.pages.client.ending import endings_for
from web.pages.client.given import given_of
from web.pages.client.given_view import GivenLine
from web.pages.client.joined import asks_for
from web.pages.client.places import over_for
from web.pages.client.standing_in import cover_asks, who_is_away
from web.pages.client.views import ClientHome, LetterGlance, Successor
from web.pages.parts import views as parts
from web.pages.parts.asking import Visit, client_visit, page
from web.pages.parts.boundary import apart
from web.pages.parts.entries import waits
from web.pages.parts.people_view import HelpLine
from web.pages.parts.showing import fresh_key, opening, readers_for_client, session, signed_in, with_name
from web.pages.parts.views import FAILED, Failed, OtherDraft

AT_HOME: Final = 5
BEGUN: Final = 3
"""Letters begun that the home page tells of; the page for writing has them all."""
LATELY: Final = timedelta(days=30)
"""How long the first page tells of an opened identity; the page of who has opened the record always does."""
AFTER: Final = 50
"""Entries, the newest, among which it is looked for that somebody said of a letter that it needs no answer."""
SAID: Final = frozenset({EventName.NEEDS_NO_ANSWER, EventName.WAITS_AGAIN})


async def home(request: Request) -> Response:
    """GET /me"""
    visit = await client_visit(request)
    lines = await inbox(visit.office, visit.person)
    found = [await apart("letters", _glances(visit, line)) for line in lines]
    glances = [glance for some in found if not isinstance(some, Failed) for glance in some]
    glances.sort(key=lambda glance: glance.at, reverse=True)
    coming = await apart("session", _next_session(visit, lines))
    begun = await apart("begun", _begun(visit, lines))
    over = tuple(over_for(line.circle, visit) for line in lines if line.conversation.ended_at)
    circle = lines[0].circle if len(lines) == 1 else None
    view = ClientHome(
        signed_in=signed_in(visit),
        here=visit.here,
        session=coming,
        latest=glances[0] if glances else None,
        letters=tuple(glances[:AT_HOME]),
        fault=FAILED if FAILED in found else None,
        begun=begun,
        wish=await own_wish(visit.office, visit.person),
        key=fresh_key(),
        successors=await apart("successors", _successors(visit, lines)),
        over=over,
        asks=await apart("asks", asks_for(visit, lines)),
        given=await apart("given", _given(visit, lines)),
        has_plan=any(line.given for line in lines),
        endings=await apart("endings", endings_for(visit, lines)),
        away=await apart("away", who_is_away(visit, lines)),
        cover_asks=await apart("cover_asks", cover_asks(visit, lines)),
        openings=await apart("openings", _openings(visit)),
        agreement_due=any(is_due_to(line.conversation, visit.person.id, visit.here.now) for line in lines),
        calls=tuple(HelpLine(one.name, one.number, one.when) for one in visit.practice.numbers[:1]),
        door=coming.starts - ROOM_OPENS if isinstance(coming, parts.Session) else None,
        first=circle is not None and not (glances or coming or begun or over or FAILED in found),
        whom=with_name(circle, visit.person.id) if circle else "",
        readers=readers_for_client(circle, visit.person.id) if circle else "",
    )
    return page(request, "client/home.html", view)


async def _given(visit: Visit, lines: list[InboxLine]) -> tuple[GivenLine, ...]:
    """What is asked now. Where nothing was ever given, nothing is looked for."""
    found = await given_of(visit, [line for line in lines if line.given])
    return tuple(one for one in found if one.asked)


async def _openings(visit: Visit) -> tuple[IdentityOpening, ...]:
    found = await openings_of(visit.office, visit.person)
    return tuple(one for one in found if visit.here.now - one.at < LATELY)


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
    settled = await _settled_by(visit, held, circle, letters[-1]) if letters else ""
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
            whom=with_name(circle, visit.person.id),
            since=circle.conversation.waiting_since if waits(one, circle) else None,
            settled_by=settled if one is letters[-1] else "",
        )
        for one in letters
    ]


async def _settled_by(visit: Visit, held: Pass, circle: Circle, letter: Entry) -> str:
    """Who said of somebody's newest letter that it needs no answer; nobody, while it waits or where that was undone."""
    if letter.author != visit.person.id or waits(letter, circle) or circle.conversation.ended_at:
        return ""
    after = await entries_before(visit.office, held, circle.conversation.last_number + 1, AFTER)
    said = [one for one in after if one.number > letter.number and one.body.event in SAID]
    if not said or said[-1].body.event is not EventName.NEEDS_NO_ANSWER:
        return ""
    author = circle.people.get(said[-1].author)
    return author.name if author else ""


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
