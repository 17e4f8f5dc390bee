"""Letters written now and sent later: taken back within moments, sent at a chosen time, or slept on.

    keep_pending    sealed, under the key of the message it will be; another time under the same key moves it
    take_back       the text is its writer's draft again, and nothing has gone out
    send_pending    by the clock: the writer's right is looked at again, as if they pressed Send now; if another's letter
                    came since they decided, it waits for their word

A letter that is being sent cannot be taken back: whoever is a moment late is told so, never left in doubt.
"""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from messaging.errors import Conflict, Crossed, KeyReused, Malformed, NotFound
from messaging.ids import ConversationId
from messaging.letters.drafts import Draft, again, drop
from messaging.letters.uploads import notes_of
from messaging.letters.writing import Letter, Purpose, write_letter
from messaging.memory.sending_later import NoLetterSince, PendingState, StoredPending
from messaging.messages import LETTER_LIMIT, Body, checked_text
from messaging.office import Office
from messaging.people import Person
from messaging.record.posting import same_words
from messaging.record.reading import circle_of, first_said, open_person
from messaging.record.since import insist_none, letters_since
from messaging.trust.access import Deed, Pass, admit
from messaging.trust.encryption import CannotOpen, Place

PENDING: Final = "pending_letters.sealed"
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
    files: tuple[UUID, ...] = ()
    """Uploads that go with it."""
    seen: int | None = None
    """The last number there was when its writer decided that it shall go. None: kept before that was noted."""
    purpose: Purpose | None = None


async def keep_pending(office: Office, held: Pass, letter: Letter, when: When) -> PendingLetter | None:
    """Keeps a letter until its time, in the place of its draft. The same key again gives it another time.

    None when these very words were sent already under this key: nothing waits. Raises Malformed (no text, a time that has
    passed or is too far off), TooLong, KeyReused when other words were sent under it or wait there (another device's; who
    wants to change a letter takes it back), Conflict when it is being sent.
    """
    if held.deed is not Deed.WRITE:
        raise NotFound
    text, now = checked_text(letter.text, LETTER_LIMIT), office.clock()
    at = when.send_at or when.wake_at
    if at is None or at.tzinfo is None or at < now - timedelta(minutes=1):
        raise Malformed("A letter can only be sent later than now.")
    if at > now + FURTHEST:
        raise Malformed(f"A letter can wait for {FURTHEST.days} days at most.")
    if await _was_sent(office, held, letter.key, text):
        return None
    known = await _waits(office, held, letter, text)
    await notes_of(office, held, letter.files)
    await office.memory.uploads.move(held, letter.files, letter.key)
    sealed = await _sealed(office, held, replace(letter, text=text))
    kept = await office.memory.pending_letters.keep(
        StoredPending(
            practice=held.practice,
            conversation=held.conversation,
            author=held.person,
            id=letter.key,
            state=PendingState.WAITING,
            send_at=when.send_at,
            wake_at=when.wake_at,
            created_at=now,
            sealed=sealed,
        ),
        known,
    )
    if not kept:
        raise Conflict("This letter is being sent already.")
    return PendingLetter(letter.key, when, PendingState.WAITING, text, letter.answers, letter.files)


async def _sealed(office: Office, held: Pass, letter: Letter) -> bytes:
    found = await office.memory.conversations.find(held.practice, held.conversation)
    if found is None:
        raise NotFound
    key = await office.keyring.key(held.practice, held.conversation)
    inside = {"t": letter.text, "a": letter.answers, "n": found.last_number}
    if letter.files:
        inside["f"] = [str(one) for one in letter.files]
    if letter.purpose is not None:
        inside["p"] = letter.purpose.value
    said = json.dumps(inside, ensure_ascii=False).encode()
    return office.keyring.seal(key, _place(held, letter.key), said)


async def _was_sent(office: Office, held: Pass, key: UUID, text: str) -> bool:
    sent = await first_said(office, held, key)
    if sent is None:
        return False
    if not same_words(sent.body, Body(text=text)):
        raise KeyReused
    await drop(office, held, key)
    return True


async def _waits(office: Office, held: Pass, letter: Letter, text: str) -> StoredPending | None:
    row = await office.memory.pending_letters.find(held, letter.key)
    if row is not None:
        known = await _open(office, row)
        if known.text != text or set(known.files) != set(letter.files):
            raise KeyReused
    return row


async def pending_letters(office: Office, held: Pass) -> list[PendingLetter]:
    """The holder's own letters that wait in this conversation, oldest first. Nobody else's.

    One that will not go, since another letter came, stands as `crossed` from then on.
    """
    rows = await office.memory.pending_letters.of_author(held)
    return [await _as_it_stands(office, held, await _open(office, row)) for row in rows]


async def _as_it_stands(office: Office, held: Pass, one: PendingLetter) -> PendingLetter:
    if one.state is not PendingState.WAITING or one.seen is None:
        return one
    came = await letters_since(office, held, NoLetterSince(one.seen, held.person))
    return replace(one, state=PendingState.CROSSED) if came else one


async def standing(office: Office, person: Person) -> dict[ConversationId, dict[PendingState, datetime]]:
    """Where letters of this person's lie that are not sent, how they stand, and since when: they look for them elsewhere."""
    found: dict[ConversationId, dict[PendingState, datetime]] = {}
    for conversation, state, at in await office.memory.pending_letters.standing(person.practice, person.id):
        found.setdefault(conversation, {})[state] = at
    return found


async def take_back(office: Office, held: Pass, key: UUID) -> Draft:
    """The letter is its writer's again, as a draft: at no moment it is neither.

    Raises NotFound when there is none, or it is being sent; Busy.
    """
    row = await office.memory.pending_letters.find(held, key)
    if row is None:
        raise NotFound
    letter = await _open(office, row)
    draft, kept = await again(office, held, key, letter.text)
    if not await office.memory.pending_letters.take_back(row, kept):
        raise NotFound
    await office.memory.uploads.move(held, letter.files, draft.id)
    return draft


async def discard(office: Office, held: Pass, key: UUID) -> None:
    """It is thrown away, and was never sent. Raises NotFound when there is none, or it is being sent."""
    row = await office.memory.pending_letters.find(held, key)
    if row is None or not await office.memory.pending_letters.take_back(row, None):
        raise NotFound
    await office.memory.uploads.drop_letter(held, key)


async def send_now(office: Office, held: Pass, key: UUID) -> None:
    """It need not wait any longer, whatever came: due at once. Raises NotFound, also when it was taken back this moment."""
    letters = office.memory.pending_letters
    row = await letters.find(held, key)
    if row is None:
        raise NotFound
    letter = await _open(office, row)
    same = Letter(key, letter.text, answers=letter.answers, files=letter.files, purpose=letter.purpose)
    sealed = await _sealed(office, held, same)
    if not await letters.hurry(row, sealed, office.clock()):
        raise NotFound


async def claim_due(office: Office, lease: timedelta, limit: int) -> list[StoredPending]:
    """Letters whose time has come, marked as being sent and nobody else's for `lease`. Raises Busy."""
    return await office.memory.pending_letters.due(office.clock(), lease, limit)


async def give_up(office: Office, row: StoredPending) -> None:
    """Something unforeseen went wrong: its writer sees that it did not go, and can take it back. Raises Busy."""
    await office.memory.pending_letters.stop(row, PendingState.FAULTED)


async def send_pending(office: Office, row: StoredPending) -> None:
    """Sends a letter whose time has come, as its writer.

    Where they may no longer write here, other words were sent under its key, or a letter came that they did not know of, it
    is stopped and kept. Raises Busy.
    """
    letters = office.memory.pending_letters
    try:
        await _send(office, row)
    except (NotFound, CannotOpen):  # left, or erased, since they wrote it
        await letters.stop(row, PendingState.STOPPED)
    except KeyReused:
        await letters.stop(row, PendingState.SUPERSEDED)
    except Crossed:
        await letters.stop(row, PendingState.CROSSED)
    except Conflict:  # the virus checker found something in a file since they wrote it
        await letters.stop(row, PendingState.FAULTED)
    else:
        await letters.done(row)


async def _send(office: Office, row: StoredPending) -> None:
    conversation = await office.memory.conversations.find(row.practice, row.conversation)
    found = await office.memory.people.find(row.practice, [row.author])
    author = next((one for one in found if one.active), None)
    if author is None or conversation is None:
        raise NotFound
    held = admit(await open_person(office, author), conversation, Deed.WRITE)
    pending, circle = await _open(office, row), await circle_of(office, conversation)
    unless = None if pending.seen is None else NoLetterSince(pending.seen, row.author)
    await insist_none(office, held, row.id, unless)
    letter = Letter(row.id, pending.text, answers=pending.answers, files=pending.files, unless=unless)
    letter = replace(letter, purpose=pending.purpose)
    try:
        await write_letter(office, held, circle, letter)
    except Malformed:  # what it answers is no letter any more
        await write_letter(office, held, circle, replace(letter, answers=None))


async def _open(office: Office, row: StoredPending) -> PendingLetter:
    key = await office.keyring.key(row.practice, row.conversation)
    place = Place(PENDING, row.practice, row.conversation, row.id)
    held = json.loads(key.open(place, row.sealed))
    when = When(row.send_at, row.wake_at)
    files = tuple(UUID(one) for one in held.get("f", ()))
    return PendingLetter(
        key=row.id,
        when=when,
        state=row.state,
        text=held["t"],
        answers=held["a"],
        files=files,
        seen=held.get("n"),
        purpose=Purpose(held["p"]) if "p" in held else None,
    )


def _place(held: Pass, letter: UUID) -> Place:
    return Place(PENDING, held.practice, held.conversation, letter)
