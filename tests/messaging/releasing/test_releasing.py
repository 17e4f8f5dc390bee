"""A slice has edges: what is released is read, and nothing beside it, by nobody else, and not a moment longer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from messaging.errors import Conflict, Malformed, NotFound, Refusal, StepUp
from messaging.facts_given import AnsweredFacts, PlanFacts
from messaging.messages import Body, EntryKind, EventName
from messaging.people import Role
from messaging.practice.circles import join_circle
from messaging.record.posting import Draft, Where, post
from messaging.record.reading import entries_after
from messaging.releases import Part
from messaging.releasing.giving import Wanted, end_expired, make_release, releases_of, take_back
from messaging.releasing.reading import read_slice, released_to, standing_release
from messaging.trust.access import Deed
from tests.cast import Cast, nobody
from tests.conftest import TestDatabase
from tests.messaging.releasing.slices import NOW, Record
from threads.database import Database, connector


@pytest.fixture
async def record(cast: Cast) -> Record:
    made = Record(cast)
    await made.write()
    return made


async def words(record: Record, release: Any, who: str = "eli", at: datetime | None = None) -> set[str]:
    page = await read_slice(record.office(at), record.cast[who], release)
    return {one.body.text for one in page.entries} | {one.text for one in page.notes}


async def said(record: Record, who: str) -> list[EventName]:
    """What the record says of releases. (A server beside the tests says of its letters that their time has passed.)"""
    held, _ = await record.cast.enter(who, "ruth")
    events = [one.body.event for one in await entries_after(record.office(), held, 0)]
    return [one for one in events if one in (EventName.RELEASED, EventName.RELEASE_ENDED)]


async def test_only_what_is_released_is_read_to_the_moment(record: Record) -> None:
    told = await record.release()
    assert told.receiver == "Eli"
    assert told.purpose == "For the medication review."
    assert await words(record, told.release.id) == {"Letter: October begins", "Letter: October ends"}
    noted = await record.release(kinds=["note"])
    assert await words(record, noted.release.id) == {"Progress: October begins", "Progress: October ends"}
    everything = await record.release(kinds=[one.value for one in Part], since="2020-01-01", until=None)
    read = await words(record, everything.release.id)
    assert len(read) == 8, "events are no part of any release, and no process note ever is"
    assert not any(one.startswith("Process") for one in read)


GIVEN = {
    "measure": (EventName.ANSWERED, AnsweredFacts(nobody(), "phq-9", (("1", 2),), 2, "none")),
    "plan": (EventName.PLAN_CHANGED, PlanFacts(1, (("Who I can call", "My sister"),))),
    "neither": (EventName.ANSWERED, AnsweredFacts(nobody(), state="done")),
}
"""What is kept as events: a measure that was answered, a plan, and a task, which is a part of no release."""


async def test_a_measure_and_a_plan_are_read_where_they_are_released(record: Record) -> None:
    held, _ = await record.cast.enter("ruth", "ruth", Deed.WRITE)
    for event, facts in GIVEN.values():
        body = Body(event=event, facts=facts)
        await post(record.office(), Where.by(held), Draft(uuid4(), body, kind=EntryKind.EVENT))
    for kinds in (["measure"], ["plan"], ["measure", "plan"], ["letter"]):
        told = await record.release(kinds=kinds, until=None)
        page = await read_slice(record.office(), record.cast["eli"], told.release.id)
        found = [one.body.facts for one in page.entries if one.kind is EntryKind.EVENT]
        assert found == [GIVEN[kind][1] for kind in kinds if kind in GIVEN], kinds


async def test_a_page_after_another_hands_out_all_of_it_once(record: Record) -> None:
    told = await record.release(kinds=["letter", "note"], since="2020-01-01", until=None)
    found, after, more = list[str](), 0, True
    while more:
        page = await read_slice(record.office(), record.cast["eli"], told.release.id, after, 1)
        found += [one.body.text for one in page.entries]
        after, more = page.last, page.more
    assert len(found) == len(set(found)) == 4


async def test_nobody_else_reads_by_it_and_the_receiver_reads_nothing_else(record: Record) -> None:
    told = await record.release()
    for who in ("mira", "nour", "linden", "omar", "ruth"):
        with pytest.raises(NotFound):
            await read_slice(record.office(), record.cast[who], told.release.id)
        with pytest.raises(NotFound):
            await standing_release(record.office(), record.cast[who], told.release.id)
    with pytest.raises(NotFound):
        await record.cast.enter("eli", "ruth", Deed.READ)
    with pytest.raises(NotFound):
        await releases_of(record.office(), record.cast["eli"], record.cast.conversation("ruth"))
    assert [one.release.id for one in await released_to(record.office(), record.cast["eli"])] == [
        told.release.id
    ]
    assert await released_to(record.office(), record.cast["mira"]) == []


async def test_taken_back_it_leads_to_nothing_and_the_record_says_so(record: Record) -> None:
    told = await record.release()
    await words(record, told.release.id)
    for who in ("mira", "eli", "linden", "nour"):
        with pytest.raises(NotFound):
            await take_back(record.office(), record.cast[who], told.release.id)
    for _ in range(2):
        await take_back(record.office(NOW + timedelta(minutes=1)), record.cast["ruth"], told.release.id)
    with pytest.raises(NotFound):
        await words(record, told.release.id)
    (seen,) = await releases_of(record.office(), record.cast["ruth"], record.cast.conversation("ruth"))
    assert seen.release.ended_at is not None
    assert len(seen.openings) == 1
    (cared,) = await releases_of(record.office(), record.cast["mira"], record.cast.conversation("ruth"))
    assert cared.openings == [], "when a colleague read is for her to see"
    assert await said(record, "mira") == [EventName.RELEASED, EventName.RELEASE_ENDED]


async def test_a_way_made_before_the_end_leads_nowhere_after_it(record: Record) -> None:
    """Between the question who may and the reading lies a moment: the statement that reads looks once more."""
    told = await record.release(kinds=["letter", "note"])
    stood = await record.office().memory.releases.find(record.cast.practice.id, told.release.id)
    assert stood is not None
    await take_back(record.office(), record.cast["ruth"], told.release.id)

    class Before:
        """Memory that has not heard of it yet."""

        def __init__(self, memory: Any) -> None:
            self._memory = memory

        def __getattr__(self, name: str) -> Any:
            return self if name == "releases" else getattr(self._memory, name)

        async def find(self, *_: Any) -> Any:
            return stood

    deaf: Any = Before(record.office().memory)
    page = await read_slice(replace(record.office(), memory=deaf), record.cast["eli"], told.release.id)
    assert (page.entries, page.notes) == ([], [])


async def test_when_its_time_is_over_nobody_reads_and_the_record_says_so_once(record: Record) -> None:
    told = await record.release(expires="2026-12-01")
    over = datetime(2026, 12, 1, 23, tzinfo=UTC)
    assert told.release.expires == over, "to the end of that day, where the practice is"
    assert await words(record, told.release.id, at=over - timedelta(microseconds=1))
    with pytest.raises(NotFound):
        await words(record, told.release.id, at=over)
    practice = record.cast.practice.id
    early = await end_expired(record.office(), practice, told.release.id)
    assert early == over, "it is come back to"
    for _ in range(2):
        assert await end_expired(record.office(over), practice, told.release.id) is None
    assert await end_expired(record.office(over), practice, nobody()) is None
    assert await said(record, "ruth") == [EventName.RELEASED, EventName.RELEASE_ENDED]


async def test_a_second_press_is_the_same_release(record: Record) -> None:
    key = uuid4()
    first, second = await record.release(key=key), await record.release(key=key)
    assert first.release.id == second.release.id
    assert len(await released_to(record.office(), record.cast["eli"])) == 1


async def test_only_the_client_makes_one_and_only_stepped_up(record: Record) -> None:
    cast, office = record.cast, record.office()
    wanted = Wanted(str(cast["eli"].id), ["letter"], "2026-10-01", "2026-12-31", "A review.")
    ruths = cast.conversation("ruth")
    for who, refused in (("mira", NotFound), ("nour", NotFound), ("eli", NotFound), ("linden", NotFound)):
        with pytest.raises(refused):
            await make_release(office, await record.signed_in(who), ruths, wanted)
    with pytest.raises(StepUp):
        await make_release(office, await record.signed_in("ruth", stepped_up=False), ruths, wanted)
    with pytest.raises(Conflict):
        await make_release(office, await record.signed_in("ben"), cast.conversation("ben"), wanted)


WRONG: list[dict[str, Any]] = [
    {"to": None},
    {"to": "Eli"},
    {"to": str(nobody())},
    {"kinds": []},
    {"kinds": "letter"},
    {"kinds": ["letter", "process"]},
    {"kinds": [["letter"]]},
    {"since": None},
    {"since": "October"},
    {"since": "2026-10-01T00:00:00"},
    {"until": "2026-09-30"},
    {"until": 7},
    {"expires": None},
    {"expires": "2026-11-29"},
    {"expires": "2028-01-01"},
    {"purpose": ""},
    {"purpose": None},
    {"purpose": "x" * 501},
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
async def test_what_is_wrong_is_refused_in_plain_words_and_nothing_is_done(
    record: Record, wrong: dict[str, Any]
) -> None:
    with pytest.raises(Refusal) as refused:
        await record.release(**wrong)
    assert refused.value.code in ("malformed", "too_long")
    held, _ = await record.cast.enter("ruth", "ruth")
    assert await record.office().memory.releases.of(held, 10) == []


async def test_who_reads_there_already_or_is_no_clinician_is_not_released_to(record: Record) -> None:
    for who in ("mira", "nour", "linden", "ruth"):
        with pytest.raises(Malformed):
            await record.release(to=str(record.cast[who].id))


async def test_who_joins_later_or_is_no_clinician_any_more_reads_no_other_way(record: Record) -> None:
    """A release does not depend on membership: a member reads by their own pass, from their own first entry."""
    told = await record.release()
    cast = record.cast
    await join_circle(record.office(), cast["nour"], cast.conversation("ruth"), cast["eli"].id)
    assert await words(record, told.release.id)
    other = replace(cast["eli"], role=Role.CLIENT)
    with pytest.raises(NotFound):
        await read_slice(record.office(), other, told.release.id)


@pytest.mark.parametrize(
    "change",
    [
        "receiver_id = :other",
        "until = null",
        "since = '2020-01-01'",
        "expires_at = '2030-01-01'",
        "parts = 'chat letter note'",
    ],
)
async def test_a_row_that_is_not_the_one_she_made_leads_nowhere(
    record: Record, database: TestDatabase, change: str
) -> None:
    told = await record.release()
    reader = record.cast["mira"] if "receiver" in change else record.cast["eli"]
    base = Database(connector(database.accesses.owner.url()))
    async with base.within(record.cast.practice.id) as connection:
        await connection.execute(
            text(f"update releases set {change} where id = :id"),
            {"id": told.release.id} | ({"other": reader.id} if "other" in change else {}),
        )
    await base.close()
    with pytest.raises(NotFound):
        await read_slice(record.office(), reader, told.release.id)
