"""The practice's own numbers under Help now: its readers', the only practice's, and while the database is away."""

import asyncio
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from messaging.errors import Busy
from messaging.ids import PracticeId
from messaging.people import HelpNumber, Practice
from messaging.practice.founding import NewPractice, found_practice
from messaging.practice.settings import PracticeChanges, change_practice
from tests.cast import Cast
from tests.web.visitor import Visitor
from web.help_numbers import FRESH, KEPT, QUIET, HelpNumbers

OURS = (HelpNumber("Our own line", "0664 555 01 20", "weekdays"),)
THEIRS = (HelpNumber("The other line", "0664 555 01 21"),)
ONE = Practice(PracticeId(UUID(int=1)), "one", "One", "UTC", numbers=OURS)
TWO = Practice(PracticeId(UUID(int=2)), "two", "Two", "UTC", numbers=THEIRS)


class Memory:
    """Practices, or what happens when one asks for them."""

    def __init__(self, *practices: Practice) -> None:
        self.kept, self.asked = list(practices), 0
        self.fault: Exception | None = None
        self.hangs = False

    async def practices(self) -> list[PracticeId]:
        await self._may_answer()
        return [one.id for one in self.kept]

    async def practice(self, practice: PracticeId) -> Practice | None:
        await self._may_answer()
        return next((one for one in self.kept if one.id == practice), None)

    async def _may_answer(self) -> None:
        self.asked += 1
        if self.hangs:
            await asyncio.Event().wait()
        if self.fault is not None:
            raise self.fault

    @property
    def office(self) -> Any:
        return SimpleNamespace(memory=SimpleNamespace(directory=self, people=self))


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


async def test_a_reader_sees_their_practices_own_numbers_and_a_stranger_none_of_several(
    people: Cast, ruth: Visitor
) -> None:
    await change_practice(people.office, people["nour"], PracticeChanges(numbers=OURS))
    await found_practice(people.office, NewPractice(f"other-{people.practice.slug}", "Other", "UTC"))
    page = await ruth.get("/help-now")
    assert "Our own line weekdays 0664 555 01 20" in page.words
    assert page.words.index("555 01 20") < page.words.index("Emergency")
    assert "555 01 20" not in (await Visitor(ruth.base).get("/help-now")).words


async def test_numbers_that_are_changed_on_the_page_are_shown_with_the_next_look(
    people: Cast, ruth: Visitor
) -> None:
    nour, place = Visitor(ruth.base), "/admin/practice"
    await nour.enter(people, "nour")
    assert "555 01 21" not in (await ruth.get("/help-now")).words
    await nour.submit(
        place, place, name="Haus Linde", zone="UTC", whose0="The other line", number0="0664 555 01 21"
    )
    assert "The other line 0664 555 01 21" in (await ruth.get("/help-now")).words


async def test_the_only_practices_are_anybodys() -> None:
    memory, numbers = Memory(ONE), HelpNumbers(Clock())
    assert await numbers.of(memory.office, None) == OURS
    memory.kept.append(TWO)
    assert await numbers.of(memory.office, TWO.id) == THEIRS
    assert await numbers.of(memory.office, PracticeId(UUID(int=3))) == ()


@pytest.mark.parametrize("away", ["refused", "accident", "hangs"])
async def test_while_the_database_is_away_the_last_known_are_shown(away: str) -> None:
    memory, clock = Memory(ONE), Clock()
    numbers = HelpNumbers(clock)
    assert await numbers.of(memory.office, None) == OURS
    memory.hangs, memory.fault = away == "hangs", Busy() if away == "refused" else OSError()
    clock.now += 10 * FRESH
    for practice in (None, ONE.id):
        assert await numbers.of(memory.office, practice) == OURS
    assert await numbers.of(memory.office, TWO.id) == ()


async def test_after_one_waited_in_vain_nobody_waits_for_a_while() -> None:
    memory, clock = Memory(ONE), Clock()
    numbers = HelpNumbers(clock)
    memory.fault = Busy()
    for _ in range(5):
        assert await numbers.of(memory.office, ONE.id) == ()
    assert memory.asked == 1
    memory.fault = None
    clock.now += QUIET
    assert await numbers.of(memory.office, ONE.id) == OURS


async def test_what_is_known_is_not_asked_for_until_it_is_a_minute_old() -> None:
    memory, clock = Memory(ONE), Clock()
    numbers = HelpNumbers(clock)
    numbers.learn(ONE)
    assert await numbers.of(memory.office, ONE.id) == OURS
    assert memory.asked == 0
    clock.now += FRESH
    await numbers.of(memory.office, ONE.id)
    assert memory.asked == 1


def test_no_more_practices_are_kept_than_said() -> None:
    numbers = HelpNumbers(Clock())
    for number in range(KEPT + 5):
        numbers.learn(Practice(PracticeId(UUID(int=number)), "x", "X", "UTC"))
    assert len(numbers._known) == KEPT
