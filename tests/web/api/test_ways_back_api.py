"""The yes to who has lost password and recovery phrase, by a program of who answers for them."""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from messaging.practice.ways_back import LINK, WAIT, own_wish
from tests.cast import Cast, nobody
from tests.channels.email.world import FakeRelay
from tests.conftest import RunningServer
from tests.journeys.talking import call
from tests.messaging.practice.test_ways_back import mails


@pytest.fixture
async def relay() -> AsyncIterator[FakeRelay]:
    made = await FakeRelay().start()
    yield made
    await made.stop()


@pytest.fixture
async def place(cast: Cast) -> str:
    """Where it is said for Ruth, who asked for a link a moment ago and has nothing else to show."""
    now, memory = cast.office.clock(), cast.office.memory.ways_back
    await memory.keep_link(cast.practice.id, cast["ruth"].id, b"h" * 32, now + LINK)
    assert await memory.wish(cast.practice.id, cast["ruth"].id, now)
    return f"/people/{cast['ruth'].id}/way-back"


async def wished(server: RunningServer, cast: Cast, by: str) -> dict[str, dict[str, str | None]]:
    """Who waits, as the list of people tells somebody."""
    status, listed = await call(server, await cast.token(by), "GET", "/people")
    assert status == 200
    return {one["id"]: one["way_back"] for one in listed["people"] if "way_back" in one}


@pytest.mark.parametrize("by", ["mira", "nour"])
async def test_who_waits_is_listed_and_a_yes_says_from_when_a_link_is_enough(
    server: RunningServer, cast: Cast, place: str, by: str
) -> None:
    ruth, token = str(cast["ruth"].id), await cast.token(by)
    before = (await wished(server, cast, by))[ruth]
    assert before["open_from"] is None
    for _ in range(2):
        assert (await call(server, token, "PUT", place))[0] == 204
    after = (await wished(server, cast, by))[ruth]
    assert after["since"] == before["since"]
    assert after["open_from"] is not None
    ahead = datetime.fromisoformat(after["open_from"]) - cast.office.clock()
    assert WAIT * 0.99 < ahead <= WAIT, "a second yes begins no second wait"
    assert (await call(server, token, "DELETE", place))[0] == 204
    assert await wished(server, cast, by) == {}
    assert await own_wish(cast.office, cast["ruth"]) is None
    assert (await call(server, token, "DELETE", place))[0] == 204
    assert (await call(server, token, "PUT", place))[0] == 409


async def test_nobody_else_says_yes_or_no_or_learns_of_it(
    server: RunningServer, cast: Cast, place: str
) -> None:
    for by in ("eli", "linden", "ruth"):
        for method in ("PUT", "DELETE"):
            assert (await call(server, await cast.token(by), method, place))[0] == 404, by
    assert await wished(server, cast, "eli") == {}
    mira = await cast.token("mira")
    for absent in (nobody(), "x", cast["omar"].id):
        assert (await call(server, mira, "PUT", f"/people/{absent}/way-back"))[0] == 404
    assert await own_wish(cast.office, cast["ruth"]) is not None


async def test_they_are_told_of_a_yes_by_mail(
    server: RunningServer, cast: Cast, place: str, relay: FakeRelay
) -> None:
    assert (await call(server, await cast.token("mira"), "PUT", place))[0] == 204
    (told,) = await mails(cast, relay, "ruth")
    assert "/way-back/stop#" in told
