"""However much one person asks for, and whatever their pages cost, everybody else's turn comes."""

import asyncio
import re
import threading
from asyncio import Task
from collections.abc import AsyncIterator
from typing import Final
from uuid import uuid4

import pytest
from starlette.routing import Route

from messaging.errors import Busy
from tests.cast import Cast
from tests.web.hostile import Door
from tests.web.sweeps.test_every_page import PLACES, Rule
from web.api import routes as api
from web.fair import visitors
from web.fair.aside import HANDS, Aside
from web.fair.visitors import AT_ONCE, WAITING, Visitors

MANY: Final = 20
OPEN_TO_ALL: Final = {"/me", "/openapi.json"}
"""What costs nothing of anybody's choosing."""


@pytest.fixture
async def aside() -> AsyncIterator[Aside]:
    made = Aside()
    yield made
    made.close()


class Long:
    """Work that lasts until it is let go."""

    def __init__(self) -> None:
        self._go, self.here = threading.Event(), threading.Event()
        self.begun: list[str] = []

    def work(self, name: str) -> str:
        self.begun.append(name)
        self.here.set()
        self._go.wait()
        return name

    def let_go(self) -> None:
        self._go.set()


@pytest.fixture
async def long() -> AsyncIterator[Long]:
    made = Long()
    yield made
    made.let_go()


async def test_who_asks_for_twenty_long_pages_holds_one_hand(aside: Aside, long: Long) -> None:
    many = [asyncio.create_task(aside.do("one", long.work, f"page {n}")) for n in range(MANY)]
    await asyncio.sleep(0)
    assert await asyncio.wait_for(aside.do("other", lambda: "theirs"), 20) == "theirs"
    assert long.begun == ["page 0"]
    long.let_go()
    assert await asyncio.gather(*many) == [f"page {n}" for n in range(MANY)], "each is made, in its order"


async def test_two_who_ask_for_many_long_pages_are_served_in_turns(aside: Aside, long: Long) -> None:
    asked: list[Task[str]] = []
    for n in range(3):
        for who in ("one", "two", "three"):
            asked.append(asyncio.create_task(aside.do(who, long.work, f"{who} {n}")))
    await asyncio.sleep(0)
    waiting = asyncio.create_task(aside.do("late", lambda: len(long.begun)))
    await asyncio.sleep(0)
    long.let_go()
    at_most = HANDS + 3 + 1  # in hand, one more of each, and what begins beside it
    assert await waiting <= at_most, "after those who came before, not after all of the nine they asked for"


async def test_who_gives_up_takes_no_hand_along(aside: Aside, long: Long) -> None:
    first = asyncio.create_task(aside.do("one", long.work, "first"))
    waits = [asyncio.create_task(aside.do("one", long.work, "never")) for _ in range(3)]
    await asyncio.to_thread(long.here.wait, 20)
    for one in [*waits, first]:
        one.cancel()
    await asyncio.gather(first, *waits, return_exceptions=True)
    again = asyncio.create_task(aside.do("one", long.work, "again"))
    assert await asyncio.wait_for(aside.do("other", lambda: "theirs"), 5) == "theirs"
    assert "again" not in long.begun, "the thread still works on what was given up"
    long.let_go()
    assert await again == "again"
    assert await asyncio.wait_for(aside.do("one", lambda: "still served"), 20) == "still served"
    assert "never" not in long.begun


async def test_work_that_fails_frees_its_hand(aside: Aside) -> None:
    for _ in range(HANDS + 1):
        with pytest.raises(ZeroDivisionError):
            await aside.do("one", lambda: 1 // 0)


async def come(all_of_them: Visitors, who: str, count: int) -> list[Task[None]]:
    made = [asyncio.create_task(all_of_them.come(who)) for _ in range(count)]
    await asyncio.sleep(0)
    return made


async def test_a_person_has_so_many_requests_at_work_and_the_next_comes_when_one_goes() -> None:
    house = Visitors()
    asked = await come(house, "one", AT_ONCE + WAITING)
    assert [one.done() for one in asked] == [True] * AT_ONCE + [False] * WAITING
    with pytest.raises(Busy):
        await house.come("one")
    await house.come("other")
    house.go("one")
    await asked[AT_ONCE]
    for one in asked[AT_ONCE + 1 :]:
        one.cancel()
    await asyncio.gather(*asked, return_exceptions=True)
    house.go("other")
    for _ in range(AT_ONCE):
        house.go("one")
    assert len(house) == 0, "nothing is kept of who has gone"


async def test_nobody_waits_for_ever_among_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitors, "PATIENCE", 0.01)
    house = Visitors()
    await come(house, "one", AT_ONCE)
    with pytest.raises(Busy):
        await house.come("one")


async def test_every_place_of_somebody_counts_and_is_given_back(cast: Cast) -> None:
    """By the program's own tables of routes: who has asked for too much is told so everywhere, and nobody else is."""
    house, door = cast.house, Door(cast.house)
    rules = {Rule.CLIENTS: "ruth", Rule.CLINICIANS: "mira", Rule.ADMINISTRATORS: "nour"}
    places = [(path, rules[rule]) for path, rule in PLACES.items() if rule in rules]
    for route in api.ROUTES.routes:
        assert isinstance(route, Route)
        if "GET" in (route.methods or ()) and route.path not in OPEN_TO_ALL:
            places.append((f"/api/v1{route.path}", "mira"))
    names = {"number": "1", "conversation": str(cast.conversation("ruth"))}
    held: dict[str, list[Task[None]]] = {}
    for who in rules.values():
        held[who] = [asyncio.create_task(house.visitors.come(cast[who].id)) for _ in range(AT_ONCE + WAITING)]
    await asyncio.sleep(0)
    for template, who in places:
        path = re.sub(r"\{(\w+)\}", lambda found: names.get(found[1], str(uuid4())), template)
        token = await cast.token(who)
        reply = await door.ask("GET", path, b"", {"authorization": f"Bearer {token}"})
        assert reply.status == 503, path
    help_now = await door.ask(
        "GET", "/help-now", b"", {"authorization": f"Bearer {await cast.token('ruth')}"}
    )
    assert help_now.status == 200
    eli = await door.ask("GET", "/inbox", b"", {"authorization": f"Bearer {await cast.token('eli')}"})
    assert eli.status == 200
    for who, tasks in held.items():
        for one in tasks[AT_ONCE:]:
            one.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for _ in range(AT_ONCE):
            house.visitors.go(cast[who].id)
    assert len(house.visitors) == 0
