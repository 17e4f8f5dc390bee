"""A sealed identity by the API: asked for, said yes to, opened, withdrawn; and nothing of it on the way."""

from uuid import uuid4

import pytest

from messaging.entrance.signing_in import who
from messaging.entrance.stepping_up import note_stepped_up
from tests.cast import Cast
from tests.conftest import RunningServer
from tests.journeys.talking import call
from tests.messaging.practice.test_breaking_glass import ADDRESS, NAME, WHY, only_mira, seal

OPENED = {"name": NAME, "email": ADDRESS, "told": True}


async def stepped(cast: Cast, name: str) -> str:
    token = await cast.token(name)
    await note_stepped_up(cast.office, await who(cast.office, token))
    return token


async def test_it_is_asked_allowed_opened_and_withdrawn(server: RunningServer, cast: Cast) -> None:
    await seal(cast, "ruth")
    mira, nour = await stepped(cast, "mira"), await stepped(cast, "nour")
    place = f"/people/{cast['ruth'].id}/identity"
    assert await call(server, mira, "GET", place) == (200, {"alone": False, "request": None})
    assert await call(server, mira, "POST", place, {"reason": WHY}) == (202, {"waits": True})
    standing = (await call(server, nour, "GET", place))[1]
    asked = standing["request"]
    assert (asked["by"], asked["own"], asked["reason"]) == (str(cast["mira"].id), False, WHY)
    assert NAME not in str(standing)
    assert (await call(server, mira, "POST", f"{place}/open"))[0] == 409
    assert (await call(server, mira, "PUT", place, {"request": asked["id"]}))[0] == 409
    assert (await call(server, nour, "PUT", place, {"request": str(uuid4())}))[0] == 409
    assert (await call(server, nour, "PUT", place, {"request": asked["id"]}))[0] == 204
    assert await call(server, mira, "POST", f"{place}/open") == (200, OPENED)
    assert (await call(server, nour, "DELETE", place))[0] == 409
    assert (await call(server, mira, "DELETE", place))[0] == 204
    assert (await call(server, mira, "POST", f"{place}/open"))[0] == 409


async def test_alone_it_is_opened_at_once(server: RunningServer, cast: Cast) -> None:
    await seal(cast, "ruth")
    await only_mira(cast)
    place, mira = f"/people/{cast['ruth'].id}/identity", await stepped(cast, "mira")
    for key in (str(uuid4()), None):
        said = {"reason": WHY} | ({"key": key} if key else {})
        assert await call(server, mira, "POST", place, said) == (200, OPENED)


async def test_who_writes_only_together_with_others_is_told_apart(server: RunningServer, cast: Cast) -> None:
    await seal(cast, "ben")
    await only_mira(cast)
    place, mira = f"/people/{cast['ben'].id}/identity", await stepped(cast, "mira")
    assert await call(server, mira, "POST", place, {"reason": WHY}) == (200, OPENED)
    me = (await call(server, await cast.token("ben"), "GET", "/me"))[1]
    (opening,) = me["identity_opened"]
    assert opening.pop("at")
    assert opening == {"by": {"id": str(cast["mira"].id), "name": "Dr Mira"}, "reason": WHY}
    assert NAME not in str(me)
    for other in ("tess", "ruth", "mira"):
        assert "identity_opened" not in (await call(server, await cast.token(other), "GET", "/me"))[1]


@pytest.mark.parametrize(
    "said", [{}, {"reason": " "}, {"reason": WHY, "key": "x"}, {"reason": WHY, "why": WHY}]
)
async def test_what_is_not_said_right_is_refused(
    server: RunningServer, cast: Cast, said: dict[str, str]
) -> None:
    await seal(cast, "ruth")
    place = f"/people/{cast['ruth'].id}/identity"
    assert (await call(server, await stepped(cast, "mira"), "POST", place, said))[0] == 422


async def test_it_is_nobody_elses_and_takes_the_password_of_a_moment_ago(
    server: RunningServer, cast: Cast
) -> None:
    await seal(cast, "ruth")
    place = f"/people/{cast['ruth'].id}/identity"
    for name, status in (("mira", 403), ("nour", 403), ("eli", 404), ("ruth", 404), ("linden", 404)):
        token = await cast.token(name)
        assert (await call(server, token, "POST", place, {"reason": WHY}))[0] == status, name
    for name in ("eli", "ruth"):
        assert (await call(server, await stepped(cast, name), "GET", place))[0] == 404
    assert (await call(server, await stepped(cast, "mira"), "GET", f"/people/{cast['ben'].id}/identity"))[
        0
    ] == 404
