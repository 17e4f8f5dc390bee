"""What was given in a conversation, as it stands now; and what a measure came to, time after time."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from messaging.assignments.assignment import Assignment, folded
from messaging.assignments.cadence import is_asked
from messaging.conversations import Circle, Session
from messaging.errors import NotFound
from messaging.facts_given import AnsweredFacts
from messaging.memory.record import StoredSubject
from messaging.memory.subjects import Concern, SubjectKind
from messaging.messages import Entry
from messaging.office import Office
from messaging.people import Person, Role
from messaging.record.reading import enter, note_opening, open_entries
from messaging.trust.access import Deed, Pass

MOST: Final = 1_000
"""Entries that are read for it: a measure a week for years, and whatever is given beside it."""
SESSIONS: Final = 60
"""The latest, which is more than what is ever counted between two answers."""
_KINDS: Final = frozenset({SubjectKind.ASSIGNED, SubjectKind.ENDED, SubjectKind.ANSWERED})


@dataclass(frozen=True, slots=True)
class Point:
    """What a measure came to once: as it was scored then, whatever its pack says by now."""

    at: datetime
    score: int = field(repr=False)
    band: str = field(repr=False)
    alerts: tuple[tuple[str, int], ...] = field(default=(), repr=False)
    number: int = 0


async def assignments_of(office: Office, held: Pass) -> list[Assignment]:
    """Those of a conversation, the latest given first; that a clinician read them is noted. Raises Busy."""
    if held.role is not Role.CLIENT:
        await note_opening(office, held)
    return await standing(office, held)


async def standing(office: Office, held: Pass) -> list[Assignment]:
    """The same, for who has read the record already, or reads their own. Raises Busy."""
    found = await office.memory.subjects.of_kinds(held, _KINDS, MOST)
    made = folded(await _opened(office, held, found))
    return [await _as_asked(office, held, one) for one in reversed(made.values())]


async def assignment_named(
    office: Office, person: Person, named: UUID | None, deed: Deed
) -> tuple[Pass, Circle, Assignment]:
    """One of a conversation in which this person may do this. Every other one is not there: raises NotFound, Busy."""
    where = None if named is None else await office.memory.subjects.conversation_of(person.practice, named)
    if named is None or where is None:
        raise NotFound
    held, circle = await enter(office, person, where, deed)
    return held, circle, await assignment(office, held, named)


async def assignment(office: Office, held: Pass, named: UUID) -> Assignment:
    """One of the conversation. Raises NotFound, Busy."""
    found = await office.memory.subjects.about(held, named, MOST)
    one = folded(await _opened(office, held, found)).get(named)
    if one is None:
        raise NotFound
    return await _as_asked(office, held, one)


async def series(office: Office, held: Pass, name: str) -> list[Point]:
    """What a measure came to in a conversation, in order; that a clinician read it is noted. Raises NotFound, Busy."""
    if name not in office.measures:
        raise NotFound
    if held.role is not Role.CLIENT:
        await note_opening(office, held)
    found = await office.memory.subjects.of_kinds(held, {SubjectKind.ANSWERED}, MOST)
    return points_of(name, [entry for _, entry in await _opened(office, held, found)])


def points_of(name: str, entries: Sequence[Entry]) -> list[Point]:
    """Those of one measure."""
    held = [(one, one.body.facts) for one in entries]
    return [
        Point(one.at, facts.score, facts.band or "", facts.alerts, one.number)
        for one, facts in held
        if isinstance(facts, AnsweredFacts) and facts.what == name and facts.score is not None
    ]


async def _opened(office: Office, held: Pass, found: Sequence[StoredSubject]) -> list[tuple[Concern, Entry]]:
    entries = await open_entries(office, held.practice, [one.entry for one in found])
    return [(one.concern, entry) for one, entry in zip(found, entries, strict=True)]


async def _as_asked(office: Office, held: Pass, one: Assignment) -> Assignment:
    """Whether it is asked now. Sessions are read only where they are counted."""
    if one.ended_at is not None or held.ended:
        return one
    sessions: list[Session] = []
    if one.every is not None and one.every.of_sessions and one.last_at is not None:
        sessions = await office.memory.sessions.of_conversation(held, SESSIONS)
    return replace(one, asked=is_asked(one.every, one.last_at, sessions, office.clock()))
