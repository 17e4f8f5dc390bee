"""Knowing a client by their code word: compared at a check-in, chosen by them, taken away by a clinician when forgotten."""

from datetime import datetime

from messaging.conversations import Circle
from messaging.errors import Conflict, NotFound, WrongCredentials
from messaging.ids import PersonId, PracticeId
from messaging.memory.check_ins import StoredCodeWord
from messaging.office import Asking, Office
from messaging.people import Person
from messaging.trust.access import Deed, Pass
from messaging.trust.code_words import LONGEST, WordVerdict, checked_word, folded
from messaging.trust.noted import Noted


async def compare(office: Office, practice: PracticeId, person: PersonId, raw: str) -> WordVerdict:
    """Whether it is the person's word. Raises Busy.

    The same work whether it matches, differs, or none is set, so that the time taken tells nothing.
    """
    kept = await office.memory.check_ins.code_word(practice, person)
    said = folded(raw[: 4 * LONGEST])
    fits = await office.passwords.verify(kept.hash if kept else None, said, Asking(person, known=True))
    if kept is None:
        return WordVerdict.NONE_SET
    return WordVerdict.MATCHES if fits else WordVerdict.DIFFERS


async def choose_word(
    office: Office, practice: PracticeId, person: PersonId, raw: object, *, instead: bool
) -> None:
    """Sets the person's own word; an earlier one is replaced only if `instead`. Raises Malformed, Conflict, Busy."""
    word = checked_word(raw)
    kept = StoredCodeWord(await office.passwords.hash(word, Asking(person, known=True)), office.clock())
    if not await office.memory.check_ins.set_code_word(practice, person, kept, replace=instead):
        raise Conflict("A code word is already chosen.")
    await office.memory.trail.note(practice, office.clock(), person, Noted.CODE_WORD_SET, person)


async def choose_anew(office: Office, person: Person, raw: object, password: str) -> None:
    """Changes the person's own word, by their password. Raises WrongCredentials, Malformed, Busy.

    Not by the old word: that would say of each guess whether it was right, and an open browser is not yet the person.
    """
    checked_word(raw)
    stored = await office.memory.people.find(person.practice, [person.id])
    usable = stored[0].password_hash if stored else None
    if not await office.passwords.verify(usable, password, Asking(person.id, known=True)):
        raise WrongCredentials("That is not your password.")
    await choose_word(office, person.practice, person.id, raw, instead=True)


async def word_chosen(office: Office, person: Person) -> datetime | None:
    """Since when the person's own word stands; None: none is set. Raises Busy."""
    kept = await office.memory.check_ins.code_word(person.practice, person.id)
    return kept.set_at if kept else None


async def words_chosen(office: Office, held: Pass, circle: Circle) -> dict[PersonId, datetime | None]:
    """The same of each client of the conversation, for who holds its sessions. Raises NotFound, Busy."""
    if held.deed is not Deed.HOLD_SESSION:
        raise NotFound
    return {client.id: await word_chosen(office, client) for client in circle.clients}


async def reset_word(office: Office, held: Pass, circle: Circle, client: PersonId) -> None:
    """A clinician takes a forgotten word away; the client chooses a new one. The trail says who did. Raises NotFound."""
    if held.deed is not Deed.HOLD_SESSION or client not in {person.id for person in circle.clients}:
        raise NotFound
    if await office.memory.check_ins.forget_code_word(held.practice, client):
        await office.memory.trail.note(
            held.practice, office.clock(), held.person, Noted.CODE_WORD_RESET, client
        )
