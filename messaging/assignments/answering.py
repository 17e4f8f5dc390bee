"""The client answers: once for each time it is asked, as one entry of the record. What is half done is nowhere else."""

from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from messaging.assignments.assignment import WORDS, Assignment, AssignmentKind, CameBack, TaskState
from messaging.assignments.giving import READ_ALONE, SEVERAL
from messaging.assignments.refusals import Answered, Changed, NotAsked
from messaging.assignments.standing import assignment
from messaging.conversations import Circle
from messaging.errors import Busy, CareEnded, Conflict, KeyReused, Malformed, NotFound
from messaging.facts_given import AnsweredFacts
from messaging.forms.answers import checked_answers as checked_form
from messaging.forms.answers import in_words, kept
from messaging.forms.writing import form_named
from messaging.ids import parse_uuid
from messaging.measures.scoring import checked_answers, scored
from messaging.memory.drafts import DropDraft
from messaging.memory.record import Effect, Verdict
from messaging.memory.subjects import Concern, SubjectKind
from messaging.messages import Body, Channel, EntryKind, EventName, checked_text
from messaging.office import Office
from messaging.people import Role
from messaging.record.posting import Draft, Where, post
from messaging.trust.access import Pass

REUSED: Final = "This key belongs to something else. The first one stands."


@dataclass(frozen=True, slots=True)
class Handed:
    """What is handed in. The same `key` again is the same answer."""

    key: UUID
    answers: object = field(default=None, repr=False)
    """Of a measure: by item; of a form: by question."""
    state: object = None
    """Of a task: how it went."""
    text: object = field(default=None, repr=False)
    version: int | None = None
    """Of a form: the one whose questions were read; None: whichever is asked."""


async def answer(
    office: Office, held: Pass, circle: Circle, one: Assignment, handed: Handed
) -> tuple[CameBack, bool]:
    """What came back, and whether it is new. Raises NotFound, Malformed, Answered, NotAsked, CareEnded, KeyReused, Busy."""
    if held.role is not Role.CLIENT:
        raise NotFound
    if held.ended:
        raise CareEnded("Care has ended here, so this is not asked any more.")
    known = await _known(office, held, one, handed.key)
    body = await _body(office, held, one, handed, known)
    if known is not None:
        if (known.facts, known.text) != (body.facts, body.text):
            raise KeyReused(REUSED)
        return known, False
    if one.ended_at is not None:
        raise NotAsked
    if not one.asked:
        raise Answered
    if one.kind in READ_ALONE and len(circle.clients) > 1:
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


async def _known(office: Office, held: Pass, one: Assignment, key: UUID) -> CameBack | None:
    """What stands under the key already, whenever it comes again. Raises KeyReused where that is something else."""
    stored = await office.memory.threads.under_key(held, held.person, key)
    if stored is None:
        return None
    found = next((came for came in one.came_back if came.number == stored.number), None)
    if found is None:
        raise KeyReused(REUSED)
    return found


async def _body(office: Office, held: Pass, one: Assignment, handed: Handed, known: CameBack | None) -> Body:
    if one.kind is AssignmentKind.FORM:
        return await _filled(office, held, one, handed, known)
    return _measured(office, one, handed) if one.kind is AssignmentKind.MEASURE else _done(one, handed)


async def _filled(
    office: Office, held: Pass, one: Assignment, handed: Handed, known: CameBack | None
) -> Body:
    """In the version that is asked now; what is repeated, in the one it answered then."""
    if handed.state is not None or handed.text is not None:
        raise Malformed("A form is answered with `answers`.")
    version = known.facts.version if known is not None else None
    asked = await form_named(office, held.practice, parse_uuid(one.what), version)
    if asked is None or asked.form is None:
        raise NotAsked("This form is not here any more. Please tell the practice.")
    if handed.version not in (None, asked.version):
        raise Changed
    answers = checked_form(asked.form, handed.answers)
    facts = AnsweredFacts(one.id, one.what, version=asked.version, form=kept(asked.form, answers))
    return Body(text=in_words(asked.form, answers), event=EventName.ANSWERED, facts=facts)


def _done(one: Assignment, handed: Handed) -> Body:
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
