"""Letters written now and sent later: taken back within moments, sent at a chosen time, or slept on.

    keep_pending    sealed, under the key of the message it will be; changed as often as one likes until it is sent
    take_back       the text is its writer's again, and nothing has gone out
    send_pending    by the clock: the writer's right is looked at again, as if they pressed Send now

A letter that is being sent cannot be taken back: whoever is a moment late is told so, never left in doubt.
"""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from messaging.errors import Conflict, KeyReused, Malformed, NotFound
from messaging.messages import LETTER_LIMIT, checked_text
from messaging.office import Office
from messaging.pending_store import PendingState, StoredPending
from messaging.reading import circle_of, people_named
from messaging.trust.access import Deed, Pass, admit
from messaging.trust.encryption import CannotOpen, Place
from messaging.writing import Letter, write_letter

PENDING: Final = "pending_letters.sealed"
UNDO: Final = timedelta(seconds=30)
"""Between pressing Send and sending."""
FURTHEST: Final = timedelta(days=60)
"""A letter planned for longer is answered by a life that has gone on."""


@dataclass(frozen=True, slots=True)
class When:
    """`send_at` None: it is slept on until `wake_at`, and then read once more before it is sent by hand."""

    send_at: datetime | None = None
    wake_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PendingLetter:
    """A letter that is not yet sent, opened for its writer."""

    key: UUID
    when: When
    state: PendingState
    text: str = field(repr=False)
    answers: int | None = None


async def keep_pending(office: Office, held: Pass, letter: Letter, when: When) -> PendingLetter:
    """Keeps a letter until its time. The same key again changes it.

    Raises Malformed (no text, a time that has passed or is too far off), TooLong, Conflict when it is being sent already.
    """
    if held.deed is not Deed.WRITE:
        raise NotFound
    text, now = checked_text(letter.text, LETTER_LIMIT), office.clock()
    at = when.send_at or when.wake_at
    if at is None or at.tzinfo is None or at < now - timedelta(minutes=1):
        raise Malformed("A letter can only be sent later than now.")
    if at > now + FURTHEST:
        raise Malformed(f"A letter can wait for {FURTHEST.days} days at most.")
    key = await office.keyring.key(held.practice, held.conversation)
    inside = json.dumps({"t": text, "a": letter.answers}, ensure_ascii=False)
    sealed = office.keyring.seal(key, _place(held, letter.key), inside.encode())
    kept = await office.memory.pending_letters.keep(
        StoredPending(
            held.practice,
            held.conversation,
            held.person,
            letter.key,
            PendingState.WAITING,
            when.send_at,
            when.wake_at,
            now,
            sealed,
        )
    )
    if not kept:
        raise Conflict("This letter is being sent already.")
    return PendingLetter(letter.key, when, PendingState.WAITING, text, letter.answers)


async def pending_letters(office: Office, held: Pass) -> list[PendingLetter]:
    """The holder's own letters that wait in this conversation, oldest first. Nobody else's."""
    rows = await office.memory.pending_letters.of_author(held.practice, held.conversation, held.person)
    return [await _open(office, row) for row in rows]


async def take_back(office: Office, held: Pass, key: UUID) -> PendingLetter:
    """The letter is its writer's again. Raises NotFound when there is none, or it is being sent."""
    row = await office.memory.pending_letters.take_back(held.practice, held.conversation, held.person, key)
    if row is None:
        raise NotFound
    return await _open(office, row)


async def send_now(office: Office, held: Pass, key: UUID) -> None:
    """It need not wait any longer: due at once. Raises NotFound, Conflict."""
    for letter in await pending_letters(office, held):
        if letter.key == key:
            at = When(send_at=office.clock())
            await keep_pending(office, held, Letter(key, letter.text, answers=letter.answers), at)
            return
    raise NotFound


async def send_pending(office: Office, row: StoredPending) -> None:
    """Sends a letter whose time has come, as its writer; stopped when they may no longer write here. Raises Busy."""
    conversation = await office.memory.conversations.find(row.practice, row.conversation)
    try:
        author = (await people_named(office, row.practice, [row.author]))[row.author]
        held = admit(author, conversation, Deed.WRITE)
        letter = await _open(office, row)
    except (NotFound, KeyError, CannotOpen):  # left, or erased, since they wrote it
        await office.memory.pending_letters.stop(row)
        return
    if conversation is None:
        raise NotFound
    circle = await circle_of(office, conversation)
    try:
        await write_letter(office, held, circle, Letter(row.id, letter.text, answers=letter.answers))
    except KeyReused:  # sent by hand meanwhile, with other words: those stand
        pass
    except Malformed:  # what it answers is no letter any more
        alone = replace(letter, answers=None)
        await write_letter(office, held, circle, Letter(row.id, alone.text))
    await office.memory.pending_letters.done(row)


async def _open(office: Office, row: StoredPending) -> PendingLetter:
    key = await office.keyring.key(row.practice, row.conversation)
    place = Place(PENDING, row.practice, row.conversation, row.id)
    inside = json.loads(key.open(place, row.sealed))
    return PendingLetter(row.id, When(row.send_at, row.wake_at), row.state, inside["t"], inside["a"])


def _place(held: Pass, letter: UUID) -> Place:
    return Place(PENDING, held.practice, held.conversation, letter)
