"""The client answers: once for each time it is asked, as one entry of the record. What is half done is nowhere else."""

from dataclasses import dataclass, field
from uuid import UUID

from messaging.assignments.assignment import WORDS, Assignment, AssignmentKind, CameBack, TaskState
from messaging.assignments.giving import SEVERAL
from messaging.assignments.refusals import Answered, NotAsked
from messaging.assignments.standing import assignment
from messaging.conversations import Circle
from messaging.errors import Busy, CareEnded, Conflict, KeyReused, Malformed, NotFound
from messaging.facts_given import AnsweredFacts
from messaging.measures.scoring import checked_answers, scored
from messaging.memory.drafts import DropDraft
from messaging.memory.record import Effect, Verdict
from messaging.memory.subjects import Concern, SubjectKind
from messaging.messages import Body, Channel, EntryKind, EventName, checked_text
from messaging.office import Office
from messaging.people import Role
from messaging.record.posting import Draft, Where, post
from messaging.trust.access import Pass


@dataclass(frozen=True, slots=True)
class Handed:
    """What is handed in. The same `key` again is the same answer."""

    key: UUID
    answers: object = field(default=None, repr=False)
    """Of a measure: by item."""
    state: object = None
    """Of a task: how it went."""
    text: object = field(default=None, repr=False)


async def answer(
    office: Office, held: Pass, circle: Circle, one: Assignment, handed: Handed
) -> tuple[CameBack, bool]:
    """What came back, and whether it is new. Raises NotFound, Malformed, Answered, NotAsked, CareEnded, KeyReused, Busy."""
    if held.role is not Role.CLIENT:
        raise NotFound
    if held.ended:
        raise CareEnded("Care has ended here, so this is not asked any more.")
    body = _body(office, one, handed)
    known = await _known(office, held, one, handed.key, body)
    if known is not None:
        return known, False
    if one.ended_at is not None:
        raise NotAsked
    if not one.asked:
        raise Answered
    if one.kind is AssignmentKind.MEASURE and len(circle.clients) > 1:
        raise Conflict(SEVERAL)
    draft = Draft(
        handed.key,
        body,
        Channel.WEB,
        EntryKind.EVENT,
        effects=_effects(one, body),
    )
    try:
        outcome = await post(office, Where.by(held), draft)
    except Busy:
        # Another window was faster, or nothing was kept: which of the two, only what stands can say.
        if len((await assignment(office, held, one.id)).came_back) > len(one.came_back):
            raise Answered from None
        raise
    facts = body.facts
    assert isinstance(facts, AnsweredFacts)
    return CameBack(
        outcome.number, outcome.at or office.clock(), facts, body.text
    ), outcome.verdict is Verdict.NEW


def _effects(one: Assignment, body: Body) -> tuple[Effect, ...]:
    """Where an item is read first, so is the answer; and what was half done is done."""
    facts = body.facts
    raised = isinstance(facts, AnsweredFacts) and bool(facts.alerts)
    return (Concern(SubjectKind.ANSWERED, one.id, len(one.came_back), raised), DropDraft())


async def _known(office: Office, held: Pass, one: Assignment, key: UUID, body: Body) -> CameBack | None:
    """The same once more, whenever it comes. Raises KeyReused."""
    stored = await office.memory.threads.under_key(held, held.person, key)
    if stored is None:
        return None
    found = next((came for came in one.came_back if came.number == stored.number), None)
    if found is None or (found.facts, found.text) != (body.facts, body.text):
        raise KeyReused("This key belongs to something else. The first one stands.")
    return found


def _body(office: Office, one: Assignment, handed: Handed) -> Body:
    if one.kind is AssignmentKind.MEASURE:
        return _measured(office, one, handed)
    if handed.answers is not None:
        raise Malformed("A task is answered with `state`, and a line as `text` if you like.")
    try:
        state = TaskState(str(handed.state))
    except ValueError:
        raise Malformed(f"`state` is one of {', '.join(TaskState)}.") from None
    text = "" if handed.text is None or handed.text == "" else checked_text(handed.text, WORDS)
    facts = AnsweredFacts(one.id, state=state.value)
    return Body(text=text, event=EventName.ANSWERED, facts=facts)


def _measured(office: Office, one: Assignment, handed: Handed) -> Body:
    measure = office.measures.get(one.what)
    if measure is None:
        raise NotAsked("This questionnaire is not here any more. Please tell the practice.")
    if handed.state is not None or handed.text is not None:
        raise Malformed("A measure is answered with `answers`.")
    answers = checked_answers(measure, handed.answers)
    found = scored(measure, answers)
    facts = AnsweredFacts(
        one.id, measure.name, tuple(answers.items()), found.score, found.band.name, found.alerts
    )
    return Body(event=EventName.ANSWERED, facts=facts)
