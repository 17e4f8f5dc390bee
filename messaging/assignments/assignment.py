"""Something that was given to answer or to do, as it stands: folded from the entries about it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from messaging.assignments.cadence import Every, read_every
from messaging.errors import Malformed
from messaging.facts_given import AnsweredFacts, AssignedFacts
from messaging.ids import PersonId
from messaging.memory.subjects import Concern, SubjectKind
from messaging.messages import Entry

WORDS: Final = 4_000
"""Characters of a task, of why, and of the line that comes back."""


class AssignmentKind(StrEnum):
    """What it is."""

    MEASURE = "measure"
    FORM = "form"
    """Of the practice's own (`forms`)."""
    TASK = "task"
    RESOURCE = "resource"
    """Something to read, hear or look at: a place to find it, or what it is called."""


class TaskState(StrEnum):
    """How it went, in the client's own judgement."""

    DONE = "done"
    PARTLY = "partly"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class CameBack:
    """What came back of it one time, with the number of its entry."""

    number: int
    at: datetime
    facts: AnsweredFacts
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Assignment:
    """As it stands. `what`: a measure's name, a form's id, or the words of a task or resource."""

    id: UUID
    kind: AssignmentKind
    what: str = field(repr=False)
    by: PersonId
    at: datetime
    every: Every | None = None
    due: date | None = None
    why: str = field(default="", repr=False)
    title: str = field(default="", repr=False)
    """Of a form, as it was called when it was given."""
    ended_at: datetime | None = None
    came_back: tuple[CameBack, ...] = ()
    asked: bool = False
    """It may be answered now."""

    @property
    def last_at(self) -> datetime | None:
        """When it last came back."""
        return self.came_back[-1].at if self.came_back else None


def folded(found: Iterable[tuple[Concern, Entry]]) -> dict[UUID, Assignment]:
    """By id, in the order in which they were given. What another program wrote, or does not open, is passed over."""
    made: dict[UUID, Assignment] = {}
    for concern, entry in found:
        if concern.kind is SubjectKind.ASSIGNED:
            one = _given(entry)
            if one is not None:
                made[concern.about] = one
            continue
        stands = made.get(concern.about)
        if stands is None:
            continue
        if concern.kind is SubjectKind.ENDED:
            made[concern.about] = replace(stands, ended_at=entry.at)
        elif concern.kind is SubjectKind.ANSWERED and isinstance(entry.body.facts, AnsweredFacts):
            came = CameBack(entry.number, entry.at, entry.body.facts, entry.body.text)
            made[concern.about] = replace(stands, came_back=(*stands.came_back, came))
    return made


def _given(entry: Entry) -> Assignment | None:
    facts = entry.body.facts
    if not isinstance(facts, AssignedFacts):
        return None
    try:
        kind, every = AssignmentKind(facts.kind), read_every(facts.every)
    except (ValueError, Malformed):
        return None
    what = facts.what or entry.body.text
    return Assignment(
        id=entry.id,
        kind=kind,
        what=what,
        by=entry.author,
        at=entry.at,
        every=every,
        due=facts.due,
        why=facts.why or "",
        title=entry.body.text if kind is AssignmentKind.FORM else "",
    )
