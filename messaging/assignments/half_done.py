"""What a client has answered so far: kept as a draft, sealed, until all of it is sent at once or thrown away."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID, uuid5

from messaging.assignments.assignment import Assignment
from messaging.errors import Malformed, NotFound
from messaging.letters.drafts import Draft, DraftKind, Writing, drafts_of, keep
from messaging.measures.measure import Measure
from messaging.office import Office
from messaging.people import Role
from messaging.trust.access import Pass


@dataclass(frozen=True, slots=True)
class HalfDone:
    """Answers so far, by item."""

    key: UUID
    answers: Mapping[str, int] = field(repr=False)
    turn: int = 0


def key_for(one: Assignment) -> UUID:
    """Of what is answered this time: the draft's, and that of the answer it becomes."""
    return uuid5(one.id, str(len(one.came_back)))


async def half_done(office: Office, held: Pass, one: Assignment, measure: Measure) -> HalfDone:
    """What was chosen so far, of items and values there are. Raises Busy."""
    key = key_for(one)
    found = next((d for d in await drafts_of(office, held, DraftKind.ANSWERS) if d.id == key), None)
    return HalfDone(key, {} if found is None else _read(found, measure), 0 if found is None else found.turn)


async def choose(
    office: Office, held: Pass, one: Assignment, measure: Measure, chosen: tuple[str, object]
) -> HalfDone:
    """One more answer, or another in its place. Raises NotFound, Malformed, TooManyDrafts, Busy."""
    if held.role is not Role.CLIENT:
        raise NotFound
    item, value = chosen
    if item not in {known.id for known in measure.items}:
        raise NotFound
    if type(value) is not int or value not in {option.value for option in measure.options}:
        raise Malformed("Please choose one of the answers.")
    before = await half_done(office, held, one, measure)
    answers = {**before.answers, item: value}
    # The key is the page, too: of two windows the later choice stands, and neither leaves a version of its own beside.
    wanted = Writing(
        id=before.key,
        kind=DraftKind.ANSWERS,
        text=json.dumps(answers),
        page=before.key,
        turn=before.turn + 1,
    )
    await keep(office, held, wanted)
    return HalfDone(before.key, answers, before.turn + 1)


def _read(draft: Draft, measure: Measure) -> dict[str, int]:
    kept = json.loads(draft.text)
    values = {option.value for option in measure.options}
    return {item.id: kept[item.id] for item in measure.items if kept.get(item.id) in values}
