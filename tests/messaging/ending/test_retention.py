"""How long a record is kept: never a day short of the term, nothing by the clock alone, and a hold wins."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from messaging.ending.care import Ending, begin_care_again, end_care
from messaging.ending.legal_holds import end_hold, hold
from messaging.ending.retention import (
    LEAVING,
    TERMS,
    Stage,
    Standing,
    end_of_term,
    erase_due,
    stage_of,
    standings,
)
from messaging.errors import Malformed
from messaging.memory.ending import Erasable
from messaging.practice.settings import PracticeChanges, change_practice
from messaging.record.reading import FORMER, people_named
from tests.cast import Cast
from threads.ending.ledger import LedgerFile
from threads.tables.conversations import conversations

LONG_AGO = timedelta(days=366 * 12)
MOMENTS = st.datetimes(datetime(1980, 1, 1), datetime(2090, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001


@pytest.fixture
def ledger(tmp_path: Path) -> LedgerFile:
    return LedgerFile(tmp_path / "erased.ledger")


@given(ended=MOMENTS, now=MOMENTS, years=st.none() | st.integers(1, 100))
def test_nothing_is_due_before_both_the_month_and_the_term_are_over(
    ended: datetime, now: datetime, years: int | None
) -> None:
    stage, until = stage_of(ended, years, now), end_of_term(ended, years)
    assert (stage is Stage.LEAVING) == (now < ended + LEAVING)
    if stage is Stage.DUE:
        assert until is not None
        assert now >= until
        assert (now.year - ended.year, now.month, now.day, now.time()) >= (
            years,
            ended.month,
            ended.day,
            ended.time(),
        ) or now.year - ended.year > (years or 0)
    if until is None:
        assert stage in (Stage.LEAVING, Stage.KEPT)
    else:
        assert until >= ended + timedelta(days=365 * (years or 0))


def test_of_a_leap_day_the_term_is_no_day_short() -> None:
    leap = datetime(2024, 2, 29, 9, tzinfo=UTC)
    assert end_of_term(leap, 1) == datetime(2025, 3, 1, 9, tzinfo=UTC)
    assert end_of_term(leap, 4) == datetime(2028, 2, 29, 9, tzinfo=UTC)
    assert stage_of(None, 1, leap) is Stage.ACTIVE


def test_every_term_names_what_says_so() -> None:
    assert all(one.source and one.where and 1 <= one.years <= 100 for one in TERMS.values())


async def ended(cast: Cast, name: str, ago: timedelta) -> None:
    """Care has ended there, so long ago."""
    office, conversation = cast.office, cast.conversation(name)
    await end_care(office, cast["mira"], conversation, Ending(knowingly=True))
    async with office.memory.people._database.within(cast.practice.id) as connection:  # type: ignore[attr-defined]
        mine = (conversations.c.practice_id == cast.practice.id, conversations.c.id == conversation)
        await connection.execute(update(conversations).where(*mine).values(ended_at=office.clock() - ago))


async def of(cast: Cast) -> dict[object, Standing]:
    return {one.conversation: one for one in await standings(cast.office, cast.practice.id)}


async def due(cast: Cast) -> list[Standing]:
    return [one for one in (await of(cast)).values() if one.stage is Stage.DUE and one.held is None]


async def years(cast: Cast, count: int) -> None:
    await change_practice(cast.office, cast["nour"], PracticeChanges(keep_years=count))


async def test_it_goes_its_way_by_the_practices_term(cast: Cast) -> None:
    assert await of(cast) == {}, "while care goes on nothing is on its way out"
    await ended(cast, "ruth", timedelta(days=1))
    await ended(cast, "ben", LONG_AGO)
    stages = {one: standing.stage for one, standing in (await of(cast)).items()}
    assert stages == {cast.conversation("ruth"): Stage.LEAVING, cast.conversation("ben"): Stage.KEPT}
    await years(cast, 10)
    stages = {one: standing.stage for one, standing in (await of(cast)).items()}
    assert stages == {cast.conversation("ruth"): Stage.LEAVING, cast.conversation("ben"): Stage.DUE}
    await years(cast, 13)
    assert await due(cast) == []
    await years(cast, 0)
    assert (await of(cast))[cast.conversation("ben")].until is None
    for wrong in (-1, 101):
        with pytest.raises(Malformed):
            await years(cast, wrong)


async def test_what_is_due_goes_with_the_clients_of_whom_nothing_is_left(
    cast: Cast, ledger: LedgerFile
) -> None:
    office = cast.office
    await years(cast, 10)
    await ended(cast, "ben", LONG_AGO)
    await ended(cast, "ruth", timedelta(days=40))
    gone = await erase_due(office, ledger, await due(cast), "the term is over")
    assert {(one.what, one.id) for one in gone} == {
        (Erasable.CONVERSATION, cast.conversation("ben")),
        (Erasable.PERSON, cast["ben"].id),
        (Erasable.PERSON, cast["tess"].id),
    }
    assert [one.id for one in ledger.entered()] == [one.id for one in gone]
    named = await people_named(office, cast.practice.id, [cast[who].id for who in ("ben", "tess", "ruth")])
    assert {named[cast[who].id].name for who in ("ben", "tess")} == {FORMER}
    assert named[cast["ruth"].id].name == "Ruth"
    assert set(await of(cast)) == {cast.conversation("ruth")}
    assert await erase_due(office, ledger, await due(cast), "again") == []


async def test_what_changed_since_it_was_looked_at_is_left(cast: Cast, ledger: LedgerFile) -> None:
    office = cast.office
    await years(cast, 10)
    await ended(cast, "ruth", LONG_AGO)
    seen = await due(cast)
    await hold(office, Erasable.PERSON, cast["ruth"].id, "a complaint")
    assert (await of(cast))[cast.conversation("ruth")].held is not None
    assert await erase_due(office, ledger, seen, "the term is over") == []
    await end_hold(office, Erasable.PERSON, cast["ruth"].id, "settled")
    await years(cast, 20)
    assert await erase_due(office, ledger, seen, "the term is over") == []
    await years(cast, 10)
    await begin_care_again(office, cast["mira"], cast.conversation("ruth"))
    assert await erase_due(office, ledger, seen, "the term is over") == []
    assert list(ledger.entered()) == []
