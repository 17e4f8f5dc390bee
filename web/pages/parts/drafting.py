"""What stands in a field before one writes in it: the newest draft, and the other versions of it."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Final

from starlette.requests import Request

from messaging.errors import Refusal
from messaging.ids import ConversationId, EntryId, PersonId, parse_uuid
from messaging.letters.drafts import Draft, DraftKind, Writing, drafts_of, keep
from messaging.letters.sending import HandedIn
from messaging.letters.writing import Letter
from messaging.memory.sending_later import NoLetterSince
from messaging.office import Office
from messaging.people import Person
from messaging.record.reading import enter
from messaging.trust.access import Deed, Pass
from web.pages.parts.asking import Visit, key_of, number_in
from web.pages.parts.boundary import apart
from web.pages.parts.showing import fresh_key, opening
from web.pages.parts.views import Failed, Field, OtherDraft

SURE: Final = 200
"""People named in one letter whom its writer means: more than a letter names."""


async def field_for(request: Request, visit: Visit, held: Pass, kind: DraftKind) -> Field:
    """The field with the draft that ?draft= names, or else the newest; a fresh one where nothing was begun."""
    drafts = await apart("draft", drafts_of(visit.office, held, kind))
    if isinstance(drafts, Failed):
        return Field(fresh_key(), failed=True)
    return field_of(drafts, request.query_params.get("draft"))


def field_of(drafts: list[Draft], wanted: str | None) -> Field:
    """One of these drafts, newest first, in the field; the others a link away."""
    if not drafts:
        return Field(fresh_key())
    chosen = next((draft for draft in drafts if str(draft.id) == wanted), drafts[0])
    others = tuple(
        OtherDraft(str(draft.id), draft.at, opening(draft.text)) for draft in drafts if draft is not chosen
    )
    return Field(str(chosen.id), chosen.text, chosen.revision, chosen.at, others)


def refilled(field: Field, fields: Mapping[str, str], *, same_key: bool) -> Field:
    """What was handed in and not taken, back in its field."""
    key = fields["key"] if same_key and "key" in fields else fresh_key()
    return replace(field, key=key, text=fields.get("text", ""), revision=0, kept_at=None)


async def keep_for_later(visit: Visit, held: Pass, fields: Mapping[str, str]) -> None:
    """The form without scripts. Raises what `keep` raises."""
    revision = number_in(fields.get("revision"), 0)
    text = fields.get("text", "")
    await keep(visit.office, held, Writing(key_of(fields), DraftKind.LETTER, text, revision))


def letter_in(fields: Mapping[str, str], unless: NoLetterSince | None = None) -> HandedIn:
    """What a letter's form hands in. Raises Malformed."""
    named = [value for name, value in fields.items() if name.startswith("attached-")]
    files = tuple(found for found in map(parse_uuid, named) if found is not None)
    letter = Letter(key_of(fields), fields.get("text"), files=files, unless=unless)
    return HandedIn(
        letter, page=parse_uuid(fields.get("page")), revision=number_in(fields.get("revision"), 0)
    )


def answer_in(fields: Mapping[str, str], unless: NoLetterSince) -> HandedIn:
    """What a clinician's form hands in: whom it is for, what it answers, whom they mean to name. Raises Malformed."""
    made_for, answers = parse_uuid(fields.get("conversation")), parse_uuid(fields.get("answers"))
    sure = (parse_uuid(one) for one in fields.get("sure", "").split(".", SURE)[:SURE])
    return replace(
        letter_in(fields, unless),
        answers_newest=True,
        made_for=ConversationId(made_for) if made_for else None,
        answers=EntryId(answers) if answers else None,
        sure=frozenset(PersonId(one) for one in sure if one is not None),
    )


async def keep_last_words(office: Office, person: Person, raw: str) -> None:
    """What a page hands over with the request that signs out: a request of its own might come too late.

    Whatever is wrong with it, the way out stays open.
    """
    with suppress(ValueError, Refusal):
        sent = json.loads(raw)
        if not isinstance(sent, dict):
            return
        conversation, draft = parse_uuid(sent.get("conversation")), parse_uuid(sent.get("id"))
        revision, turn = sent.get("revision"), sent.get("turn")
        if (
            conversation is None
            or draft is None
            or not isinstance(revision, int)
            or not isinstance(turn, int)
        ):
            return
        held, _ = await enter(office, person, ConversationId(conversation), Deed.WRITE)
        kind = DraftKind.CHAT if sent.get("kind") == DraftKind.CHAT else DraftKind.LETTER
        page = parse_uuid(sent.get("page"))
        await keep(office, held, Writing(draft, kind, sent.get("text"), revision, page, turn))
