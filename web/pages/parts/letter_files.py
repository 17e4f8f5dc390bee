"""The files of a letter's form: brought with it without scripts, or before it by them, and named in it either way."""

from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Final

from starlette.requests import Request

from messaging.errors import Malformed, Refusal
from messaging.ids import ConversationId, parse_uuid
from messaging.letters.uploads import Traces, Upload, uploads_for
from messaging.memory.arriving import FileState
from messaging.trust.access import Deed, Pass
from web.http.guards import BODY_LIMIT
from web.http.parts import Part, Parts, text_of
from web.http.taking_files import Bringing
from web.pages.parts.asking import FIELDS, SAID, Visit, conversation_named, form_of, has_files, key_of
from web.pages.parts.brought_view import BroughtFile
from web.pages.parts.facts import size
from web.pages.parts.views import Field

FILE: Final = "file"
ATTACHED: Final = "attached-"
"""Begins the name of the fields that name what was brought before."""


@dataclass(frozen=True, slots=True)
class LetterForm:
    """A letter's form. `trouble`: why a file of it was not taken; the letter then stays where it is."""

    fields: Mapping[str, str]
    trouble: Refusal | None = None

    def check(self) -> None:
        """Raises what befell a file."""
        if self.trouble is not None:
            raise self.trouble


async def letter_form(
    request: Request, visit: Visit, conversation: ConversationId | None = None
) -> LetterForm:
    """The fields, with the files that came along. Without `conversation` the form names it. Raises Malformed, TooLong."""
    if not has_files(request):
        return LetterForm(await form_of(request))
    fields: dict[str, str] = request.scope.setdefault(SAID, {})
    trouble: Refusal | None = None
    placed = False
    with ExitStack() as places:
        async for part in Parts(request).each():
            if part.file_name is None:
                await _text(part, fields)
            elif part.file_name == "" or trouble is not None:
                await _passed_over(part.octets)
            else:
                if not placed:
                    places.enter_context(visit.house.uploads.place(visit.person.id))
                    request.state["stay"].end()
                    placed = True
                try:
                    brought = await _taken(visit, part, fields, conversation)
                    fields[f"{ATTACHED}{brought.id}"] = str(brought.id)
                except Refusal as refusal:
                    trouble = refusal
                    await _passed_over(part.octets)
    return LetterForm(fields, trouble)


async def _text(part: Part, fields: dict[str, str]) -> None:
    if len(fields) >= FIELDS:
        raise Malformed("The form has too many fields.")
    room = BODY_LIMIT - sum(len(value) for value in fields.values())
    fields[part.name] = await text_of(part, room)


async def _passed_over(octets: AsyncIterator[bytes]) -> None:
    """Read and not kept, so that what stands behind it is read too."""
    async for _ in octets:
        pass


async def _taken(
    visit: Visit, part: Part, fields: Mapping[str, str], conversation: ConversationId | None
) -> Upload:
    where = conversation or conversation_named(fields.get("conversation"))
    held, _ = await visit.enter(where, Deed.WRITE)
    original = fields.get("original") == "true"
    return await Bringing(visit.house, held, key_of(fields), original=original).take(part)


async def with_files(visit: Visit, held: Pass, field: Field) -> Field:
    """The field with what was brought for it."""
    key = parse_uuid(field.key)
    brought = await uploads_for(visit.office, held, key) if key else []
    most = visit.house.settings.mail.size_limit
    return replace(field, files=tuple(_shown(one) for one in brought), file_most=most)


def _shown(one: Upload) -> BroughtFile:
    return BroughtFile(
        id=str(one.id),
        name=one.name,
        size=size(one.size),
        cleaned=one.traces is Traces.REMOVED,
        original=one.traces is Traces.KEPT,
        waiting=one.state is FileState.WAITING,
        found=one.finding or "" if one.state is FileState.FOUND else "",
    )
