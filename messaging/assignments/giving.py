"""A clinician gives a client something to answer or to do, or asks it no more. Nothing is asked by itself."""

from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from messaging.assignments.assignment import WORDS, Assignment, AssignmentKind
from messaging.assignments.cadence import Every
from messaging.assignments.standing import assignment
from messaging.conversations import Circle
from messaging.errors import Busy, CareEnded, Conflict, Malformed, NotFound
from messaging.facts_given import AssignedFacts, NotAskedFacts
from messaging.forms.writing import form_named
from messaging.ids import EntryId, parse_uuid
from messaging.memory.record import Outcome
from messaging.memory.subjects import Concern, SubjectKind
from messaging.messages import Body, Channel, EntryKind, EventName, checked_text
from messaging.office import Office
from messaging.record.posting import Draft, Where, post
from messaging.trust.access import Deed, Pass

READ_ALONE: Final = frozenset({AssignmentKind.MEASURE, AssignmentKind.FORM})
"""Nobody else in care reads what comes back of it."""
NOBODY: Final = "Nobody is in care here any more, so nothing is given."
SEVERAL: Final = (
    "Several people are in care here and would read each other's answers. Please give it in one of their own."
)


@dataclass(frozen=True, slots=True)
class Given:
    """What is handed in. The same `key` again is the same assignment."""

    key: UUID
    kind: AssignmentKind
    what: object = field(repr=False)
    every: Every | None = None
    due: date | None = None
    why: object = field(default=None, repr=False)


async def give(office: Office, held: Pass, circle: Circle, given: Given) -> tuple[Assignment, Outcome]:
    """Written into the record. Raises NotFound, Malformed, TooLong, CareEnded, Conflict, KeyReused, Busy."""
    if held.deed is not Deed.ASSIGN:
        raise NotFound
    if held.ended:
        raise CareEnded("Care has ended here, so nothing is given any more.")
    _must_be_theirs(circle, given.kind)
    name, words = await _named(office, held, given)
    why = None if given.why is None else checked_text(given.why, WORDS)
    every = None if given.every is None else str(given.every)
    facts = AssignedFacts(given.kind.value, name, every, given.due, why)
    named = office.new_id()
    draft = Draft(
        given.key,
        Body(text=words, event=EventName.ASSIGNED, facts=facts),
        Channel.WEB,
        EntryKind.EVENT,
        id=EntryId(named),
        effects=(Concern(SubjectKind.ASSIGNED, named),),
    )
    outcome = await post(office, Where.by(held), draft)
    return await assignment(office, held, outcome.id or named), outcome


async def ask_no_more(office: Office, held: Pass, one: Assignment) -> None:
    """It is not asked any more; what came back stays. Twice is once. Raises NotFound, Busy."""
    if held.deed is not Deed.ASSIGN:
        raise NotFound
    if one.ended_at is not None:
        return
    draft = Draft(
        office.new_id(),
        Body(event=EventName.ASSIGNMENT_ENDED, facts=NotAskedFacts(one.id)),
        Channel.WEB,
        EntryKind.EVENT,
        effects=(Concern(SubjectKind.ENDED, one.id),),
    )
    try:
        await post(office, Where.by(held), draft)
    except Busy:
        # A colleague was faster, or nothing was kept: which of the two, only what stands can say.
        if (await assignment(office, held, one.id)).ended_at is None:
            raise


def _must_be_theirs(circle: Circle, kind: AssignmentKind) -> None:
    """Somebody is there to be given it, and nobody else in care reads what comes back of a measure."""
    in_care = [one for one in circle.clients if one.active]
    if not in_care:
        raise Conflict(NOBODY)
    if kind in READ_ALONE and len(circle.clients) > 1:
        raise Conflict(SEVERAL)


async def _named(office: Office, held: Pass, given: Given) -> tuple[str | None, str]:
    """The name by which it is found, and the words that stand for it in the record. Raises Malformed, TooLong, Busy."""
    if given.kind is AssignmentKind.MEASURE:
        if not isinstance(given.what, str) or given.what not in office.measures:
            raise Malformed(f"`what` is one of the measures there are: {', '.join(sorted(office.measures))}.")
        return given.what, ""
    if given.kind is AssignmentKind.FORM:
        found = await form_named(office, held.practice, parse_uuid(given.what))
        if found is None or found.form is None or found.ended_at is not None:
            raise Malformed("`what` is the id of one of the practice's forms that is still given.")
        return str(found.id), found.form.title
    return None, checked_text(given.what, WORDS)
