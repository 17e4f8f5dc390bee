"""Times over the API: offered, taken, moved, called off, against a real server."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from messaging.sessions.booking import book
from messaging.trust.access import Deed
from tests.cast import Cast, nobody
from tests.conftest import RunningServer
from tests.messaging.sessions.booked import tomorrow
from tests.web.api.test_api import Answer, ask, bearer


class Program:
    """Somebody's program at the API."""

    def __init__(self, server: RunningServer, token: str) -> None:
        self._server = server
        self._token = token

    async def __call__(self, method: str, path: str, body: Any = None) -> Answer:
        return await asyncio.to_thread(
            ask, self._server, method, f"/api/v1{path}", body, **bearer(self._token)
        )


@pytest.fixture
async def mira(server: RunningServer, cast: Cast) -> Program:
    return Program(server, await cast.token("mira"))


@pytest.fixture
async def ruth(server: RunningServer, cast: Cast) -> Program:
    return Program(server, await cast.token("ruth"))


async def test_a_client_takes_moves_and_cancels_what_the_clinician_offers(
    cast: Cast, mira: Program, ruth: Program
) -> None:
    asked = {"starts": tomorrow().isoformat(), "ends": tomorrow(3).isoformat(), "minutes": 50, "pause": 10}
    made = (await mira("POST", "/slots", asked)).json["slots"]
    assert [one["session"] for one in made] == [None] * 3
    free = (await ruth("GET", "/slots")).json["slots"]
    assert [one["id"] for one in free] == [one["id"] for one in made]
    assert free[0]["clinician"] == {"id": str(cast["mira"].id), "name": "Dr Mira"}
    assert free[0]["conversations"] == [str(cast.conversation("ruth"))]
    taken = await ruth("POST", f"/slots/{free[0]['id']}/take")
    assert (taken.status, taken.json["state"]) == (201, "booked")
    session = f"/sessions/{taken.json['id']}"
    moved = await ruth("POST", f"{session}/move", {"slot": free[1]["id"]})
    assert (moved.status, moved.json["starts"]) == (200, free[1]["starts"])
    (booked,) = (await ruth("GET", "/sessions")).json["sessions"]
    assert booked["id"] == taken.json["id"]
    gone = await ruth("POST", f"{session}/cancel")
    assert (gone.status, gone.json["state"]) == (200, "cancelled")
    again = await ruth("POST", f"{session}/cancel")
    assert (again.status, again.json["type"]) == (409, "/problems/not_booked")
    assert (await mira("DELETE", f"/slots/{free[2]['id']}")).status == 204
    assert len((await ruth("GET", "/slots")).json["slots"]) == 2


async def test_the_same_key_books_once_and_a_taken_hour_is_refused(cast: Cast, mira: Program) -> None:
    place = f"/conversations/{cast.conversation('ruth')}/sessions"
    asked = {"starts": tomorrow().isoformat(), "minutes": 50, "key": str(uuid4())}
    first, second = await mira("POST", place, asked), await mira("POST", place, asked)
    assert (first.status, second.status) == (201, 201)
    assert first.json["id"] == second.json["id"]
    other = f"/conversations/{cast.conversation('linden')}/sessions"
    refused = await mira("POST", other, {**asked, "key": str(uuid4())})
    assert (refused.status, refused.json["type"]) == (409, "/problems/time_taken")
    assert "Ruth" not in refused.body.decode()
    moved = await mira("POST", f"/sessions/{first.json['id']}/move", {"starts": tomorrow(5).isoformat()})
    assert (moved.status, moved.json["minutes"]) == (200, 50)


async def test_a_series_is_booked_as_one_or_not_at_all(cast: Cast, mira: Program, ruth: Program) -> None:
    place = f"/conversations/{cast.conversation('ruth')}/sessions"
    asked = {"starts": tomorrow().isoformat(), "minutes": 50, "repeat": {"weeks": 1, "count": 3}}
    made = await mira("POST", place, {**asked, "key": str(uuid4())})
    assert (made.status, list(made.json), len(made.json["sessions"])) == (201, ["sessions"], 3)
    there = (await ruth("GET", "/sessions")).json["sessions"]
    assert [one["id"] for one in there] == [one["id"] for one in made.json["sessions"]]
    other = f"/conversations/{cast.conversation('linden')}/sessions"
    refused = await mira("POST", other, {**asked, "repeat": {"weeks": 2, "count": 3}})
    assert (refused.status, refused.json["type"]) == (409, "/problems/time_taken")
    assert len((await mira("GET", "/sessions")).json["sessions"]) == 3
    for repeat in ({"weeks": 1}, {"weeks": 1, "count": 99}, 3):
        assert (await mira("POST", place, {**asked, "repeat": repeat})).status == 422
    assert (await mira("POST", place, {"repeat": {"weeks": 1, "count": 2}})).status == 422
    assert (await ruth("POST", place, asked)).status == 404


async def test_others_times_and_sessions_are_not_there(
    cast: Cast, server: RunningServer, ruth: Program
) -> None:
    held, _ = await cast.enter("mira", "linden", Deed.HOLD_SESSION)
    session = await book(cast.office, held, tomorrow(), 50)
    assert (await ruth("GET", "/sessions")).json == {"sessions": []}
    nour = Program(server, await cast.token("nour"))
    for answer in (
        await ruth("POST", f"/sessions/{session.id}/cancel"),
        await ruth("POST", f"/sessions/{session.id}/move", {"starts": tomorrow(2).isoformat()}),
        await ruth("POST", f"/sessions/{nobody()}/cancel"),
        await ruth("POST", "/slots", {"starts": tomorrow().isoformat()}),
        await ruth("DELETE", f"/slots/{nobody()}"),
        await ruth("POST", "/slots/none/take"),
        await nour("GET", "/slots"),
        await nour("GET", "/sessions"),
    ):
        assert answer.status == 404
    gone = await ruth("POST", f"/slots/{nobody()}/take")
    assert gone.status == 409


@pytest.mark.parametrize(
    "body",
    [
        {"starts": "2026-11-26 18:00"},
        {"starts": "2020-11-26T18:00:00Z"},
        {},
        {"starts": "2020-11-26T18:00:00Z", "minutes": "50"},
        {"starts": "2020-11-26T18:00:00Z", "pause": 1.5},
        [],
    ],
    ids=str,
)
async def test_what_is_no_offer_is_malformed(mira: Program, body: Any) -> None:
    answer = await mira("POST", "/slots", body)
    assert (answer.status, answer.json["type"]) == (422, "/problems/malformed")
