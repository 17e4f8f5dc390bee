"""How an absence stands, for those whose business it is: never a word of any conversation."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Final

from messaging.absence.declaring import must_care_here
from messaging.conversations import Circle
from messaging.errors import NotFound
from messaging.memory.absence import Counted, StoredAbsence, StoredCover
from messaging.office import Office
from messaging.people import Person
from messaging.record.reading import people_named
from messaging.trust.roles import Task, tasks_of

OF_LATE: Final = timedelta(days=14)
"""For so long after it is over the brief of an absence is shown."""


class Answer(StrEnum):
    """What those in care of one conversation have said; of several all must say yes."""

    NOT_ASKED = "not_asked"
    ASKED = "asked"
    AGREED = "agreed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class InOne:
    """An absence in one conversation. `covers`: somebody stands in there now."""

    circle: Circle = field(repr=False)
    answer: Answer
    covers: bool
    counted: Counted

    @property
    def waits(self) -> bool:
        """A letter waits there for its answer."""
        return self.circle.conversation.waiting_since is not None


@dataclass(frozen=True, slots=True)
class Absent:
    """An absence with what stands in each conversation that it concerns, and whose names those are."""

    kept: StoredAbsence
    person: Person
    cover: Person | None
    conversations: tuple[InOne, ...]

    @property
    def over(self) -> bool:
        """It has ended, and what is shown of it is its brief."""
        return self.kept.ended_at is not None


async def own_absence(office: Office, person: Person) -> Absent | None:
    """One's own newest, while it lasts and for some days after. Raises NotFound for who is no clinician, Busy."""
    must_care_here(person)
    found = await office.memory.absences.last_of(person.practice, person.id)
    if found is None or (found.ended_at is not None and office.clock() > found.ended_at + OF_LATE):
        return None
    return await _shown(office, found)


async def asked_of(office: Office, person: Person) -> list[Absent]:
    """For whom somebody was asked to stand in, while it lasts. Raises NotFound, Busy."""
    must_care_here(person)
    found = await office.memory.absences.covered_by(person.practice, person.id, office.clock())
    return [await _shown(office, one) for one in found if one.ended_at is None]


@dataclass(frozen=True, slots=True)
class Whose:
    """An absence as an administrator sees it: whose, and how many conversations nobody stands in for."""

    kept: StoredAbsence
    name: str = field(repr=False)
    cover: str = field(repr=False)
    concerned: int
    covered: int


async def absences_here(office: Office, by: Person) -> list[Whose]:
    """All of the practice that are not over, for who administers it. Raises NotFound, Busy."""
    if Task.STAFF not in tasks_of(by.role):
        raise NotFound
    found = await office.memory.absences.standing(by.practice)
    people = {one.person for one in found} | {one.cover for one in found if one.cover}
    named = await people_named(office, by.practice, list(people))
    shown = []
    for one in found:
        covers = await office.memory.absences.covers(by.practice, one.id)
        shown.append(
            Whose(
                one,
                named[one.person].name if one.person in named else "",
                named[one.cover].name if one.cover in named else "",
                len(covers),
                sum(_covers(cover) for cover in covers),
            )
        )
    return shown


async def may_stand_in(office: Office, person: Person) -> list[Person]:
    """The other clinicians of the practice, by name. Raises Busy."""
    stored = await office.memory.people.all(person.practice)
    ids = [one.id for one in stored if one.active and one.role.is_clinician and one.id != person.id]
    named = await people_named(office, person.practice, ids)
    return sorted(named.values(), key=lambda one: one.name.casefold())


async def may_be_said_of(office: Office, person: Person) -> list[Person]:
    """Colleagues they care with in some conversation, by name: of whom they may say that they are away. Raises Busy."""
    theirs = await office.memory.caseloads.of_person(person.practice, person.id)
    with_them = {
        member.person
        for one in theirs
        if one.own_member(person.id)
        for member in one.members
        if member.covers is None and member.role.is_clinician and member.person != person.id
    }
    named = await people_named(office, person.practice, list(with_them))
    return sorted(named.values(), key=lambda one: one.name.casefold())


async def _shown(office: Office, absence: StoredAbsence) -> Absent:
    covers = await office.memory.absences.covers(absence.practice, absence.id)
    until = absence.ended_at or office.clock()
    counted = await office.memory.absences.counted(absence.practice, absence.id, until)
    mine = await office.memory.inboxes.whole(
        absence.practice, absence.person, [one.conversation for one in covers]
    )
    people = {member.person for one in mine for member in one.members}
    asked = {absence.person} | ({absence.cover} if absence.cover else set())
    named = await people_named(office, absence.practice, list(people | asked))
    by_id = {one.conversation: one for one in covers}
    shown = [
        InOne(
            Circle(one, {m.person: named[m.person] for m in one.members if m.person in named}),
            _answer(by_id[one.id]),
            _covers(by_id[one.id]),
            counted.get(one.id, Counted(0, 0, 0)),
        )
        for one in mine
        if one.id in by_id
    ]
    shown.sort(key=lambda one: one.circle.title().casefold())
    cover = named.get(absence.cover) if absence.cover else None
    return Absent(absence, named[absence.person], cover, tuple(shown))


def _answer(cover: StoredCover) -> Answer:
    asked = cover.asked
    if asked is None:
        return Answer.NOT_ASKED
    if asked.refused:
        return Answer.REFUSED
    return Answer.ASKED if asked.asked - asked.yes else Answer.AGREED


def _covers(cover: StoredCover) -> bool:
    return cover.began_at is not None and cover.ended_at is None
