"""Accounting for access: who did what, to whose record, when, why and by which door, for who administers. Never a word."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from messaging.conversations import Conversation
from messaging.errors import NotFound
from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.memory.people import StoredPerson
from messaging.memory.trail import Asked, Mark, Stood
from messaging.office import Office
from messaging.people import Person, Role
from messaging.practice.overseeing import relations
from messaging.record.reading import person_named
from messaging.trust.noted import Door, Noted, act_of

PAGE: Final = 50
"""Lines on a page."""
AT_ONCE: Final = 1_000
"""Lines read together for a file."""
SAVED: Final = 100_000
"""Lines of a file at most: some 20 MB, and more than a table program takes comfortably."""
TURN: Final = 100
"""Names opened before others get their turn."""


@dataclass(frozen=True, slots=True)
class Told:
    """A line. `who` None: somebody who is gone, or nobody; `act` None: `word` is another version's."""

    seq: int
    at: datetime
    actor: PersonId
    who: Person | None
    act: Noted | None
    word: str
    reason: str = field(repr=False)
    subject: UUID | None
    whose: tuple[Person, ...]
    door: Door | None

    @property
    def mark(self) -> Mark:
        """The next page begins before it."""
        return Mark(self.at, self.seq)


@dataclass(frozen=True, slots=True)
class Account:
    """A page of lines, the newest first; `older` where there are more. `people`: whom one can ask about, by name."""

    lines: tuple[Told, ...]
    older: Mark | None
    people: tuple[Person, ...] = field(repr=False)
    conversations: Mapping[ConversationId, tuple[Person, ...]] = field(repr=False)
    """Those that somebody cares in, with who belongs to them: clients first."""


async def account(office: Office, administrator: Person, asked: Asked, before: Mark | None = None) -> Account:
    """A page of the trail. A look is itself a line, leafing on is not. Raises NotFound for who does not administer, Busy."""
    practice = _administered(administrator)
    if before is None:
        about = asked.conversation or asked.about
        await office.memory.trail.note(
            practice, office.clock(), administrator.id, Noted.LOOKED_AT_TRAIL, about
        )
    stored = await office.memory.people.all(practice)
    people = await _everybody(office, practice, stored)
    stood = await office.memory.trail_lines.newest(practice, asked, before, PAGE + 1)
    told = await _told(office, practice, stood[:PAGE], people, {})
    older = told[-1].mark if len(stood) > PAGE else None
    by_name = sorted(people.values(), key=lambda one: one.name.casefold())
    together = {one.id: _together(one, people) for one in await relations(office, practice)}
    return Account(tuple(told), older, tuple(by_name), together)


def _together(conversation: Conversation, people: Mapping[PersonId, Person]) -> tuple[Person, ...]:
    inside = [people[one.person] for one in conversation.members if one.person in people]
    return tuple(sorted(inside, key=lambda one: (one.role is not Role.CLIENT, one.name.casefold())))


async def saved_account(
    office: Office, administrator: Person, asked: Asked, most: int = SAVED
) -> AsyncIterator[list[Told]]:
    """The lines that are meant, the newest first, some at a time; one more than `most` where there are more.

    That they are saved is a line before any is read. Raises NotFound for who does not administer, Busy.
    """
    practice, about = _administered(administrator), asked.conversation or asked.about
    await office.memory.trail.note(practice, office.clock(), administrator.id, Noted.SAVED_TRAIL, about)
    return _saved(office, practice, asked, most + 1)


async def _saved(office: Office, practice: PracticeId, asked: Asked, left: int) -> AsyncIterator[list[Told]]:
    people, before = await _everybody(office, practice, await office.memory.people.all(practice)), None
    through: dict[UUID, Sequence[PersonId]] = {}  # bound: SAVED
    while left > 0:  # bound: SAVED lines, or the trail
        stood = await office.memory.trail_lines.newest(practice, asked, before, min(AT_ONCE, left))
        if not stood:
            return
        yield await _told(office, practice, stood, people, through)
        before, left = stood[-1].mark, left - len(stood)


def _administered(by: Person) -> PracticeId:
    if by.role is not Role.ADMINISTRATOR:
        raise NotFound
    return by.practice


async def _everybody(
    office: Office, practice: PracticeId, stored: Sequence[StoredPerson]
) -> Mapping[PersonId, Person]:
    """As whoever administers may see them: who is sealed goes by the name they are called."""
    await office.keyring.prefetch(practice, [one.id for one in stored])
    found = {}
    for turn, one in enumerate(stored, 1):
        found[one.id] = await person_named(office, one)
        if turn % TURN == 0:
            await office.breathe()
    return found


async def _told(
    office: Office,
    practice: PracticeId,
    stood: Sequence[Stood],
    people: Mapping[PersonId, Person],
    through: dict[UUID, Sequence[PersonId]],
) -> list[Told]:
    """`through`: what was found before, and takes what is found now."""
    subjects = {one.line.subject for one in stood if one.line.subject is not None}
    asked = subjects - people.keys() - through.keys()
    through |= dict.fromkeys(asked, ()) | dict(await office.memory.trail_lines.whose(practice, asked))
    found = []
    for one in stood:
        line = one.line
        act, reason = act_of(line.action)
        about = () if line.subject is None else through.get(line.subject, (PersonId(line.subject),))
        whose = tuple(
            sorted((people[person] for person in about if person in people), key=lambda who: who.name)
        )
        told = Told(
            seq=one.seq,
            at=line.at,
            actor=line.actor,
            who=people.get(line.actor),
            act=act,
            word=line.action,
            reason=reason,
            subject=line.subject,
            whose=whose,
            door=line.door,
        )
        found.append(told)
    return found
