"""Reading by a release: that slice and nothing else, each reading in the trail, where its client sees it.

The way is made from the release as it stands, and memory looks once more where it reads: what is taken back between a
question and its answer leads to nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from messaging.errors import NotFound
from messaging.facts_given import AnsweredFacts, PlanFacts
from messaging.ids import PersonId
from messaging.memory.releasing import StoredRelease
from messaging.messages import Entry, EntryKind
from messaging.notes.note import Note
from messaging.notes.progress import opened
from messaging.office import Office
from messaging.people import Person
from messaging.record.reading import FORMER, open_entries, people_named
from messaging.releases import Part, Release
from messaging.releasing.purpose import open_purpose, shown_purpose
from messaging.trust.access import Slice, let_read
from messaging.trust.encryption import CannotOpen
from messaging.trust.noted import Noted

PAGE: Final = 100
"""Entries handed out at once."""
NOTES: Final = 200
"""Notes of a slice: the newest. A release for years of notes is asked for in parts."""


@dataclass(frozen=True, slots=True)
class Received:
    """A release as its receiver sees it: from whom, and what for. Never who else is in care, or cares, there."""

    release: Release
    giver: str = field(repr=False)
    purpose: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a slice. `last`: the number to go on after; `more`: whether there is something to go on with."""

    received: Received
    entries: Sequence[Entry]
    people: Mapping[PersonId, Person] = field(repr=False)
    notes: Sequence[Note] = ()
    last: int = 0
    more: bool = False


async def released_to(office: Office, person: Person) -> list[Received]:
    """What somebody may read now, the newest first. Raises NotFound for who could not be released anything, Busy."""
    if not person.role.is_clinician:
        raise NotFound
    found = await office.memory.releases.to(person.practice, person.id, office.clock())
    named = await people_named(office, person.practice, {one.release.giver for one in found})
    return [
        Received(
            one.release,
            named[one.release.giver].name if one.release.giver in named else FORMER,
            await shown_purpose(office, one),
        )
        for one in found
    ]


async def read_slice(
    office: Office, person: Person, release: UUID, after: int = 0, limit: int = PAGE
) -> Page:
    """A page of it; that it was read is noted first. Raises NotFound, Busy."""
    way, received = await _let_in(office, person, release)
    await office.memory.trail.note(way.practice, office.clock(), person.id, Noted.OPENED, way.conversation)
    most = max(1, min(limit, PAGE))
    stored = await office.memory.threads.released(way, after, most, office.clock())
    entries = [
        one for one in await open_entries(office, way.practice, stored) if _belongs(one, way.release.parts)
    ]
    notes = await _notes(office, way) if after == 0 and Part.NOTE in way.release.parts else []
    people = await people_named(
        office, way.practice, {one.author for one in entries} | {one.author for one in notes}
    )
    last = max((one.number for one in stored), default=after)
    return Page(received, entries, people, notes, last, more=len(stored) == most)


async def standing_release(office: Office, person: Person, release: UUID) -> Received:
    """One that may be read now, for its receiver. Raises NotFound, Busy."""
    return (await _let_in(office, person, release))[1]


async def _let_in(office: Office, person: Person, release: UUID) -> tuple[Slice, Received]:
    stored = await office.memory.releases.find(person.practice, release)
    way = let_read(person, stored.release if stored else None, office.clock())
    if stored is None:
        raise NotFound
    return way, await _received(office, stored)


async def _received(office: Office, stored: StoredRelease) -> Received:
    """A row that is not the one that was made leads nowhere."""
    try:
        purpose = await open_purpose(office, stored)
    except CannotOpen:
        raise NotFound from None
    giver = stored.release.giver
    named = await people_named(office, stored.release.practice, [giver])
    return Received(stored.release, named[giver].name if giver in named else FORMER, purpose)


async def _notes(office: Office, way: Slice) -> list[Note]:
    stored = await office.memory.progress_notes.released(way, NOTES, office.clock())
    if not stored:
        return []
    key = await office.keyring.key(way.practice, way.conversation)
    found = [opened(way.practice, key, one) for one in stored]
    return [one for one in found if not one.taken_out]


def _belongs(entry: Entry, parts: frozenset[Part]) -> bool:
    """Whether it is of a released part. Memory sorts messages by what stands in the clear; an event must be opened first."""
    if entry.kind is EntryKind.MESSAGE:
        return (Part.LETTER if entry.is_letter else Part.CHAT) in parts
    match entry.body.facts:
        case AnsweredFacts(score=int()):
            return Part.MEASURE in parts
        case PlanFacts():
            return Part.PLAN in parts
        case _:
            return False
