"""Searching one's caseload, over a real PostgreSQL and with real processes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from messaging.ending.care import Ending, end_care
from messaging.ending.erasing import erase, weigh
from messaging.errors import Malformed, NotFound
from messaging.memory.ending import Erasable
from messaging.memory.trail import Asked as AskedOfTrail
from messaging.practice.circles import join_circle, leave_circle
from messaging.record.amending import correct, withdraw
from messaging.record.posting import say
from messaging.searching.asking import Asked, search
from messaging.searching.looking import Found, Search
from messaging.sessions.holding import open_session
from messaging.trust.access import Deed
from messaging.trust.noted import Noted
from tests.cast import Cast, nobody
from tests.conftest import TestDatabase
from tests.messaging.searching.asked import found, results, wrote
from threads.database import Database, connector


async def test_a_word_is_found_in_letters_subjects_and_what_was_said_live(cast: Cast) -> None:
    letter = await wrote(cast, "Tonight I opened the gate.", subject="Over the eggs")
    held, _ = await cast.enter("mira", "linden", Deed.HOLD_SESSION)
    await open_session(cast.office, held)
    linden, _ = await cast.enter("linden", "linden", Deed.SAY)
    chat = (await say(cast.office, linden, uuid4(), "Every GATE has a hinge")).number
    assert await found(cast, "gate") == [(chat, "chat"), (letter, "letter")]
    assert await found(cast, "gate", kind="chat") == [(chat, "chat")]
    assert await found(cast, "gate", kind="letter") == [(letter, "letter")]
    assert await found(cast, "gate", kind="note") == []
    assert await found(cast, "EGGS gate") == [(letter, "letter")]
    assert await found(cast, "eggs hinge") == []


async def test_marks_and_case_make_no_difference(cast: Cast) -> None:
    german = await wrote(cast, "Frau Müller stand an der STRAẞE.")
    arabic = await wrote(cast, "كَتَبْتُ إلى أُمّي")
    for asked in ("muller", "MÜLLER", "strasse", "Mu\u0308ller straße"):
        assert await found(cast, asked) == [(german, "letter")], asked
    for asked in ("كتبت", "أمي", "كَتَبـــتُ"):
        assert await found(cast, asked) == [(arabic, "letter")], asked


async def test_nobody_finds_words_of_a_conversation_they_may_not_read(cast: Cast) -> None:
    number = await wrote(cast, "canarybird of Omar", "omar", "omar")
    assert await found(cast, "canarybird") == []
    assert await found(cast, "canarybird", "eli") == [(number, "letter")]
    for who in ("nour", "omar", "ruth"):
        with pytest.raises(NotFound):
            await results(cast, "canarybird", who)
    for conversation in (str(cast.conversation("omar")), str(nobody())):
        with pytest.raises(NotFound):
            await results(cast, "canarybird", conversation=conversation)


async def test_who_joined_later_searches_from_then_on_and_who_left_not_at_all(cast: Cast) -> None:
    await wrote(cast, "canarybird before")
    await join_circle(cast.office, cast["nour"], cast.conversation("ruth"), cast["eli"].id)
    after = await wrote(cast, "canarybird after")
    assert await found(cast, "canarybird", "eli") == [(after, "letter")]
    await leave_circle(cast.office, cast["nour"], cast.conversation("ruth"), cast["eli"].id)
    assert await found(cast, "canarybird", "eli") == []


async def test_words_are_found_as_they_stand(cast: Cast) -> None:
    held, _ = await cast.enter("mira", "ruth", Deed.HOLD_SESSION)
    await open_session(cast.office, held)
    ruth, _ = await cast.enter("ruth", "ruth", Deed.SAY)
    number = (await say(cast.office, ruth, uuid4(), "the firstbird")).number
    await correct(cast.office, ruth, uuid4(), number, "the secondbird")
    assert await found(cast, "firstbird") == []
    assert await found(cast, "secondbird") == [(number, "chat")]
    await withdraw(cast.office, ruth, uuid4(), number)
    assert await found(cast, "secondbird") == []


async def test_what_ended_is_searched_and_what_was_erased_is_not_there(cast: Cast) -> None:
    number = await wrote(cast, "canarybird")
    await end_care(
        cast.office, cast["mira"], cast.conversation("ruth"), Ending("she moved to Graz", knowingly=True)
    )
    assert await found(cast, "canarybird") == [(number, "letter")]
    assert [sort for _, sort in await found(cast, "Graz")] == ["event"]
    weighed = await weigh(cast.office, Erasable.CONVERSATION, cast.conversation("ruth"))
    await erase(cast.office, cast.house.ledger, weighed, "their wish")
    told = await results(cast, "canarybird")
    assert (list(told.hits), told.complete) == ([], True)


async def test_words_of_who_was_erased_are_not_there_and_the_others_are(cast: Cast) -> None:
    await wrote(cast, "canarybird of Ben", "ben", "ben")
    number = await wrote(cast, "canarybird of Tess", "tess", "ben")
    weighed = await weigh(cast.office, Erasable.PERSON, cast["ben"].id)
    await erase(cast.office, cast.house.ledger, weighed, "their wish")
    told = await results(cast, "canarybird")
    assert ([hit.number for hit in told.hits], told.complete) == ([number], True)


async def test_an_entry_that_was_tampered_with_is_said_to_be_missing(
    cast: Cast, database: TestDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    await wrote(cast, "canarybird one")
    good = await wrote(cast, "canarybird two")
    base = Database(connector(database.accesses.owner.url()))
    async with base.within(cast.practice.id) as connection:
        await connection.execute(
            text("update entries set author_id = :mira where number = :number"),
            {"number": good - 1, "mira": cast["mira"].id},
        )
    await base.close()
    told = await results(cast, "canarybird")
    assert [hit.number for hit in told.hits] == [good]
    assert not told.complete
    assert [one.message for one in caplog.records if one.name == "quietline.alarms"] == ["alarm"]


async def test_days_are_those_of_the_practice_and_both_ends_are_meant(cast: Cast) -> None:
    number = await wrote(cast, "canarybird")
    today = datetime.now(UTC).astimezone(ZoneInfo(cast.practice.time_zone)).date()
    yesterday, tomorrow = str(today - timedelta(days=1)), str(today + timedelta(days=1))
    assert await found(cast, "canarybird", since=str(today), until=str(today)) == [(number, "letter")]
    assert await found(cast, "canarybird", until=yesterday) == []
    assert await found(cast, "canarybird", since=tomorrow) == []
    at = (await results(cast, "canarybird")).hits[0].at.isoformat()
    assert await found(cast, "canarybird", since=at, until=at) == [(number, "letter")]


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"q": None}, "`q`"),
        ({"q": "  "}, "`q`"),
        ({"q": "\u0301"}, "`q`"),
        ({"q": "a"}, "`q`"),
        ({"q": "x" * 201}, "`q`"),
        ({"q": "a\x00b"}, "`q`"),
        ({"q": " ".join(f"w{i}" for i in range(17))}, "`q`"),
        ({"kind": "letters"}, "`kind`"),
        ({"kind": ["letter"]}, "`kind`"),
        ({"since": "yesterday"}, "`from`"),
        ({"since": "2026-11-22T10:00"}, "`from`"),
        ({"since": 20261122}, "`from`"),
        ({"until": "2026-02-30"}, "`until`"),
        ({"until": "9999-12-31"}, "`until`"),
        ({"since": "2026-11-22", "until": "2026-11-21"}, "`until`"),
        ({"conversation": 7}, "`conversation`"),
    ],
)
async def test_what_cannot_be_read_is_named(cast: Cast, asked: dict[str, Any], named: str) -> None:
    with pytest.raises(Malformed, match=named):
        await results(cast, **{"q": "canarybird", **asked})


async def test_a_search_is_one_line_of_the_trail_and_no_word_of_it(cast: Cast) -> None:
    await wrote(cast, "canarybird")
    await results(cast, "canarybird")
    await results(cast, "canarybird", conversation=str(cast.conversation("ruth")))
    wanted = AskedOfTrail(acts=frozenset({Noted.SEARCHED}))
    stood = await cast.office.memory.trail_lines.newest(cast.practice.id, wanted, None, 50)
    searched = [one.line for one in stood]
    assert [(one.action, one.actor, one.subject) for one in searched] == [
        ("searched", cast["mira"].id, cast.conversation("ruth")),
        ("searched", cast["mira"].id, None),
    ]


async def test_people_are_found_by_name_where_that_is_asked(cast: Cast) -> None:
    told = await results(cast, "tess", people=True)
    assert [{one.name for one in circle.clients} for circle in told.named] == [{"Ben", "Tess"}]
    assert (await results(cast, "omar", people=True)).named == []
    assert (await results(cast, "tess")).named == []


async def test_the_newest_are_told_and_that_there_are_more(cast: Cast) -> None:
    numbers = [await wrote(cast, f"canarybird {i}") for i in range(5)]

    class Few:
        async def find(self, search: Search) -> Found:
            return await cast.house.finder.find(replace(search, results=3))

    told = await search(cast.office, cast["mira"], Asked("canarybird"), Few())
    assert ([hit.number for hit in told.hits], told.complete) == (numbers[:1:-1], False)
