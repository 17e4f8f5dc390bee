"""Texts that are being written: kept sealed, so that they outlive the page and are there on the next device.

A draft's id is the key of the message it becomes. So a text that was sent can never come back as a draft, and the same
draft sent from two devices is one message.

    keep      a revision of a text; two devices that do not know of each other leave two drafts, never one of them less
    drafts_of what is being written, newest first
    drop      thrown away, or sent
    again     what a text that was not sent after all becomes
"""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from messaging.errors import Busy, Malformed, TooManyDrafts
from messaging.memory.drafts import StoredDraft
from messaging.messages import LETTER_LIMIT, checked_text
from messaging.office import Office
from messaging.trust.access import Pass
from messaging.trust.encryption import Place

DRAFT: Final = "drafts.sealed"
AT_MOST: Final = 20
"""Of one person in one conversation: more than anyone writes at a time, few enough to look through."""
TRIES: Final = 5
"""Each lost race means that another device kept something: five in a row within milliseconds is no person's doing."""


class DraftKind(StrEnum):
    """Where the text is being written."""

    CHAT = "chat"
    LETTER = "letter"
    ANSWERS = "answers"
    """Of a measure that is half done (`assignments.half_done`)."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A text as it was last kept. `revision` rises by one each time."""

    id: UUID
    kind: DraftKind
    revision: int
    at: datetime
    text: str = field(repr=False)
    page: UUID | None = None
    """The page that kept it last, and how often it had by then."""
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Writing:
    """A text as a page hands it in. `revision` is the last one the page knows of, 0 for none.

    A page that says who it is may overwrite what it kept itself, though the answer to that was lost on the way; `turn`
    rises with each try, so that of two that overtake each other the later text stays.
    """

    id: UUID
    kind: DraftKind
    text: object = field(repr=False)
    revision: int = 0
    page: UUID | None = None
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the text is now. `beside` is another device's version of it, kept as well."""

    draft: Draft
    beside: Draft | None = None


async def keep(office: Office, held: Pass, writing: Writing) -> Kept:
    """Keeps a text. Raises Malformed, TooLong, TooManyDrafts, Busy."""
    if writing.revision < 0 or writing.turn < 0:
        raise Malformed("A revision is a number from 0 on.")
    text = checked_text(writing.text, LETTER_LIMIT)
    for _ in range(TRIES):
        found = await office.memory.drafts.find(held, writing.id)
        known = None if found is None else await _open(office, held, found)
        if known is not None and known.text == text:
            return Kept(known)
        if known is not None and _is_late(known, writing):
            return Kept(known)
        if known is not None and not _follows(known, writing):
            return await _keep_beside(office, held, writing, known, text)
        kept = await _write(office, held, _revised(office, writing, known, text))
        if kept is not None:
            return Kept(kept)
    raise Busy


def _is_late(known: Draft, writing: Writing) -> bool:
    """The same page has kept a later text already: this one was overtaken on the way."""
    return writing.page is not None and known.page == writing.page and writing.turn <= known.turn


def _follows(known: Draft, writing: Writing) -> bool:
    return writing.revision == known.revision or (writing.page is not None and known.page == writing.page)


def _revised(office: Office, writing: Writing, known: Draft | None, text: str) -> Draft:
    revision = known.revision + 1 if known else 1
    return Draft(
        id=writing.id,
        kind=writing.kind,
        revision=revision,
        at=office.clock(),
        text=text,
        page=writing.page,
        turn=writing.turn,
    )


async def _keep_beside(office: Office, held: Pass, writing: Writing, known: Draft, text: str) -> Kept:
    """Both stay. The same words again are the same draft, so that a repeat does not multiply them."""
    for other in await drafts_of(office, held, writing.kind):
        if other.text == text:
            return Kept(other, known)
    own = Draft(
        id=office.new_id(),
        kind=writing.kind,
        revision=1,
        at=office.clock(),
        text=text,
        page=writing.page,
        turn=writing.turn,
    )
    if await _write(office, held, own) is None:
        raise Busy
    return Kept(own, known)


async def _write(office: Office, held: Pass, draft: Draft) -> Draft | None:
    """The draft, or None when somebody was faster."""
    row = await _sealed(office, held, draft)
    drafts = office.memory.drafts
    if draft.revision > 1:
        done = await drafts.replace(held, row)
        return draft if done else None
    if await drafts.count(held) >= AT_MOST:
        await _forget_sent(office, held)
        if await drafts.count(held) >= AT_MOST:
            raise TooManyDrafts
    return draft if await drafts.add(held, row) else None


async def _forget_sent(office: Office, held: Pass) -> None:
    """What a page kept once more after it was sent keeps no place. What waits to be sent is not sent yet."""
    drafts, threads = office.memory.drafts, office.memory.threads
    for row in await drafts.of(held):
        if await threads.under_key(held, held.person, row.id) is not None:
            await drafts.remove(held, row.id)


async def _sealed(office: Office, held: Pass, draft: Draft) -> StoredDraft:
    key = await office.keyring.key(held.practice, held.conversation)
    inside = {"t": draft.text, "p": str(held.person), "w": str(draft.page or ""), "n": draft.turn}
    sealed = office.keyring.seal(key, _place(held, draft.id), json.dumps(inside).encode())
    return StoredDraft(draft.id, draft.kind, draft.revision, draft.at, sealed)


async def again(office: Office, held: Pass, key: UUID, text: str) -> tuple[Draft, StoredDraft | None]:
    """The draft that a letter becomes which is not sent after all; and what of it must be kept for that, if anything.

    Under its own key where that is free. Where other words were sent under it, or stand there as a draft, it is a draft of
    its own. However many there are: its writer did not begin it now.
    """
    found = await office.memory.drafts.find(held, key)
    known = None if found is None else await _open(office, held, found)
    sent = await office.memory.threads.under_key(held, held.person, key)
    if known is not None and known.text == text and sent is None:
        return known, None
    free = known is None and sent is None
    draft = Draft(key if free else office.new_id(), DraftKind.LETTER, 1, office.clock(), text)
    return draft, await _sealed(office, held, draft)


async def drafts_of(office: Office, held: Pass, kind: DraftKind) -> list[Draft]:
    """What this person is writing in this conversation, newest first. What was sent meanwhile is no draft any more."""
    drafts = office.memory.drafts
    rows = await drafts.of(held)
    sent = await drafts.sent(held, [row.id for row in rows])
    opened = [await _open(office, held, row) for row in rows if row.id not in sent and row.kind == kind]
    return sorted(opened, key=lambda draft: draft.at, reverse=True)


async def set_aside(office: Office, held: Pass, sent: Writing) -> None:
    """Before a text is sent: what another page kept later under its key becomes a draft of its own.

    It would be gone with the one that is sent. `sent` says what its page last knew.
    """
    found = await office.memory.drafts.find(held, sent.id)
    known = None if found is None else await _open(office, held, found)
    if known is None or known.text == sent.text or known.revision <= sent.revision:
        return
    if sent.page is None or known.page != sent.page:
        own = replace(known, id=office.new_id(), revision=1)
        row = await _sealed(office, held, own)
        await office.memory.drafts.add(held, row)


async def drop(office: Office, held: Pass, draft: UUID) -> None:
    """Thrown away, or sent: its words are gone from here, and its files that were not sent. Twice is once."""
    await office.memory.drafts.remove(held, draft)
    await office.memory.uploads.drop_letter(held, draft)


async def _open(office: Office, held: Pass, row: StoredDraft) -> Draft:
    key = await office.keyring.key(held.practice, held.conversation)
    inside = json.loads(key.open(_place(held, row.id), row.sealed))
    if inside["p"] != str(held.person):
        raise Malformed("This draft was written by somebody else.")
    page = UUID(inside["w"]) if inside["w"] else None
    return Draft(
        id=row.id,
        kind=DraftKind(row.kind),
        revision=row.revision,
        at=row.at,
        text=inside["t"],
        page=page,
        turn=inside["n"],
    )


def _place(held: Pass, draft: UUID) -> Place:
    return Place(DRAFT, held.practice, held.conversation, draft)
