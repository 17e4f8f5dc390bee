"""Releases by the API and over the socket, in the words of the contract."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from messaging.entrance.signing_in import prepare
from messaging.letters.writing import Letter, write_letter
from messaging.memory.sign_ins import SignInKind
from messaging.messages import EventName
from messaging.trust.access import Deed
from tests.cast import Cast, nobody
from tests.conftest import RunningServer
from tests.journeys.talking import call, talking

CANARY = "kingfisher at the weir"


async def stepped_up(cast: Cast, who: str) -> str:
    """A token of somebody who has said their password a moment ago."""
    person = cast[who]
    stored, made = prepare(cast.office, person.practice, person.id, SignInKind.BEARER, timedelta(hours=1))
    until = cast.office.clock() + timedelta(minutes=5)
    await cast.office.memory.sign_ins.create(replace(stored, stepped_up_until=until), made.hash)
    return made.text


def asked(cast: Cast, **other: Any) -> dict[str, Any]:
    day = cast.office.clock().date()
    return {
        "to": str(cast["eli"].id),
        "kinds": ["letter"],
        "from": str(day - timedelta(days=30)),
        "purpose": "For the medication review.",
        "expires": str(day + timedelta(days=30)),
    } | other


async def test_a_release_is_made_read_seen_and_taken_back(server: RunningServer, cast: Cast) -> None:
    held, circle = await cast.enter("ruth", "ruth", Deed.WRITE)
    key = nobody()
    await write_letter(cast.office, held, circle, Letter(key, CANARY))
    ruth, eli = await stepped_up(cast, "ruth"), await cast.token("eli")
    place = f"/conversations/{held.conversation}/releases"
    status, made = await call(server, ruth, "POST", place, asked(cast))
    assert status == 201, made
    assert made["to"] == {"id": str(cast["eli"].id), "name": "Eli"}
    assert (made["kinds"], made["purpose"], made["openings"]) == (
        ["letter"],
        "For the medication review.",
        [],
    )
    one = f"/releases/{made['id']}"
    async with talking(server, eli) as line:
        await line.so_far()
        status, told = await call(server, eli, "GET", f"{one}/messages")
        assert status == 200
        assert [m["text"] for m in told["messages"]] == [CANARY]
        assert told["messages"][0]["author"]["name"] == "Ruth"
        assert (told["notes"], told["more"]) == ([], False)
        assert (await call(server, eli, "GET", "/releases"))[1]["releases"][0]["by"]["name"] == "Ruth"
        assert (await call(server, eli, "GET", one))[1]["purpose"] == "For the medication review."
        (seen,) = (await call(server, ruth, "GET", place))[1]["releases"]
        assert len(seen["openings"]) == 1
        readers = (await call(server, ruth, "GET", f"/conversations/{held.conversation}/readers"))[1]
        assert [r["name"] for r in readers["readers"]] == ["Eli"], "the record tells it too"
        assert (await call(server, ruth, "DELETE", one))[0] == 204
        ended = await line.until("event", event=EventName.RELEASE_ENDED)
        assert ended == {
            "type": "event",
            "event": "release_ended",
            "conversation": str(held.conversation),
            "release": made["id"],
        }
        assert await line.so_far() == [], "and nothing more"
        assert CANARY not in json.dumps(line.heard)
    assert (await call(server, ruth, "DELETE", one))[0] == 204, "twice is once"
    for path in (one, f"{one}/messages"):
        assert (await call(server, eli, "GET", path))[0] == 404
    assert (await call(server, eli, "GET", "/releases"))[1] == {"releases": []}
    (over,) = (await call(server, ruth, "GET", place))[1]["releases"]
    assert over["ended_at"] is not None


async def test_who_may_not_is_told_nothing_and_what_is_wrong_is_named(
    server: RunningServer, cast: Cast
) -> None:
    ruth, place = await stepped_up(cast, "ruth"), f"/conversations/{cast.conversation('ruth')}/releases"
    status, problem = await call(server, await cast.token("ruth"), "POST", place, asked(cast))
    assert (status, problem["type"]) == (403, "/problems/step_up")
    for who in ("mira", "eli", "nour", "linden"):
        assert (await call(server, await stepped_up(cast, who), "POST", place, asked(cast)))[0] == 404
    for wrong, named in (
        ({"kind": "letter"}, "'kind'"),
        ({"kinds": ["process"]}, "`kinds`"),
        ({"to": "eli"}, "`to`"),
        ({"from": None}, "`from`"),
        ({"expires": "2020-01-01"}, "`expires`"),
        ({"key": 1}, "`key`"),
    ):
        status, problem = await call(server, ruth, "POST", place, asked(cast, **wrong))
        assert status == 422, problem
        assert named in problem["detail"]
    ben = f"/conversations/{cast.conversation('ben')}/releases"
    assert (await call(server, await stepped_up(cast, "ben"), "POST", ben, asked(cast)))[0] == 409
    assert (await call(server, ruth, "GET", "/releases"))[0] == 404
    for path in ("/releases/x", f"/releases/{nobody()}"):
        assert (await call(server, ruth, "DELETE", path))[0] == 404


@pytest.mark.parametrize("who", ["mira", "linden", "nour", "omar"])
async def test_a_release_of_another_is_nowhere(server: RunningServer, cast: Cast, who: str) -> None:
    ruth = await stepped_up(cast, "ruth")
    place = f"/conversations/{cast.conversation('ruth')}/releases"
    status, made = await call(server, ruth, "POST", place, asked(cast))
    assert status == 201
    token = await cast.token(who)
    for method, path in (("GET", ""), ("GET", "/messages"), ("DELETE", "")):
        assert (await call(server, token, method, f"/releases/{made['id']}{path}"))[0] == 404
