"""GET, PUT and DELETE /me/absence."""

from datetime import timedelta

from messaging.absence.declaring import today
from tests.cast import Cast
from tests.conftest import RunningServer
from tests.journeys.talking import call


async def test_an_absence_is_said_looked_at_and_ended(cast: Cast, server: RunningServer) -> None:
    day = today(cast.practice, cast.office.clock())
    said = {"from": day.isoformat(), "until": (day + timedelta(days=4)).isoformat()}
    mira, ruth, nour = [await cast.token(who) for who in ("mira", "ruth", "nour")]
    assert await call(server, mira, "GET", "/me/absence") == (200, {"absence": None})
    asked = said | {"cover": str(cast["eli"].id), "scope": "take_over"}
    for token in (ruth, nour):
        assert (await call(server, token, "PUT", "/me/absence", asked))[0] == 404
        assert (await call(server, token, "GET", "/me/absence"))[0] == 404
    for wrong in (said | {"why": "ill"}, said | {"cover": str(cast["ruth"].id)}, {"from": said["from"]}):
        assert (await call(server, mira, "PUT", "/me/absence", wrong))[0] == 422
    status, answered = await call(server, mira, "PUT", "/me/absence", asked)
    assert status == 200
    absence = answered["absence"]
    assert (absence["from"], absence["until"], absence["offer"]) == (said["from"], said["until"], "offered")
    assert {one["clients"] for one in absence["conversations"]} == {"not_asked"}
    assert len(absence["conversations"]) == 3
    assert (await call(server, mira, "PUT", "/me/absence", asked))[1] == answered
    for _ in range(2):
        assert (await call(server, mira, "DELETE", "/me/absence"))[0] == 204
    assert (await call(server, mira, "GET", "/me/absence"))[1]["absence"]["ended_at"] is not None
