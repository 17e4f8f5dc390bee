"""A second look at a letter before it goes: a page of its own, on which nothing is sent by itself."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from messaging.conversations import Circle
from messaging.letters.drafts import keep
from messaging.letters.second_look import own_lines, places_left, questions
from messaging.letters.snippets import from_snippets, snippets_of
from messaging.letters.uploads import uploads_for
from messaging.messages import Entry
from messaging.notes.in_letters import Borrowed, borrowed_from_notes
from messaging.record.reading import entries_before
from messaging.trust.access import Deed, Pass
from web.pages.parts.asking import Visit, clinician_visit, conversation_of, page
from web.pages.parts.boundary import apart
from web.pages.parts.drafting import letter_in
from web.pages.parts.entries import waits
from web.pages.parts.letter_files import ATTACHED, letter_form
from web.pages.parts.rendering import word_count
from web.pages.parts.showing import mail_mode, readers_for_client, signed_in
from web.pages.staff.answering import open_paragraphs
from web.pages.staff.look_view import Look
from web.pages.staff.views import ToAnswer

READ: Final = 50
"""Entries of the newest, among which stands what is answered."""
GO_ON: Final = ("conversation", "answers", "seen", "when", "at", "sure", "settle")
"""Fields of the letter's form that its sending needs; the key and the revision are those of the draft kept here."""


@dataclass(frozen=True, slots=True)
class _Found:
    paragraphs: tuple[ToAnswer, ...]
    places: tuple[str, ...]
    words: int
    asked: int
    asks: int


async def second_look(request: Request) -> Response:
    """POST /c/{conversation}/letters/look: the letter is kept as a draft, and shown as its reader will see it."""
    visit = await clinician_visit(request)
    held, circle = await visit.enter(conversation_of(request), Deed.WRITE)
    form = await letter_form(request, visit, circle.conversation.id)
    fields = form.fields
    handed = letter_in(fields)
    kept = (await keep(visit.office, held, handed.writing)).draft
    form.check()  # a file that was not taken must not go missing on the way
    reads, _ = await visit.enter(circle.conversation.id, Deed.READ)
    entries = await entries_before(visit.office, reads, circle.conversation.last_number + 1, READ)
    found = await visit.aside(_looked, entries, circle, kept.text)
    here, onward = circle.conversation.id, "flow" in fields
    place = f"/flow/{here}" if onward else f"/c/{here}"
    view = Look(
        signed_in=signed_in(visit),
        here=visit.here,
        name=circle.title(),
        readers=readers_for_client(circle, visit.person.id),
        mail_mode=mail_mode(circle),
        action=place if onward else f"{place}/letters",
        back=f"{place}?draft={kept.id}#answer",
        fields={
            "key": str(kept.id),
            "revision": str(kept.revision),
            **{name: said for name, said in fields.items() if name in GO_ON or name.startswith(ATTACHED)},
        },
        text=kept.text,
        words=found.words,
        asked=found.asked,
        asks=found.asks,
        left=tuple(one for one in found.paragraphs if not one.done),
        paragraphs=len(found.paragraphs),
        places=found.places,
        lent=from_snippets(own_lines(kept.text), await snippets_of(visit.office, visit.person)),
        files=await _files(visit, held, kept.id, handed.letter.files),
        onward=onward,
        borrowed=await apart("borrowed", _borrowed(visit, circle, kept.text)),
    )
    return page(request, "staff/second_look.html", view)


async def _files(visit: Visit, held: Pass, draft: UUID, wanted: Collection[UUID]) -> tuple[str, ...]:
    brought = await uploads_for(visit.office, held, draft) if wanted else []
    return tuple(one.name for one in brought if one.id in wanted)


async def _borrowed(visit: Visit, circle: Circle, text: str) -> tuple[Borrowed, ...]:
    held, _ = await visit.enter(circle.conversation.id, Deed.NOTE)
    return await borrowed_from_notes(visit.office, held, text)


def _looked(entries: list[Entry], circle: Circle, text: str) -> _Found:
    """Beside the loop: letters are as long as their writers wish."""
    theirs = [one.body.text for one in entries if one.is_letter and waits(one, circle)]
    own = own_lines(text)
    return _Found(
        paragraphs=open_paragraphs(entries, circle, text),
        places=places_left(own),
        words=word_count(own),
        asked=sum(questions(own_lines(one)) for one in theirs),
        asks=questions(own),
    )
