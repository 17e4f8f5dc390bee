"""POST and DELETE /conversations/{id}/end: care that ends and goes on, and the channel that says so in its own words."""

from datetime import timedelta
from uuid import uuid4

from tests.cast import Cast
from tests.conftest import RunningServer
from tests.journeys.talking import call, talking


async def test_care_ends_and_goes_on_and_the_channel_says_so(server: RunningServer, cast: Cast) -> None:
    mira, ruth, nour = [await cast.token(who) for who in ("mira", "ruth", "nour")]
    place = f"/conversations/{cast.conversation('ruth')}"
    async with talking(server, ruth) as line:
        await line.open(cast.conversation("ruth"))
        status, ended = await call(server, mira, "POST", f"{place}/end", {"reason": "Moved."})
        assert status == 200
        told = await line.until("event")
        assert told["event"] == "care_ended"
        assert told["facts"] == {"person": str(cast["mira"].id), "name": "Dr Mira", "reason": "Moved."}
        await line.send("say", conversation=str(cast.conversation("ruth")), key=str(uuid4()), text="Hello?")
        assert (await line.until("refused"))["code"] == "care_ended"
        assert (await line.open(cast.conversation("ruth")))["ended_at"] == ended["ended_at"]
        assert await call(server, nour, "POST", f"{place}/end") == (200, ended)
        (row,) = (await call(server, ruth, "GET", "/conversations"))[1]["conversations"]
        assert (row["ended_at"], row["promise"], row["after_end"]) == (ended["ended_at"], None, False)
        letter = {"key": str(uuid4()), "text": "I write nonetheless.", "channel": "web"}
        assert (await call(server, ruth, "POST", f"{place}/messages", letter))[0] == 201
        rows = (await call(server, mira, "GET", "/inbox"))[1]["entries"]
        assert [one["after_end"] for one in rows if one["id"] == place.rpartition("/")[2]] == [True]
        for minutes in ({}, {"starts": "2126-11-30T10:00:00Z"}):
            status, problem = await call(server, mira, "POST", f"{place}/sessions", minutes)
            assert status in (409, 422)
            if not minutes:
                assert problem["type"] == "/problems/care_ended"
        assert (await call(server, mira, "DELETE", f"{place}/end"))[0] == 204
        assert (await call(server, mira, "DELETE", f"{place}/end"))[0] == 204
    status, problem = await call(server, mira, "POST", f"{place}/end")
    assert (status, problem["type"]) == (409, "/problems/letters_wait"), "what came meanwhile waits now"
    assert (await call(server, mira, "POST", f"{place}/end", {"knowingly": True}))[0] == 200
    for who in ("ruth", "linden", "eli"):
        for method in ("POST", "DELETE"):
            assert (await call(server, await cast.token(who), method, f"{place}/end"))[0] == 404
    assert (await call(server, mira, "POST", f"{place}/end", {"why": "x"}))[0] == 422


async def test_an_end_is_planned_read_and_called_off(server: RunningServer, cast: Cast) -> None:
    mira, ruth, eli = [await cast.token(who) for who in ("mira", "ruth", "eli")]
    place = f"/conversations/{cast.conversation('ruth')}/ending"
    day = (cast.office.clock() + timedelta(days=9)).date().isoformat()
    assert (await call(server, ruth, "GET", place))[0] == 404
    asked = {"day": day, "by_itself": True, "letters": 2, "text": "We part.", "elsewhere": "Haus Linde."}
    status, stands = await call(server, mira, "PUT", place, asked)
    assert status == 200
    assert {name: stands[name] for name in asked} == asked
    assert (stands["sessions"], stands["write_until"], stands["by"]) == (None, None, str(cast["mira"].id))
    assert await call(server, ruth, "GET", place) == (200, stands)
    for who, status in ((ruth, 404), (eli, 404)):
        assert (await call(server, who, "PUT", place, asked))[0] == status
    for wrong in ({}, {"day": "soon"}, {"day": day, "letters": "2"}, {"day": day, "letters": True}):
        assert (await call(server, mira, "PUT", place, wrong))[0] == 422
    for _again in range(2):
        assert (await call(server, mira, "DELETE", place))[0] == 204
    assert (await call(server, ruth, "GET", place))[0] == 404
