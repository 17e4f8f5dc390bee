"""The open conversation of a clinician, and what is done in it: letters, sessions, settling."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from messaging import undoing
from messaging.arriving.files import file_checks
from messaging.conversations import Circle, CoverScope
from messaging.conversations import Conversation as Kept
from messaging.errors import Busy, Conflict, Crossed, KeyReused, Malformed, NoSession, SessionLive
from messaging.ids import PersonId
from messaging.inbox.listing import held_letters
from messaging.leaving.delivering import deliveries
from messaging.leaving.promises import promise_of
from messaging.letters.drafts import DraftKind
from messaging.letters.sending import WrongLetter, send_letter, send_letter_later
from messaging.memory.sending_later import NoLetterSince
from messaging.messages import Entry
from messaging.record.reading import entries_before, mark_read, note_opening
from messaging.sessions.at_hand import due_session
from messaging.sessions.holding import end_session, open_due_session
from messaging.trust.access import Deed, Pass, may
from web.http.refusals import headers_of, status_of
from web.pages.client.places import SENT_BEFORE
from web.pages.parts.asking import (
    HIGHEST,
    Visit,
    clinician_visit,
    conversation_of,
    form_of,
    go,
    key_of,
    number_in,
    page,
)
from web.pages.parts.boundary import apart
from web.pages.parts.drafting import answer_in, field_for, refilled
from web.pages.parts.ended import to_close
from web.pages.parts.entries import Reader, timeline
from web.pages.parts.letter_files import letter_form, with_files
from web.pages.parts.showing import (
    fresh_key,
    mail_mode,
    named,
    readers_for_staff,
    session,
    signed_in,
    terms,
)
from web.pages.parts.stages import standing_of
from web.pages.parts.undoing import done
from web.pages.parts.views import Failed, Field, StaffBar
from web.pages.staff.answering import asked_about, open_paragraphs, quote
from web.pages.staff.check_ins import check_ins_for, plan_b_for_staff
from web.pages.staff.file import charges_of, file_of
from web.pages.staff.inbox import next_letter, rows_for
from web.pages.staff.overtaken import overtaken
from web.pages.staff.pending import waiting_here, when_of
from web.pages.staff.views import Conversation, Earlier, Inbox, StandingIn

PAGE: Final = 50


async def show(request: Request) -> Response:
    """GET /c/{conversation}?before=N"""
    visit = await clinician_visit(request)
    held, circle = await visit.enter(conversation_of(request), Deed.READ)
    before = number_in(request.query_params.get("before"), HIGHEST)
    view = await as_left(request, visit, held, circle, before)
    answering = "draft" in request.query_params
    return page(request, "staff/conversation.html", having(view, answering=answering))


async def entries(request: Request) -> Response:
    """GET /c/{conversation}/entries?before=N: older entries alone, to be put above."""
    visit = await clinician_visit(request)
    held, circle = await visit.enter(conversation_of(request), Deed.READ)
    await note_opening(visit.office, held)
    before = number_in(request.query_params.get("before"), HIGHEST)
    found = await entries_before(visit.office, held, before, PAGE)
    made = await visit.aside(timeline, found, await reader_for(visit, circle, held, found))
    view = Earlier(visit.here, made)
    return page(request, "staff/_timeline.html", view)


async def as_left(request: Request, visit: Visit, held: Pass, circle: Circle, before: int = HIGHEST) -> Inbox:
    """The page with what its reader has begun to write."""
    kind = DraftKind.CHAT if circle.conversation.live else DraftKind.LETTER
    field = await with_files(visit, held, await field_for(request, visit, held, kind))
    return await whole(visit, held, circle, field, before)


async def whole(visit: Visit, held: Pass, circle: Circle, field: Field, before: int = HIGHEST) -> Inbox:
    """The page. Opening it is noted in the audit trail; the newest page read moves the reader's own mark."""
    await note_opening(visit.office, held)
    conversation = circle.conversation
    # Never beyond the number the page says it ends with: what came since is the stream's to bring.
    found = await entries_before(visit.office, held, min(before, conversation.last_number + 1), PAGE)
    if before > conversation.last_number:
        await mark_read(visit.office, held, conversation.last_number)
    rows = await rows_for(visit, str(conversation.id))
    opened = replace(
        await _open(visit, circle, held, found),
        field=field,
        next=next_letter(rows.rows, str(conversation.id)),
        pending=await apart("pending", waiting_here(visit, held)),
        to_answer=await apart("to_answer", visit.aside(open_paragraphs, found, circle, field.text)),
        asked_in=_last_letter(found, circle),
    )
    return Inbox(signed_in(visit), StaffBar("inbox", rows.waiting, rows.held), visit.here, rows, opened)


def _last_letter(entries: Sequence[Entry], circle: Circle) -> int:
    clients = {one.id for one in circle.clients}
    return max((one.number for one in entries if one.is_letter and one.author in clients), default=0)


async def _open(visit: Visit, circle: Circle, held: Pass, found: list[Entry]) -> Conversation:
    conversation, me = circle.conversation, visit.person.id
    current = conversation.live or await due_session(visit.office, held)
    ended = None if conversation.live else to_close(found, me, visit.here.now)
    check_ins = await apart("check_ins", check_ins_for(visit, circle, current))
    return Conversation(
        id=str(conversation.id),
        name=circle.title(),
        terms="" if conversation.ended_at else terms(conversation.answer),
        standing=standing_of(conversation, visit.practice, visit.here.now),
        readers=readers_for_staff(circle, me),
        people=named(circle),
        timeline=await visit.aside(timeline, found, await reader_for(visit, circle, held, found)),
        field=Field(fresh_key()),
        session_key=fresh_key(),
        handled_key=fresh_key(),
        closing_key=fresh_key(),
        session=session(current, circle, me) if current else None,
        ended=session(ended, circle, me) if ended else None,
        waiting_since=conversation.waiting_since,
        answer_by=promise_of(visit.practice, conversation),
        held=bool(await held_letters(visit.office, visit.person, visit.practice, [conversation])),
        mail_mode=mail_mode(circle),
        # Where somebody is, and on which number: for who holds sessions, not for who looks in.
        file=await apart("file", file_of(visit, held, circle))
        if may(visit.person, conversation, Deed.HOLD_SESSION)
        else None,
        charges=charges_of(visit, circle),
        check_ins=check_ins,
        stands_in=_stands_in(conversation, me),
        plan_b="" if isinstance(check_ins, Failed) else plan_b_for_staff(check_ins),
    )


def _stands_in(conversation: Kept, me: PersonId) -> StandingIn | None:
    member = conversation.member(me)
    if member is None or member.covers is None:
        return None
    return StandingIn(member.covers.last, member.covers.scope is CoverScope.LOOK_IN)


async def reader_for(visit: Visit, circle: Circle, held: Pass, found: list[Entry]) -> Reader:
    """A clinician, and what is known beside these entries."""
    letters = [one.number for one in found if one.is_letter]
    return Reader(
        circle=circle,
        me=visit.person.id,
        files=f"/c/{circle.conversation.id}",
        promise=promise_of(visit.practice, circle.conversation),
        deliveries=await deliveries(visit.office, held, letters),
        held_back=await file_checks(visit.office, held, found),
        originals=True,
    )


async def post_letter(request: Request) -> Response:
    """POST /c/{conversation}/letters. It answers the newest letter of those in care, so that their mail threads."""
    visit = await clinician_visit(request)
    held, circle = await visit.enter(conversation_of(request), Deed.WRITE)
    form = await letter_form(request, visit, circle.conversation.id)
    fields = form.fields
    try:
        form.check()
        if "quote" in fields:
            return go(await quote(visit, circle, fields))
        seen = NoLetterSince(number_in(fields.get("seen"), HIGHEST), visit.person.id, clients=False)
        handed = answer_in(fields, seen)
        when, pace = when_of(visit, fields), visit.house.letters
        if when is not None:
            await send_letter_later(visit.office, held, circle, handed, when, pace)
            return go(f"/c/{circle.conversation.id}#pending")
        outcome = await send_letter(visit.office, held, circle, handed, pace)
    except WrongLetter:  # its words are another's: they come back on a page of their own
        raise
    except (Malformed, KeyReused, Busy, Conflict) as refusal:
        return await _again(request, visit, circle, fields, refusal)
    return go(f"/c/{circle.conversation.id}#n{outcome.number}")


async def _again(
    request: Request,
    visit: Visit,
    circle: Circle,
    fields: Mapping[str, str],
    refusal: Malformed | KeyReused | Busy | Conflict,
) -> Response:
    """The page once more, with the text in its field and the reason above it."""
    held, _ = await visit.enter(circle.conversation.id, Deed.READ)
    reused = isinstance(refusal, KeyReused)
    mistake = SENT_BEFORE if reused else refusal.detail
    field = await with_files(visit, held, refilled(Field(fresh_key()), fields, same_key=not reused))
    first = None
    if isinstance(refusal, Crossed):
        field, first = await overtaken(visit, circle, fields, field)
    named = asked_about(refusal)
    view = having(await whole(visit, held, circle, field), mistake=mistake, first=first, named=named)
    answer = page(request, "staff/conversation.html", view, status_of(refusal))
    answer.headers.update(headers_of(refusal))
    return answer


def having(view: Inbox, **changes: Any) -> Inbox:
    return view if view.open is None else replace(view, open=replace(view.open, **changes))


async def open_now(request: Request) -> Response:
    """POST /c/{conversation}/sessions: the booked session whose time it is, else a new one. Twice is once."""
    visit = await clinician_visit(request)
    held, circle = await visit.enter(conversation_of(request), Deed.HOLD_SESSION)
    with suppress(SessionLive):
        await open_due_session(visit.office, held)
    return _back(circle)


async def end_now(request: Request) -> Response:
    """POST /c/{conversation}/sessions/end. Twice is once."""
    visit = await clinician_visit(request)
    held, circle = await visit.enter(conversation_of(request), Deed.HOLD_SESSION)
    live = circle.conversation.live
    with suppress(NoSession):
        if live is not None:
            await end_session(visit.office, held, live)
    return _back(circle)


async def handled(request: Request) -> Response:
    """POST /c/{conversation}/handled: nothing more is owed, which can be undone. Where nothing waits, nothing is written."""
    visit = await clinician_visit(request)
    held, circle = await visit.enter(conversation_of(request), Deed.SETTLE)
    key, since = key_of(await form_of(request)), circle.conversation.waiting_since
    slip = await undoing.settle(visit.office, held, key, since) if since is not None else None
    return await done(request, visit, _back(circle), slip, circle.title())


def _back(circle: Circle) -> Response:
    return go(f"/c/{circle.conversation.id}")
