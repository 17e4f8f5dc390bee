"""Who writes with whom, by the API: joining from now on or from the start, leaving, and when letters are answered."""

import time
from typing import Any

import pytest

from messaging.people import Role
from messaging.practice.founding import NewPerson, add_person
from messaging.record.amending import correct
from messaging.record.posting import say
from messaging.trust.access import Deed
from tests.cast import Cast, nobody
from tests.conftest import RunningServer
from tests.journeys.talking import call, talking
from tests.journeys.test_live_chat import begin_session


async def said(cast: Cast, *texts: str) -> None:
    """Words of Ben's, in a live session with Dr Mira and Tess."""
    await begin_session(cast, "ben")
    held, _ = await cast.enter("ben", "ben", Deed.SAY)
    for text in texts:
        await say(cast.office, held, cast.office.new_id(), text)


async def joining(cast: Cast, server: RunningServer, **how: str) -> tuple[str, str]:
    """A clinician who joins Ben's and Tess's conversation: their token, and its place in the API."""
    new = NewPerson(Role.PSYCHIATRIST, f"ada-{cast.practice.slug}", "Ada")
    ada = await add_person(cast.office, cast.practice.id, new)
    place = f"/conversations/{cast.conversation('ben')}"
    status, _ = await call(server, await cast.token("mira"), "PUT", f"{place}/members/{ada.id}", how)
    assert status == 204
    return await cast.token_of(ada), place


async def test_who_joins_reads_from_then_on_and_numbers_stay(server: RunningServer, cast: Cast) -> None:
    await said(cast, "before one", "before two")
    ada, place = await joining(cast, server)
    _, empty = await call(server, ada, "GET", f"{place}/messages")
    assert empty["messages"] == []
    last = empty["last"]
    _, listed = await call(server, ada, "GET", "/conversations")
    assert "before" not in str(listed)
    async with talking(server, ada) as line:
        await line.open(cast.conversation("ben"))
        held, _ = await cast.enter("ben", "ben", Deed.SAY)
        await say(cast.office, held, cast.office.new_id(), "after one")
        told = await line.until("message")
        assert (told["text"], told["number"]) == ("after one", last + 1)
        assert "before" not in str(line.heard)
    _, read = await call(server, ada, "GET", f"{place}/messages?after=0")
    assert [(one["number"], one["text"]) for one in read["messages"]] == [(last + 1, "after one")]
    _, old = await call(server, await cast.token("tess"), "GET", f"{place}/messages")
    assert [one["text"] for one in old["messages"] if "text" in one] == [
        "before one",
        "before two",
        "after one",
    ]


async def test_from_the_start_is_said_and_reads_everything(server: RunningServer, cast: Cast) -> None:
    await said(cast, "before one")
    ada, place = await joining(cast, server, **{"from": "start"})
    _, read = await call(server, ada, "GET", f"{place}/messages")
    assert "before one" not in str(read["messages"]), "it is asked first"
    who = (await call(server, ada, "GET", "/me"))[1]["id"]
    asked = f"{place}/members/{who}/start"
    for asker, status in (("mira", 404), ("ben", 204), ("ruth", 404), ("tess", 204), ("tess", 404)):
        token = await cast.token(asker)
        assert (await call(server, token, "PUT", asked, {"agree": True}))[0] == status, asker
    assert (await call(server, await cast.token("ben"), "PUT", asked, {}))[0] == 422
    _, read = await call(server, ada, "GET", f"{place}/messages")
    assert "before one" in str(read["messages"])
    assert read["messages"][-1]["event"] == "reads_from_start"
    assert read["messages"][-1]["facts"] == {"person": who}
    for asker, status in (("ben", 404), ("mira", 204)):
        assert (await call(server, await cast.token(asker), "DELETE", asked))[0] == status


async def test_who_belongs_is_listed_with_what_is_asked_and_never_whose_answer_is_missing(
    server: RunningServer, cast: Cast
) -> None:
    await said(cast, "before one")
    ada, place = await joining(cast, server, **{"from": "start"})
    who = (await call(server, ada, "GET", "/me"))[1]["id"]

    async def told(asker: str) -> dict[str, Any]:
        status, body = await call(server, await cast.token(asker), "GET", f"{place}/members")
        assert status == 200
        names = {one["name"] for one in body["members"]}
        assert names == {"Ada", "Ben", "Tess", "Dr Mira"}
        found = {one["id"]: one for one in body["members"]}
        assert not any("start" in one for one in found.values() if one["id"] != who)
        shown: dict[str, Any] = found[who]
        return shown

    arranges = await told("mira")
    assert (arranges["role"], arranges["later"], arranges["start"]["state"]) == (
        "psychiatrist",
        True,
        "asked",
    )
    assert arranges["start"].keys() == {"state", "until"}
    assert await told("nour") == arranges
    asked = await told("ben")
    assert asked["start"]["state"] == "asked"
    assert asked["start"].keys() == {"state", "until", "since"}
    assert "later" not in asked, "it is not theirs to know"
    answer = f"{place}/members/{who}/start"
    assert (await call(server, await cast.token("ben"), "PUT", answer, {"agree": True}))[0] == 204
    assert "start" not in await told("ben"), "they have answered"
    assert "start" in await told("tess")
    assert await told("mira") == arranges, "a yes shows nowhere"
    assert (await call(server, await cast.token("tess"), "PUT", answer, {"agree": False}))[0] == 204
    assert (await told("nour"))["start"] == {"state": "refused", "until": arranges["start"]["until"]}
    assert "start" not in await told("tess")
    assert "start" not in await told("ben")
    for asker in ("ruth", "linden", "eli"):
        assert (await call(server, await cast.token(asker), "GET", f"{place}/members"))[0] == 404


async def test_what_one_may_not_read_does_not_come_in_other_words(server: RunningServer, cast: Cast) -> None:
    await said(cast, "before one")
    held, _ = await cast.enter("ben", "ben", Deed.SAY)
    number = (
        await call(server, await cast.token("ben"), "GET", f"/conversations/{held.conversation}/messages")
    )[1]["last"]
    await joining(cast, server)
    with pytest.raises(Exception, match="joined since"):
        await correct(cast.office, held, cast.office.new_id(), number, "before, better")


async def test_who_leaves_hears_no_more_and_comes_back_to_what_follows(
    server: RunningServer, cast: Cast
) -> None:
    await said(cast, "before one")
    mira, tess = await cast.token("mira"), cast["tess"]
    place = f"/conversations/{cast.conversation('ben')}"
    token = await cast.token("tess")
    async with talking(server, token) as line:
        await line.open(cast.conversation("ben"))
        began = time.monotonic()
        assert (await call(server, mira, "DELETE", f"{place}/members/{tess.id}"))[0] == 204
        assert await line.closed() == 4403
        assert time.monotonic() - began < 2
    assert (await call(server, token, "GET", f"{place}/messages"))[0] == 404
    assert (await call(server, mira, "DELETE", f"{place}/members/{tess.id}"))[0] == 404
    for kept in (cast["ben"], cast["mira"]):
        status, problem = await call(server, mira, "DELETE", f"{place}/members/{kept.id}")
        assert (status, problem["type"]) == (409, "/problems/last_of_circle")
    held, _ = await cast.enter("ben", "ben", Deed.SAY)
    await say(cast.office, held, cast.office.new_id(), "while away")
    nour = await cast.token("nour")
    for _ in "ab":
        assert (await call(server, nour, "PUT", f"{place}/members/{tess.id}"))[0] == 204
    await say(cast.office, held, cast.office.new_id(), "back again")
    _, read = await call(server, token, "GET", f"{place}/messages")
    assert [one.get("text") for one in read["messages"]] == ["back again"]


async def test_only_who_may_says_who_belongs_and_when_letters_are_answered(
    server: RunningServer, cast: Cast
) -> None:
    place = f"/conversations/{cast.conversation('ruth')}"
    deeds: tuple[tuple[str, str, dict[str, Any] | None], ...] = (
        ("PUT", f"{place}/members/{cast['tess'].id}", None),
        ("DELETE", f"{place}/members/{cast['ruth'].id}", None),
        ("PUT", f"{place}/answer-rule", {"weekday": "friday"}),
    )
    for who in ("ruth", "linden", "eli"):
        for method, path, body in deeds:
            assert (await call(server, await cast.token(who), method, path, body))[0] == 404, (who, path)
    mira = await cast.token("mira")
    for absent in (cast["omar"].id, cast["nour"].id, nobody(), "x"):
        assert (await call(server, mira, "PUT", f"{place}/members/{absent}"))[0] == 404, absent
    assert (await call(server, mira, "PUT", f"{place}/members/{cast['tess'].id}", {"from": "later"}))[
        0
    ] == 422


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({}, {"working_days": 2, "by": "18:00"}),
        ({"working_days": 1, "by": "09:30"}, {"working_days": 1, "by": "09:30"}),
        *(
            ({"weekday": day, "by": "12:00"}, {"weekday": day, "by": "12:00"})
            for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
        ),
    ],
)
async def test_an_answer_rule_is_kept_as_it_is_said(
    server: RunningServer, cast: Cast, said: dict[str, Any], kept: dict[str, Any]
) -> None:
    place = f"/conversations/{cast.conversation('ruth')}/answer-rule"
    status, body = await call(server, await cast.token("mira"), "PUT", place, said)
    assert (status, body) == (200, kept | {"promise": None})


@pytest.mark.parametrize(
    "wrong",
    [
        {"weekday": "someday"},
        {"weekday": 1},
        {"weekday": ["monday"]},
        {"by": "18"},
        {"by": "25:00"},
        {"by": "18:00+01"},
        {"working_days": 0},
        {"working_days": 11},
        {"working_days": True},
        {"weekday": "monday", "working_days": 2},
        {"day": "monday"},
    ],
)
async def test_what_is_no_answer_rule_is_refused(
    server: RunningServer, cast: Cast, wrong: dict[str, Any]
) -> None:
    place = f"/conversations/{cast.conversation('ruth')}/answer-rule"
    assert (await call(server, await cast.token("nour"), "PUT", place, wrong))[0] == 422


async def test_a_client_sees_who_has_opened_their_record(server: RunningServer, cast: Cast) -> None:
    await said(cast, "before one")
    ada, place = await joining(cast, server)
    for token in (ada, await cast.token("mira"), await cast.token("tess"), await cast.token("ben")):
        for _ in "ab":
            assert (await call(server, token, "GET", f"{place}/messages"))[0] == 200
    ben = await cast.token("ben")
    _, seen = await call(server, ben, "GET", f"{place}/readers")
    assert sorted(one["name"] for one in seen["readers"]) == ["Ada", "Dr Mira", "Tess"]
    assert not any("at" in one for one in seen["readers"])
    left = next(one["person"] for one in seen["readers"] if one["name"] == "Ada")
    assert (await call(server, await cast.token("nour"), "DELETE", f"{place}/members/{left}"))[0] == 204
    _, seen = await call(server, ben, "GET", f"{place}/readers")
    assert sorted((one["name"], "at" in one) for one in seen["readers"]) == [
        ("Ada", True),
        ("Ada", True),
        ("Dr Mira", False),
        ("Tess", False),
    ]
    for who in ("mira", "nour", "ruth"):
        assert (await call(server, await cast.token(who), "GET", f"{place}/readers"))[0] == 404
