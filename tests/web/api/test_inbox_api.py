"""PATCH /inbox/{conversation}: labels, who answers, and a snooze; what colleagues and clients see of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from messaging.exporting.record import record_for
from messaging.inbox.labels import LENGTH
from messaging.inbox.listing import inbox
from messaging.people import Person, Role
from messaging.practice.founding import NewPerson, add_person
from messaging.trust.access import Deed
from messaging.trust.noted import Noted
from tests.cast import Cast, nobody
from tests.conftest import RunningServer
from tests.journeys.talking import call, talking
from threads.tables.conversations import conversations
from threads.tables.trail import trail

SECRET = "dreads the bridge"


async def colleague(cast: Cast, server: RunningServer) -> Person:
    """Ada, who cares for Ruth too."""
    new = NewPerson(Role.PSYCHIATRIST, f"ada-{cast.practice.slug}", "Ada")
    ada = await add_person(cast.office, cast.practice.id, new)
    place = f"/conversations/{cast.conversation('ruth')}/members/{ada.id}"
    assert (await call(server, await cast.token("mira"), "PUT", place, {}))[0] == 204
    return ada


async def row_of(server: RunningServer, token: str, cast: Cast, name: str = "ruth") -> dict[str, Any]:
    rows = (await call(server, token, "GET", "/inbox"))[1]["entries"]
    (found,) = [one for one in rows if one["id"] == str(cast.conversation(name))]
    return dict(found)


def soon(days: int = 1) -> str:
    return (datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)).isoformat()


async def letter(server: RunningServer, token: str, cast: Cast, text: str = "A letter.") -> None:
    body = {"key": str(uuid4()), "text": text, "channel": "web"}
    assert (await call(server, token, "POST", f"/conversations/{cast.conversation('ruth')}/messages", body))[
        0
    ] == 201


async def test_labels_and_who_answers_are_shared_and_a_snooze_is_ones_own(
    server: RunningServer, cast: Cast
) -> None:
    ada = await colleague(cast, server)
    mira, hers = await cast.token("mira"), await cast.token_of(ada)
    place = f"/inbox/{cast.conversation('ruth')}"
    async with talking(server, hers) as line:
        wanted = {"labels": [SECRET, "Thursdays"], "snoozed_until": soon(), "assignee": str(ada.id)}
        status, row = await call(server, mira, "PATCH", place, wanted)
        assert status == 200
        assert (row["labels"], row["assignee"]) == (wanted["labels"], wanted["assignee"])
        assert datetime.fromisoformat(row["snoozed_until"]) == datetime.fromisoformat(
            str(wanted["snoozed_until"])
        )
        told = await line.until("inbox")
        assert (told["labels"], told["snoozed_until"], told["assignee"]) == (
            row["labels"],
            None,
            row["assignee"],
        )
    assert await row_of(server, mira, cast) == row
    assert (await row_of(server, hers, cast))["snoozed_until"] is None
    for who in ("ruth", "linden"):
        rows = (await call(server, await cast.token(who), "GET", "/conversations"))[1]
        assert not any(one in str(rows) for one in (SECRET, "labels", "snoozed_until", "assignee"))
    status, row = await call(server, mira, "PATCH", place, {"snoozed_until": None})
    assert (row["snoozed_until"], row["labels"]) == (None, wanted["labels"]), "what is not named stays"
    status, row = await call(server, mira, "PATCH", place, {"assignee": None, "labels": []})
    assert (status, row["assignee"], row["labels"]) == (200, None, [])


async def test_nobody_else_arranges_anything_and_mistakes_are_named(
    server: RunningServer, cast: Cast
) -> None:
    place = f"/inbox/{cast.conversation('ruth')}"
    for who in ("ruth", "linden", "eli", "nour"):
        assert (await call(server, await cast.token(who), "PATCH", place, {"labels": ["x"]}))[0] == 404
    mira = await cast.token("mira")
    for unknown in (f"/inbox/{nobody()}", "/inbox/x", f"/inbox/{cast.conversation('omar')}"):
        assert (await call(server, mira, "PATCH", unknown, {}))[0] == 404
    wrong: tuple[dict[str, Any], ...] = (
        {"labels": "x"},
        {"labels": None},
        {"labels": [""]},
        {"labels": ["x" * (LENGTH + 1)]},
        {"labels": [str(n) for n in range(9)]},
        {"labels": [{}]},
        {"snoozed_until": soon(-1)},
        {"snoozed_until": soon(400)},
        {"snoozed_until": "tomorrow"},
        {"snoozed_until": 3},
        {"assignee": "mira"},
        {"assignee": str(nobody())},
        {"assignee": str(cast["eli"].id)},
        {"assignee": str(cast["ruth"].id)},
        {"label": []},
        {"labels": ["kept"], "assignee": str(cast["eli"].id)},
    )
    for one in wrong:
        assert (await call(server, mira, "PATCH", place, one))[0] == 422, one
    row = await row_of(server, mira, cast)
    assert (row["labels"], row["snoozed_until"], row["assignee"]) == ([], None, None)
    assert "'label'" in (await call(server, mira, "PATCH", place, {"label": []}))[1]["detail"]


async def test_the_next_letter_wakes_it_and_the_snooze_survives_thanks(
    server: RunningServer, cast: Cast
) -> None:
    mira, ruth = await cast.token("mira"), await cast.token("ruth")
    place, until = f"/inbox/{cast.conversation('ruth')}", soon()
    await letter(server, ruth, cast, "The long one.")
    _, row = await call(server, mira, "PATCH", place, {"snoozed_until": until})
    assert row["snoozed_until"] is not None
    assert row["promise"] is not None, "it goes on"
    await letter(server, ruth, cast, "Thanks!")
    assert (await row_of(server, mira, cast))["snoozed_until"] is None, "awake"
    settle = f"/conversations/{cast.conversation('ruth')}/settle"
    assert (await call(server, mira, "POST", settle, {"key": str(uuid4())}))[0] == 201
    mark = f"/conversations/{cast.conversation('ruth')}/read-mark"
    await call(server, mira, "PUT", mark, {"number": (await row_of(server, mira, cast))["last"]})
    asleep = await row_of(server, mira, cast)
    assert datetime.fromisoformat(asleep["snoozed_until"]) == datetime.fromisoformat(until)


async def test_a_row_wakes_by_the_clock_alone(server: RunningServer, cast: Cast) -> None:
    mira, until = await cast.token("mira"), soon()
    place = f"/inbox/{cast.conversation('ruth')}"
    await call(server, mira, "PATCH", place, {"snoozed_until": until})
    then = datetime.fromisoformat(until)
    for now, hidden in ((then - timedelta(seconds=1), True), (then, False)):
        office = replace(cast.office, clock=partial(lambda moment: moment, now))
        lines = {one.conversation.id: one for one in await inbox(office, cast["mira"])}
        line = lines[cast.conversation("ruth")]
        assert (line.hidden(now), line.back(now)) == (hidden, not hidden)
        assert not lines[cast.conversation("linden")].hidden(now)


async def test_who_leaves_answers_no_more_and_comes_back_without_a_snooze(
    server: RunningServer, cast: Cast
) -> None:
    ada = await colleague(cast, server)
    mira, hers = await cast.token("mira"), await cast.token_of(ada)
    place = f"/inbox/{cast.conversation('ruth')}"
    assert (await call(server, hers, "PATCH", place, {"assignee": str(ada.id), "snoozed_until": soon()}))[
        0
    ] == 200
    member = f"/conversations/{cast.conversation('ruth')}/members/{ada.id}"
    assert (await call(server, mira, "DELETE", member))[0] == 204
    assert (await row_of(server, mira, cast))["assignee"] is None
    assert (await call(server, hers, "PATCH", place, {"labels": []}))[0] == 404
    assert (await call(server, mira, "PATCH", place, {"assignee": str(ada.id)}))[0] == 422
    assert (await call(server, mira, "PUT", member, {}))[0] == 204
    back = await row_of(server, hers, cast)
    assert (back["assignee"], back["snoozed_until"]) == (None, None)


async def test_labels_are_kept_sealed_and_stand_in_the_whole_record_and_who_answers_in_the_trail(
    server: RunningServer, cast: Cast
) -> None:
    place = f"/inbox/{cast.conversation('ruth')}"
    wanted = {"labels": [SECRET], "assignee": str(cast["mira"].id)}
    mira = await cast.token("mira")
    for _ in range(2):
        assert (await call(server, mira, "PATCH", place, wanted))[0] == 200
    database = cast.office.memory.people._database  # type: ignore[attr-defined]
    async with database.within(cast.practice.id) as connection:
        query = select(conversations.c.labels).where(conversations.c.id == cast.conversation("ruth"))
        kept = await connection.scalar(query)
    assert kept is not None
    assert SECRET.encode() not in kept
    for who, labels in (("mira", (SECRET,)), ("ruth", ())):
        held, circle = await cast.enter(who, "ruth", Deed.READ)
        assert (await record_for(cast.office, held, circle)).labels == labels
    async with database.within(cast.practice.id) as connection:
        acts = (await connection.scalars(select(trail.c.action))).all()
    assert acts.count(Noted.ASSIGNED) == 1, "what stands already is no act"
    assert SECRET not in str(acts)
