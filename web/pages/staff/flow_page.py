"""One letter of the day as its page shows it: what is to be answered, and nothing of anybody else."""

from collections.abc import Sequence
from dataclasses import replace
from math import ceil
from typing import Final

from messaging.conversations import Circle
from messaging.inbox.day import letters_on_their_way, next_promise
from messaging.leaving.promises import promise_of
from messaging.messages import Entry
from messaging.record.past import latest_letter_by
from messaging.record.reading import entries_before, mark_read, note_opening
from messaging.slips import UNDO
from messaging.trust.access import Pass
from web.pages.parts.asking import Visit
from web.pages.parts.boundary import apart
from web.pages.parts.entries import Reader, letter_shown, waits
from web.pages.parts.showing import fresh_key, mail_mode, readers_for_client, signed_in, undo_bar
from web.pages.parts.undoing_view import Undo
from web.pages.parts.views import Failed, Field, Letter, Unshown
from web.pages.staff.answering import open_paragraphs
from web.pages.staff.conversation import reader_for
from web.pages.staff.day import hours_of
from web.pages.staff.flow_steps import Place, Step, Steps
from web.pages.staff.flow_view import Flow, FlowEnd, Going
from web.pages.staff.pending import waiting_here

READ: Final = 50
"""Entries of the newest: what waits longer than that is found by looking back for it."""


async def shown(visit: Visit, held: Pass, circle: Circle, field: Field, place: Place) -> Flow:
    """The page. Opening it is reading: it is noted in the trail, and moves the reader's own mark."""
    await note_opening(visit.office, held)
    conversation = circle.conversation
    found = await entries_before(visit.office, held, conversation.last_number + 1, READ)
    await mark_read(visit.office, held, conversation.last_number)
    letters, before = await _letters(visit, held, circle, found)
    reader = await reader_for(visit, circle, held, [*letters, *([before] if before else [])])
    pending = await apart("pending", waiting_here(visit, held))
    return Flow(
        signed_in=replace(signed_in(visit), undo=()),
        here=visit.here,
        id=str(conversation.id),
        name=circle.title(),
        readers=readers_for_client(circle, visit.person.id),
        place=place,
        letters=await visit.aside(_made, letters, reader),
        answers=str(letters[-1].id) if letters else "",
        seen=conversation.last_number,
        field=field,
        settle_key=fresh_key(),
        before=(await visit.aside(_made, [before], reader))[0] if before else None,
        promise=promise_of(visit.practice, conversation),
        to_answer=await apart("to_answer", visit.aside(open_paragraphs, letters, circle, field.text)),
        pending=pending if isinstance(pending, Failed) else tuple(one for one in pending if not one.soon),
        mail_mode=mail_mode(circle),
        going=await _going(visit),
        undo=_undo(visit),
        live=conversation.live is not None,
        stands_in=held.covers,
    )


async def ended(visit: Visit, steps: Steps) -> FlowEnd:
    """The end of it, or that nothing waits where one came to."""
    following = await next_promise(visit.office, visit.person, visit.practice, hours_of(visit).end)
    count = len(steps.steps)
    return FlowEnd(
        signed_in=replace(signed_in(visit), undo=()),
        here=visit.here,
        place=Place(count, count, tuple(_word(step) for step in steps.steps.values())) if count else None,
        done=steps.count(Step.DONE) + steps.count(Step.ELSEWHERE),
        later=steps.count(Step.LATER),
        elsewhere=steps.count(Step.ELSEWHERE),
        going=await _going(visit),
        undo=_undo(visit),
        next=following[0] if following else None,
        next_name=following[1].title() if following else "",
    )


def _word(step: Step) -> str:
    return "later" if step is Step.LATER else "open" if step in (Step.OPEN, Step.NEW) else "done"


async def _letters(
    visit: Visit, held: Pass, circle: Circle, found: Sequence[Entry]
) -> tuple[list[Entry], Entry | None]:
    """What waits for an answer, in order, or else the newest of theirs; and what was last written to them."""
    clients = {person.id for person in circle.clients}
    last = circle.conversation.last_number
    letters = [one for one in found if one.is_letter and waits(one, circle)]
    if not letters:
        newest = await latest_letter_by(visit.office, held, last, lambda one: one.author in clients)
        letters = [newest] if newest else []
    earlier = [one for one in found if one.is_letter and one.author not in clients]
    first = letters[0].number if letters else last + 1
    return letters, next((one for one in reversed(earlier) if one.number < first), None)


def _made(letters: Sequence[Entry], reader: Reader) -> tuple[Letter | Unshown, ...]:
    return tuple(letter_shown(one, reader, letters) for one in letters)


async def _going(visit: Visit) -> tuple[Going, ...]:
    """What goes within half a minute, the newest first."""
    found = await letters_on_their_way(visit.office, visit.person, visit.here.now + UNDO)
    now = visit.here.now
    return tuple(
        Going(str(one.conversation), str(one.id), one.send_at, ceil((one.send_at - now).total_seconds()))
        for one in found
        if one.send_at is not None and one.send_at > now
    )


def _undo(visit: Visit) -> tuple[Undo, ...]:
    """What was settled a moment ago; whose it was is not said on another's page."""
    return tuple(replace(one, name="") for one in undo_bar(visit, visit.slips) if one.deed == "settled")
