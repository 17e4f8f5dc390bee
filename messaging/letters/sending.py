"""A letter sent, by a page or a program: one act, from what its writer handed in to what is owed for it.

    it is for this conversation > known already: nothing more; else: nobody else's letter in between > no other client is
    named unasked > what another page wrote stays a draft > at their pace > into the record, or put away until its time

What is refused is where it was before, or a draft: no step loses a word.
"""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Final, Protocol
from uuid import UUID

from messaging.conversations import Circle, Working
from messaging.errors import Conflict, Refusal, TooFast, TooManyLetters
from messaging.ids import ConversationId, EntryId, PersonId
from messaging.letters.drafts import DraftKind, Writing, keep, set_aside
from messaging.letters.others_named import ask_about_others
from messaging.letters.sending_later import When, keep_pending
from messaging.letters.writing import Letter, Purpose, on_ground, write_answer
from messaging.memory.record import Outcome
from messaging.messages import LETTER_LIMIT, Entry
from messaging.office import Office
from messaging.people import Person, Role
from messaging.record.past import latest_letter_by
from messaging.record.since import insist_none
from messaging.trust.access import Pass
from messaging.trust.due import AgreementNeeded, must_have_agreed

ELSEWHERE: Final = (
    "This page was made for another conversation, so nothing was sent. Please look whom your text is for, and send it from "
    "there."
)


class WrongLetter(Conflict):
    """A page's form was made for another conversation, or answers a letter that is not of this one."""

    code = "wrong_letter"
    words = "This was not written for the letter it was sent to."


class LettersPaced(Protocol):
    """How many letters one person may send."""

    def take(self, role: Role, person: PersonId) -> None:
        """One more. Raises TooFast."""

    def give_back(self, role: Role, person: PersonId) -> None:
        """It was not sent."""


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A letter as a page or a program hands it in.

    `revision` is the last one of its draft that the page knows of: what another page kept later stays a draft. None: it says
    nothing of drafts.
    """

    letter: Letter
    page: UUID | None = None
    revision: int | None = None
    answers_newest: bool = False
    """It answers the newest letter of those in care, so that their mail threads."""
    made_for: ConversationId | None = None
    """The conversation its page was made for, where it says."""
    answers: EntryId | None = None
    """The letter it was written to answer, where it says: one of those in care here, or nothing is sent."""
    sure: Collection[PersonId] | None = None
    """Other clients whom its writer means to name. None: it is not asked whether it names any."""

    @property
    def writing(self) -> Writing:
        """As the draft it is until it is sent."""
        return Writing(
            self.letter.key, DraftKind.LETTER, self.letter.text, revision=self.revision or 0, page=self.page
        )


async def send_letter(
    office: Office, held: Pass, circle: Circle, handed: HandedIn, pace: LettersPaced
) -> Outcome:
    """Into the record, with the mails that are owed for it. What was sent under its key may come again.

    Raises Malformed, TooLong, NotFound, KeyReused, Busy; WrongLetter where it was written for another conversation; Crossed
    where a letter came that its writer does not know of; NamesOthers; TooManyLetters beyond their pace.
    """
    circle = await on_ground(office, circle, held, held.person, handed.letter.key)
    async with _cleared(office, held, circle, handed, pace) as (letter, answered):
        return await write_answer(office, held, circle, letter, answered)


async def send_letter_later(
    office: Office, held: Pass, circle: Circle, handed: HandedIn, when: When, pace: LettersPaced
) -> None:
    """The same, but put away until its time. Raises also what `keep_pending` raises."""
    circle = await on_ground(office, circle, held, held.person, handed.letter.key)
    async with _cleared(office, held, circle, handed, pace) as (letter, _):
        await keep_pending(office, held, letter, when)


@asynccontextmanager
async def _cleared(
    office: Office, held: Pass, circle: Circle, handed: HandedIn, pace: LettersPaced
) -> AsyncIterator[tuple[Letter, Entry | None]]:
    """Inside, it may be sent: the letter, and the one it answers where that has been read."""
    letter, answered, author = handed.letter, None, circle.people[held.person]
    if handed.made_for not in (None, held.conversation):
        raise WrongLetter(ELSEWHERE)
    if handed.answers_newest:
        answered = await _newest_of_clients(office, held, circle)
        letter = replace(letter, answers=answered.number if answered else None)
    if handed.answers is not None and (answered is None or answered.id != handed.answers):
        await _insist_here(office, held, circle, handed.answers)
    known = circle.ground is not None and circle.ground.known
    if not known:
        await _agreed_to(office, held, handed)
        await insist_none(office, held, letter.key, letter.unless)
        if handed.sure is not None and isinstance(letter.text, str):
            await ask_about_others(office, author, circle, letter.text[:LETTER_LIMIT], handed.sure)
    if handed.revision is not None:
        await set_aside(office, held, handed.writing)
    if not known:
        await _at_their_pace(office, held, author, handed, pace)
    try:
        yield letter, answered
    except Exception:  # whatever it was: nothing was sent, so nothing is counted
        if not known:
            pace.give_back(author.role, author.id)
        raise


async def _agreed_to(office: Office, held: Pass, handed: HandedIn) -> None:
    """What a client has still to agree to comes first; their text is kept as a draft. Raises AgreementNeeded."""
    if held.role is not Role.CLIENT or handed.letter.purpose is Purpose.ADMINISTRATIVE:
        return
    try:
        must_have_agreed(held, Working.LETTERS, office.clock())
    except AgreementNeeded:
        await _kept(office, held, handed.writing)
        raise


async def _newest_of_clients(office: Office, held: Pass, circle: Circle) -> Entry | None:
    clients = {person.id for person in circle.clients}
    return await latest_letter_by(
        office, held, circle.conversation.last_number, lambda one: one.author in clients
    )


async def _insist_here(office: Office, held: Pass, circle: Circle, answers: EntryId) -> None:
    """An older letter of theirs may be answered too, but none of another conversation."""
    clients = {person.id for person in circle.clients}
    found = await latest_letter_by(
        office,
        held,
        circle.conversation.last_number,
        lambda one: one.id == answers and one.author in clients,
    )
    if found is None:
        raise WrongLetter(ELSEWHERE)


async def _at_their_pace(
    office: Office, held: Pass, author: Person, handed: HandedIn, pace: LettersPaced
) -> None:
    try:
        pace.take(author.role, author.id)
    except TooFast as refusal:
        kept = await _kept(office, held, handed.writing)
        raise TooManyLetters(refusal.retry_after, kept=kept) from None


async def _kept(office: Office, held: Pass, writing: Writing) -> bool:
    """As a draft, if it can be one; the page has it in its field and a program has it itself in any case."""
    try:
        await keep(office, held, writing)
    except Refusal:
        return False
    return True
