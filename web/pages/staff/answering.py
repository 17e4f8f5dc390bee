"""A letter that answers another passage by passage: what is still to be answered, and quoting without scripts."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from messaging.conversations import Circle
from messaging.errors import NotFound, Refusal
from messaging.letters.drafts import DraftKind, Writing, keep
from messaging.letters.others_named import NamesOthers
from messaging.letters.passages import left, passages, to_answer, with_quote
from messaging.messages import Entry
from messaging.record.reading import entry_numbered
from messaging.trust.access import Deed
from web.pages.parts.asking import Visit, key_of, number_in
from web.pages.parts.showing import opening
from web.pages.parts.views import Named
from web.pages.staff.views import ToAnswer

LISTED: Final = 60
"""Paragraphs: more than anybody answers one by one."""


def open_paragraphs(entries: Sequence[Entry], circle: Circle, draft: str) -> tuple[ToAnswer, ...]:
    """The paragraphs of those in care since the last letter to them, each with whether this draft answers it."""
    found = list(_paragraphs(entries, circle))[:LISTED]
    still = left([text for _, text in found], draft)
    return tuple(
        ToAnswer(place, opening(text), done=number not in still) for number, (place, text) in enumerate(found)
    )


def _paragraphs(entries: Sequence[Entry], circle: Circle) -> Iterator[tuple[str, str]]:
    """Where each stands (entry.passage), and its words."""
    clients = {person.id: person for person in circle.clients}
    clinicians = {person.id for person in circle.clinicians}
    letters = [one for one in entries if one.is_letter]
    last = max((one.number for one in letters if one.author in clinicians), default=0)
    for letter in letters:
        if letter.number > last and letter.author in clients:
            cut = passages(letter.body.text)
            for place in to_answer(letter.body.text, clients[letter.author].name):
                yield f"{letter.number}.{place}", cut[place].text


def asked_about(refusal: Refusal) -> tuple[Named, ...]:
    """The other clients a letter names, about whom its writer is asked."""
    named = refusal.named if isinstance(refusal, NamesOthers) else {}
    return tuple(Named(str(one), name) for one, name in named.items())


async def quote(visit: Visit, circle: Circle, fields: Mapping[str, str], place: str = "") -> str:
    """The form without scripts: a passage below what was written so far, kept as a draft. Returns where it stands.

    Raises NotFound (no such passage), and what `keep` raises.
    """
    conversation = circle.conversation.id
    reads, _ = await visit.enter(conversation, Deed.READ)
    number, _, nth = fields.get("quote", "").partition(".")
    entry = await entry_numbered(visit.office, reads, number_in(number, 0))
    words = entry.body.text if entry is not None and entry.is_letter else ""
    cut = await visit.aside(passages, words)
    if not nth.isdecimal() or len(nth) > 5 or int(nth) >= len(cut):
        raise NotFound
    text = with_quote(fields.get("text", ""), cut[int(nth)].text)
    held, _ = await visit.enter(conversation, Deed.WRITE)
    revision = number_in(fields.get("revision"), 0)
    kept = await keep(visit.office, held, Writing(key_of(fields), DraftKind.LETTER, text, revision))
    return f"{place or f'/c/{conversation}'}?draft={kept.draft.id}#answer"
