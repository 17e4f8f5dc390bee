"""What a client is given and what comes back, over a real PostgreSQL: by whom, how often, once for each time."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from messaging.assignments.answering import Handed, answer
from messaging.assignments.assignment import Assignment, AssignmentKind
from messaging.assignments.cadence import read_every
from messaging.assignments.giving import Given, ask_no_more, give
from messaging.assignments.refusals import Answered, NotAsked
from messaging.assignments.standing import assignment_named, assignments_of, series
from messaging.ending.care import end_care
from messaging.errors import CareEnded, Conflict, KeyReused, Malformed, NotFound, Refusal
from messaging.ids import ConversationId
from messaging.inbox.heads import counts, heads
from messaging.inbox.listing import inbox
from messaging.letters.writing import Letter, write_letter
from messaging.memory.record import Verdict
from messaging.office import Office
from messaging.practice.changing import Changes, change_person
from messaging.record.reading import enter, entries_after, mark_read
from messaging.sessions.holding import end_session, open_session
from messaging.trust.access import Deed
from tests.cast import Cast

PHQ = {str(one): 1 for one in range(1, 9)} | {"9": 0}


async def given(cast: Cast, kind: str = "measure", what: object = "phq-9", **more: object) -> Assignment:
    held, circle = await cast.enter("mira", "ruth", Deed.ASSIGN)
    every = read_every(more.pop("every", None))
    made, _ = await give(
        cast.office,
        held,
        circle,
        Given(uuid4(), AssignmentKind(kind), what, every, why=more.pop("why", None)),
    )
    return made


async def back(
    cast: Cast, one: Assignment, handed: Handed, who: str = "ruth", office: Office | None = None
) -> int:
    """The number of the entry in which somebody answers."""
    held, circle, stands = await assignment_named(office or cast.office, cast[who], one.id, Deed.WRITE)
    came, _ = await answer(office or cast.office, held, circle, stands, handed)
    return came.number


def at(office: Office, moment: datetime) -> Office:
    return replace(office, clock=lambda: moment)


async def test_a_measure_comes_back_once_as_one_entry_of_the_record(cast: Cast) -> None:
    one = await given(cast)
    held, _ = await cast.enter("mira", "ruth")
    before = [entry.number for entry in await entries_after(cast.office, held, 0)]
    key = uuid4()
    first = await back(cast, one, Handed(key, PHQ))
    assert await back(cast, one, Handed(key, PHQ)) == first, "a retry"
    with pytest.raises(KeyReused):
        await back(cast, one, Handed(key, PHQ | {"1": 2}))
    with pytest.raises(Answered):
        await back(cast, one, Handed(uuid4(), PHQ))
    after = [entry.number for entry in await entries_after(cast.office, held, 0)]
    assert after == [*before, first]
    (point,) = await series(cast.office, held, "phq-9")
    assert (point.score, point.band, point.alerts) == (8, "mild", ())
    with pytest.raises(NotFound):
        await series(cast.office, held, "phq-10")
    assert await series(cast.office, held, "gad-7") == []


async def test_of_two_windows_at_once_one_answers(cast: Cast) -> None:
    one = await given(cast)
    both = await asyncio.gather(
        *(back(cast, one, Handed(uuid4(), PHQ | {"1": value})) for value in (0, 1, 2)), return_exceptions=True
    )
    assert [type(found) for found in both if not isinstance(found, int)] == [Answered, Answered]
    held, _ = await cast.enter("ruth", "ruth")
    assert len(await series(cast.office, held, "phq-9")) == 1


async def test_it_is_asked_again_when_its_weeks_or_sessions_are_over(cast: Cast) -> None:
    weekly, by_session = await given(cast, every="3 weeks"), await given(cast, every="2 sessions")
    for one in (weekly, by_session):
        await back(cast, one, Handed(uuid4(), PHQ))
        with pytest.raises(Answered):
            await back(cast, one, Handed(uuid4(), PHQ))
    held, _ = await cast.enter("mira", "ruth", Deed.HOLD_SESSION)
    for asked in (False, True):
        await end_session(cast.office, held, await open_session(cast.office, held))
        (found,) = [one for one in await assignments_of(cast.office, held) if one.id == by_session.id]
        assert found.asked is asked
    await back(cast, by_session, Handed(uuid4(), PHQ))
    soon, later = (cast.office.clock() + timedelta(weeks=3, minutes=one) for one in (-5, 5))
    with pytest.raises(Answered):
        await back(cast, weekly, Handed(uuid4(), PHQ), office=at(cast.office, soon))
    await back(cast, weekly, Handed(uuid4(), PHQ), office=at(cast.office, later))


async def test_a_task_comes_back_as_done_partly_or_not_with_a_line(cast: Cast) -> None:
    one = await given(cast, "task", "Walk to the gate.", why="To see it open.")
    for handed, refusal in (
        (Handed(uuid4()), Malformed),
        (Handed(uuid4(), state="well"), Malformed),
        (Handed(uuid4(), PHQ), Malformed),
        (Handed(uuid4(), state="done", text="\x00"), Malformed),
    ):
        with pytest.raises(refusal):
            await back(cast, one, handed)
    await back(cast, one, Handed(uuid4(), state="partly", text="Half the way."))
    held, _ = await cast.enter("ruth", "ruth")
    (found,) = await assignments_of(cast.office, held)
    assert (found.what, found.why, found.asked) == ("Walk to the gate.", "To see it open.", False)
    assert [(came.facts.state, came.text) for came in found.came_back] == [("partly", "Half the way.")]


async def test_what_is_ended_is_asked_no_more_and_stays(cast: Cast) -> None:
    one = await given(cast, every="session")
    await back(cast, one, Handed(uuid4(), PHQ))
    held, _ = await cast.enter("mira", "ruth", Deed.ASSIGN)
    for _ in range(2):
        await ask_no_more(cast.office, held, one)
    with pytest.raises(NotAsked):
        await back(cast, one, Handed(uuid4(), PHQ))
    (found,) = await assignments_of(cast.office, held)
    assert found.ended_at is not None
    assert len(found.came_back) == 1


async def test_only_who_cares_gives_and_only_who_is_in_care_answers(cast: Cast) -> None:
    one = await given(cast)
    for who in ("mira", "linden", "eli", "nour"):
        with pytest.raises(NotFound):
            await back(cast, one, Handed(uuid4(), PHQ), who)
    for who in ("ruth", "eli", "nour"):
        with pytest.raises(NotFound):
            await cast.enter(who, "ruth", Deed.ASSIGN)
    read, circle = await cast.enter("mira", "ruth")
    with pytest.raises(NotFound):
        await give(cast.office, read, circle, Given(uuid4(), AssignmentKind.TASK, "Walk."))


@pytest.mark.parametrize(
    ("kind", "what", "refusal"),
    [
        ("measure", "phq-10", Malformed),
        ("measure", None, Malformed),
        ("measure", ["phq-9"], Malformed),
        ("task", "", Malformed),
        ("task", "x" * 4_001, Refusal),
        ("task", 7, Malformed),
    ],
)
async def test_what_cannot_be_given_is_refused_whole(
    cast: Cast, kind: str, what: object, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        await given(cast, kind, what)
    held, _ = await cast.enter("mira", "ruth")
    assert await assignments_of(cast.office, held) == []


async def test_nothing_is_given_to_who_left_where_care_ended_or_where_others_would_read_it(
    cast: Cast,
) -> None:
    ben, couple = await cast.enter("mira", "ben", Deed.ASSIGN)
    with pytest.raises(Conflict, match="Several people"):
        await give(cast.office, ben, couple, Given(uuid4(), AssignmentKind.MEASURE, "phq-9"))
    await give(cast.office, ben, couple, Given(uuid4(), AssignmentKind.TASK, "Cook together."))
    one = await given(cast)
    await change_person(cast.office, cast["nour"], cast["ruth"].id, Changes(active=False))
    with pytest.raises(Conflict, match="Nobody is in care"):
        await given(cast, "task", "Walk.")
    mira, _ = await cast.enter("mira", "linden", Deed.SETTLE)
    await end_care(cast.office, cast["mira"], mira.conversation)
    held, circle = await enter(cast.office, cast["mira"], mira.conversation, Deed.ASSIGN)
    with pytest.raises(CareEnded):
        await give(cast.office, held, circle, Given(uuid4(), AssignmentKind.TASK, "Walk."))
    ruth, _ = await cast.enter("mira", "ruth")
    assert [found.id for found in await assignments_of(cast.office, ruth)] == [one.id]


async def test_the_same_key_gives_one_assignment(cast: Cast) -> None:
    held, circle = await cast.enter("mira", "ruth", Deed.ASSIGN)
    wish = Given(uuid4(), AssignmentKind.TASK, "Walk.")
    first, _ = await give(cast.office, held, circle, wish)
    again, outcome = await give(cast.office, held, circle, wish)
    assert (again.id, outcome.verdict) == (first.id, Verdict.KNOWN)
    with pytest.raises(KeyReused):
        await give(cast.office, held, circle, replace(wish, what="Run."))


async def test_what_is_to_be_read_first_stands_first_until_it_is_read_by_each(cast: Cast) -> None:
    """Before a letter that is due sooner; and of item 9 nothing else is said anywhere in the clear."""
    linden, circle = await cast.enter("linden", "linden", Deed.WRITE)
    await write_letter(cast.office, linden, circle, Letter(uuid4(), "Dear Mira."))
    one = await given(cast)

    async def order() -> list[ConversationId]:
        found = await heads(cast.office, cast["mira"], cast.practice)
        lines = await inbox(cast.office, cast["mira"])
        assert [head.id for head in found][:1] == [line.conversation.id for line in lines][:1]
        assert (await counts(cast.office, cast["mira"])).waiting == sum(head.waits for head in found)
        return [head.id for head in found][:2]

    ruth = cast.conversation("ruth")
    assert (await order())[0] == linden.conversation
    number = await back(cast, one, Handed(uuid4(), PHQ | {"9": 1}))
    assert await order() == [ruth, linden.conversation]
    (theirs,) = await inbox(cast.office, cast["ruth"])
    assert (theirs.raised_at, theirs.given) == (None, True), "a client's own list says nothing of it"
    held, _ = await cast.enter("mira", "ruth")
    await mark_read(cast.office, held, number)
    assert (await order())[0] == linden.conversation
