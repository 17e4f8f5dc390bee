"""The letters of a day, one at a time: each on a page of its own, and sending one opens the next.

    begin / next > a letter > sent with half a minute to take it back, put off, or settled > next > the end, in one sentence

What is due is asked for anew with each page (`messaging.inbox.day`), so two devices and a colleague do not confuse it. Each
form carries its conversation and what it answers; what does not fit is refused and not sent (`messaging.letters.sending`).
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from messaging import undoing
from messaging.conversations import Circle
from messaging.errors import Busy, Conflict, Crossed, KeyReused, Malformed, NotFound
from messaging.ids import ConversationId, parse_uuid
from messaging.inbox.day import letters_due
from messaging.letters.drafts import DraftKind
from messaging.letters.sending import WrongLetter, send_letter_later
from messaging.letters.sending_later import When, take_back
from messaging.memory.sending_later import NoLetterSince
from messaging.slips import UNDO
from messaging.trust.access import Deed, Pass
from web.http.refusals import headers_of, status_of
from web.http.slips import keep_slips
from web.pages.client.places import SENT_BEFORE
from web.pages.parts.asking import (
    HIGHEST,
    Visit,
    clinician_visit,
    conversation_named,
    conversation_of,
    go,
    key_of,
    number_in,
    page,
)
from web.pages.parts.drafting import answer_in, field_for, keep_for_later, refilled
from web.pages.parts.letter_files import letter_form, with_files
from web.pages.parts.showing import fresh_key
from web.pages.parts.undoing import done
from web.pages.parts.views import Field
from web.pages.staff.answering import asked_about, quote
from web.pages.staff.day import hours_of
from web.pages.staff.flow_page import ended, shown
from web.pages.staff.flow_steps import Step, Steps, keep_steps, steps_of
from web.pages.staff.overtaken import overtaken
from web.pages.staff.pending import when_of

GONE: Final = "That letter has gone: it could not be taken back any more."


async def onward(request: Request) -> Response:
    """GET /flow?begin=1, ?again=1: to the letter promised first; begun anew, or with those that were put off."""
    visit = await clinician_visit(request)
    due = await _due(visit)
    known = _known(request, visit)
    if "begin" in request.query_params:
        known = Steps(visit.person.id)
    if "again" in request.query_params:
        known = known.again()
    steps = known.looked(due)
    if left := steps.left(due):
        return _keep(visit, go(f"/flow/{left[0]}"), steps)
    view = await ended(visit, steps)
    return _keep(visit, page(request, "staff/flow_end.html", view), steps.said())


async def show(request: Request) -> Response:
    """GET /flow/{conversation}?draft=ID: one letter that waits. Where nothing waits any more the page says so."""
    visit = await clinician_visit(request)
    held, circle = await visit.enter(conversation_of(request), Deed.READ)
    here, due = circle.conversation.id, await _due(visit)
    steps = _known(request, visit).looked(due)
    if here not in due:
        view = replace(await ended(visit, steps), nothing_at=str(here))
        return _keep(visit, page(request, "staff/flow_end.html", view), steps.said())
    steps = steps.marked(here, Step.OPEN) if steps.steps.get(here) is not Step.NEW else steps
    field = await with_files(visit, held, await field_for(request, visit, held, DraftKind.LETTER))
    made = await shown(visit, held, circle, field, steps.place_of(here, due))
    made = replace(
        made,
        elsewhere=steps.count(Step.ELSEWHERE),
        new=steps.count(Step.NEW),
        mistake=GONE if "gone" in request.query_params else "",
    )
    return _keep(visit, page(request, "staff/flow.html", made), steps.said())


async def send(request: Request) -> Response:
    """POST /flow/{conversation}: it goes in half a minute, and the next opens."""
    visit = await clinician_visit(request)
    held, circle = await visit.enter(conversation_of(request), Deed.WRITE)
    form = await letter_form(request, visit, circle.conversation.id)
    fields, here = form.fields, circle.conversation.id
    try:
        form.check()
        if "quote" in fields:
            return go(await quote(visit, circle, fields, f"/flow/{here}"))
        # Also a client's: on this page nothing brings what they wrote meanwhile.
        handed = answer_in(fields, NoLetterSince(number_in(fields.get("seen"), HIGHEST), visit.person.id))
        when = when_of(visit, fields) or When(send_at=visit.here.now + UNDO)
        await send_letter_later(visit.office, held, circle, handed, when, visit.house.letters)
    except WrongLetter:  # its words are another's: they come back on a page of their own
        raise
    except (Malformed, KeyReused, Busy, Conflict) as refusal:
        return await _again(request, visit, circle, fields, refusal)
    return await _next(request, visit, here)


async def later(request: Request) -> Response:
    """POST /flow/{conversation}/later: put off until the others are answered; what was begun is kept."""
    visit = await clinician_visit(request)
    held, circle = await visit.enter(conversation_of(request), Deed.WRITE)
    form = await letter_form(request, visit, circle.conversation.id)
    await _kept(visit, held, form.fields)
    form.check()
    return await _next(request, visit, circle.conversation.id)


async def handled(request: Request) -> Response:
    """POST /flow/{conversation}/handled: it needs no answer, which can be undone."""
    visit = await clinician_visit(request)
    held, circle = await visit.enter(conversation_of(request), Deed.SETTLE)
    form = await letter_form(request, visit, circle.conversation.id)
    fields, since = form.fields, circle.conversation.waiting_since
    writes, _ = await visit.enter(circle.conversation.id, Deed.WRITE)
    await _kept(visit, writes, fields)
    form.check()
    key = parse_uuid(fields.get("settle")) or key_of(fields)
    slip = await undoing.settle(visit.office, held, key, since) if since is not None else None
    answer = await _next(request, visit, circle.conversation.id)
    return await done(request, visit, answer, slip, circle.title())


async def undo(request: Request) -> Response:
    """POST /flow/undo `undo`: the letter sent last, or what was settled. What stands in the field is kept before."""
    visit = await clinician_visit(request)
    fields = (await letter_form(request, visit)).fields
    at = parse_uuid(fields.get("conversation"))
    back = f"/flow/{at}" if at else "/flow"
    if at is not None:
        held, _ = await visit.enter(ConversationId(at), Deed.WRITE)
        await _kept(visit, held, fields)
    what, _, which = fields.get("undo", "").partition(".")
    if what == "slip":
        slip = await undoing.undo(visit.office, visit.person, which, visit.practice)
        answer = go(f"/flow/{slip.conversation}")
        keep_slips(answer, visit.house.settings.web, [one for one in visit.slips if one[0] != which])
        return answer
    whose, _, letter = which.partition(".")
    key = parse_uuid(letter)
    if key is None:
        raise NotFound
    held, circle = await visit.enter(conversation_named(whose), Deed.WRITE)
    try:
        draft = await take_back(visit.office, held, key)
    except NotFound:  # it went in this moment, or was taken back from elsewhere
        return go(f"{back}?gone=1")
    return go(f"/flow/{circle.conversation.id}?draft={draft.id}")


async def _again(
    request: Request,
    visit: Visit,
    circle: Circle,
    fields: Mapping[str, str],
    refusal: Malformed | KeyReused | Busy | Conflict,
) -> Response:
    """The page once more, with the text in its field and the reason above it."""
    held, circle = await visit.enter(circle.conversation.id, Deed.READ)
    reused = isinstance(refusal, KeyReused)
    field = await with_files(visit, held, refilled(Field(fresh_key()), fields, same_key=not reused))
    changes: dict[str, Any] = {"mistake": SENT_BEFORE if reused else refusal.detail}
    if isinstance(refusal, Crossed):
        field, changes["first"] = await overtaken(visit, circle, fields, field)
    due = await _due(visit)
    steps = _known(request, visit).looked(due)
    made = await shown(visit, held, circle, field, steps.place_of(circle.conversation.id, due))
    made = replace(made, named=asked_about(refusal), **changes)
    answer = page(request, "staff/flow.html", made, status_of(refusal))
    answer.headers.update(headers_of(refusal))
    return answer


async def _next(request: Request, visit: Visit, left: ConversationId) -> Response:
    """After a letter: to the one promised next. What waits still was put off."""
    due = await _due(visit)
    known = _known(request, visit).marked(left, Step.LATER if left in due else Step.DONE)
    steps = known.looked(due)
    following = next(iter(steps.left(due)), None)
    return _keep(visit, go(f"/flow/{following}" if following else "/flow"), steps)


async def _due(visit: Visit) -> list[ConversationId]:
    found = await letters_due(visit.office, visit.person, visit.practice, hours_of(visit).end)
    return [one.conversation.id for one in found]


async def _kept(visit: Visit, held: Pass, fields: Mapping[str, str]) -> None:
    """What was begun; a page with scripts has kept it already, and an empty field is nothing to keep."""
    if fields.get("text", "").strip() and fields.get("key"):
        with suppress(Conflict):  # many drafts, or sent meanwhile: its words are there
            await keep_for_later(visit, held, fields)


def _known(request: Request, visit: Visit) -> Steps:
    return steps_of(request, visit.house.settings.web, visit.person.id)


def _keep(visit: Visit, answer: Response, steps: Steps) -> Response:
    return keep_steps(answer, visit.house.settings.web, steps)
