"""What programs may rely on about sessions: clocks, repeats, far years, and one session at a time."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tests.cast import Cast
from tests.conftest import RunningServer
from tests.web.api.test_calendar_api import Program


@pytest.fixture
async def mira(server: RunningServer, cast: Cast) -> Program:
    return Program(server, await cast.token("mira"))


async def opened(mira: Program, cast: Cast, name: str = "ruth") -> str:
    made = await mira("POST", f"/conversations/{cast.conversation(name)}/sessions", {})
    assert made.status == 201
    return f"/sessions/{made.json['id']}"


async def test_the_time_of_the_server_is_that_of_the_asking(cast: Cast, mira: Program) -> None:
    session = await opened(mira, cast)
    shown = {one["id"]: one for one in (await mira("GET", "/conversations")).json["conversations"]}
    live = shown[str(cast.conversation("ruth"))]["session"]
    assert session.endswith(live["id"])
    said, began = (datetime.fromisoformat(live[name]) for name in ("server_time", "opened_at"))
    assert began < said <= datetime.now(UTC) + timedelta(seconds=2)


async def test_asked_again_with_its_key_a_session_is_extended_once(cast: Cast, mira: Program) -> None:
    session, key = await opened(mira, cast), str(uuid4())
    lengths = [
        (await mira("POST", f"{session}/extend", {"minutes": 5, "key": key})).json["minutes"]
        for _ in range(3)
    ]
    assert lengths == [55, 55, 55]
    other = await mira("POST", f"{session}/extend", {"minutes": 5, "key": str(uuid4())})
    assert (other.status, other.json["minutes"]) == (200, 60)
    assert (await mira("POST", f"{session}/extend", {"key": "no uuid"})).status == 422


@pytest.mark.parametrize("deed", ["book", "move", "offer"])
async def test_nobody_agrees_on_an_hour_in_a_far_year(cast: Cast, mira: Program, deed: str) -> None:
    far = datetime.now(UTC) + timedelta(days=400)
    near = datetime.now(UTC) + timedelta(days=300)
    place = f"/conversations/{cast.conversation('ruth')}/sessions"
    match deed:
        case "book":
            for starts, status in ((far.replace(year=2150), 422), (far.replace(year=2100), 422), (near, 201)):
                assert (await mira("POST", place, {"starts": starts.isoformat()})).status == status
        case "move":
            made = await mira("POST", place, {"starts": near.isoformat()})
            then = far.replace(year=2150).isoformat()
            moved = await mira("POST", f"/sessions/{made.json['id']}/move", {"starts": then})
            assert moved.status == 422
        case _:
            ends = (far + timedelta(hours=1)).isoformat()
            offered = await mira("POST", "/slots", {"starts": far.isoformat(), "ends": ends, "minutes": 50})
            assert offered.status == 422


async def test_who_is_in_a_session_opens_no_other(cast: Cast, mira: Program) -> None:
    session = await opened(mira, cast)
    elsewhere = f"/conversations/{cast.conversation('linden')}/sessions"
    refused = await mira("POST", elsewhere, {})
    assert (refused.status, refused.json["type"].rpartition("/")[2]) == (409, "session_live")
    assert "Ruth" not in str(refused.json)
    await mira("POST", f"{session}/end")
    assert (await mira("POST", elsewhere, {})).status == 201


async def test_none_is_asked_for_and_none_is_given(cast: Cast, mira: Program) -> None:
    await opened(mira, cast)
    place = f"/conversations/{cast.conversation('ruth')}/messages"
    assert (await mira("GET", f"{place}?limit=0")).json == {"messages": [], "last": 1}
    assert len((await mira("GET", f"{place}?limit=1")).json["messages"]) == 1
