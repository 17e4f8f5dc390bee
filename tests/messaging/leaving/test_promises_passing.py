"""A promise that passes: everyone concerned is told once, without a word of what was written; and clocks may be moved."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from channels.email.composing.times import spoken
from messaging.conversations import AnswerRule, Member
from messaging.errors import Malformed, NotFound
from messaging.ids import PracticeId
from messaging.leaving.lateness import attend_promise
from messaging.leaving.promises import SOONEST, promise_of, promised_by
from messaging.leaving.wishes import choose_told
from messaging.letters.settling import needs_no_answer
from messaging.memory.leaving import MailForm, MailState
from messaging.messages import EventName
from messaging.office import Office
from messaging.people import Practice, Role
from messaging.practice.founding import NewPerson, add_person, begin_conversation
from messaging.practice.settings import PracticeChanges, change_practice
from messaging.record.reading import entries_after
from messaging.trust.access import Deed, Work, errand
from tests.cast import CONVERSATIONS, Cast
from tests.channels.email.leaving.test_courier import send, write
from tests.channels.email.leaving.test_receipts import promised, text_of, write_as
from tests.channels.email.world import FakeRelay
from tests.conftest import RunningServer, TestDatabase
from tests.peers.running import until_it_is
from threads.database import Database, connector
from web.timekeeping import keep_promises

SECOND = timedelta(seconds=1)


@pytest.fixture
async def relay() -> AsyncIterator[FakeRelay]:
    fake = await FakeRelay().start()
    yield fake
    await fake.stop()


@pytest.fixture
async def mailed(cast: Cast) -> Cast:
    """Those who care and administer have addresses too: Noa, a psychiatrist, with Linden; and Kim in the office."""
    slug = secrets.token_hex(4)
    for name, role in (("noa", Role.PSYCHIATRIST), ("kim", Role.ADMINISTRATOR)):
        new = NewPerson(role, f"{name}-{slug}", name.title(), f"{name}.{slug}@mail.example")
        cast.people[name] = await add_person(cast.office, cast.practice.id, new)
    await choose_told(cast.office, cast["noa"], None)  # that a letter waits unread is told in test_unread
    kind, members = CONVERSATIONS["linden"]
    chosen = tuple(Member(cast[m].id, cast[m].role) for m in (*members, "noa"))
    made = await begin_conversation(cast.office, cast.practice.id, kind, chosen)
    cast.conversations["linden"] = made
    return cast


def at(cast: Cast, when: datetime) -> Office:
    return replace(cast.office, clock=lambda: when)


async def attend(cast: Cast, when: datetime, conversation: str = "linden") -> datetime | None:
    return await attend_promise(at(cast, when), cast.practice.id, cast.conversation(conversation))


async def passed(cast: Cast, conversation: str = "linden") -> list[int]:
    """Where the record says that the promise passed."""
    admitted, _ = await cast.enter("mira", conversation)
    entries = await entries_after(cast.office, admitted, 0)
    return [one.number for one in entries if one.body.event is EventName.PROMISE_PASSED]


async def test_everyone_concerned_is_told_once_and_without_content(mailed: Cast, relay: FakeRelay) -> None:
    cast = mailed
    await write_as(cast, "linden", "A secret lake.")
    due = await promised(cast, "linden")
    assert await attend(cast, due - SECOND) == due
    assert await passed(cast) == []
    results = await asyncio.gather(*(attend(cast, due + SECOND) for _ in range(5)))
    assert results == [None] * 5
    assert await passed(cast) == [2]
    await send(at(cast, due + SECOND), relay)
    when = spoken(due, ZoneInfo("Europe/Vienna"))
    (_, late) = relay.to(cast["linden"].email)
    alarms = [relay.to(cast[name].email) for name in ("noa", "kim")]
    assert [len(one) for one in alarms] == [1, 1]
    for raw in (late, *(one for (one,) in alarms)):
        mail, said = text_of(raw)
        assert when in said
        assert mail["Subject"] == "You have a new message"
        assert mail["Auto-Submitted"] == "auto-generated"
        for word in ("lake", "secret", "Linden", "Mira", "Noa"):
            assert word not in said.replace(str(cast["linden"].email), "")
    assert "is late, and that has been noticed" in text_of(late)[1]
    assert "An answer that was promised is late" in text_of(alarms[0][0])[1]
    assert text_of(alarms[1][0])[0]["Reply-To"].startswith("<post@"), "an answer by mail is refused"


async def test_an_answer_in_time_ends_it_and_a_new_wait_is_a_new_promise(mailed: Cast) -> None:
    cast = mailed
    await write_as(cast, "linden")
    due = await promised(cast, "linden")
    held, _ = await cast.enter("mira", "linden", Deed.SETTLE)
    await needs_no_answer(cast.office, held, uuid4())
    assert await attend(cast, due + SECOND) is None
    assert await passed(cast) == []
    await write_as(cast, "linden", "Another letter.")
    assert await attend(cast, due + timedelta(days=9)) is None
    assert len(await passed(cast)) == 1
    await write(cast, "linden", "Sorry.")
    await write_as(cast, "linden", "A third.")
    await attend(cast, due + timedelta(days=20))
    assert len(await passed(cast)) == 2, "once for each wait"


async def test_a_word_of_lateness_that_was_held_up_does_not_come_after_the_answer(
    mailed: Cast, relay: FakeRelay
) -> None:
    cast = mailed
    await write_as(cast, "linden")
    due = await promised(cast, "linden")
    await attend(cast, due + SECOND)
    await write(cast, "linden", "Here is the answer.")
    await send(at(cast, due + timedelta(hours=1)), relay)
    assert len(relay.to(cast["linden"].email)) == 1, "the notice of the answer; no receipt, and nothing late"
    assert relay.to(cast["kim"].email) == []
    kept = await cast.office.memory.mailbox.mail_of(
        errand(cast.practice.id, cast.conversation("linden"), Work.LEAVING), range(1, 9)
    )
    stopped = {one.form for one in kept if one.state is MailState.STOPPED}
    assert stopped == {MailForm.RECEIPT, MailForm.LATE, MailForm.ALARM}


async def _next_look(database: TestDatabase, cast: Cast) -> datetime | None:
    base = Database(connector(database.accesses.app.url()))
    try:
        async with base.anywhere() as connection:
            asked = text("select next_at from queue where kind = 'promise' and id = :c")
            found: datetime | None = await connection.scalar(asked, {"c": cast.conversation("linden")})
            return found
    finally:
        await base.close()


async def test_the_job_looks_when_the_promise_passes_and_no_sooner(
    mailed: Cast, database: TestDatabase
) -> None:
    cast = mailed
    await write_as(cast, "linden")
    due = await promised(cast, "linden")
    first = await _next_look(database, cast)
    assert first is not None
    assert first < due
    while await keep_promises(at(cast, first)):
        pass
    assert await _next_look(database, cast) == due
    while await keep_promises(at(cast, due)):
        pass
    assert await passed(cast) == [2]
    assert await _next_look(database, cast) is None


async def test_the_practices_clock_moves_every_promise(mailed: Cast, database: TestDatabase) -> None:
    cast = mailed
    await write_as(cast, "linden")
    before = await promised(cast, "linden")
    while await keep_promises(at(cast, before - SECOND)):
        pass
    assert await _next_look(database, cast) == before
    await change_practice(cast.office, cast["nour"], PracticeChanges(time_zone="Asia/Tokyo"))
    owner = await cast.office.memory.people.practice(cast.practice.id)
    _, circle = await cast.enter("mira", "linden")
    after = promise_of(owner, circle.conversation)
    assert after is not None
    assert after.astimezone(ZoneInfo("Asia/Tokyo")).time() == time(18)
    assert after != before
    look = await _next_look(database, cast)
    assert look is not None
    assert look <= datetime.now(UTC), "it is looked at again at once"
    while await keep_promises(cast.office):
        pass
    assert await _next_look(database, cast) == after
    await attend(cast, after + SECOND)
    await change_practice(cast.office, cast["nour"], PracticeChanges(time_zone="Pacific/Honolulu"))
    await attend(cast, after + timedelta(days=9))
    assert len(await passed(cast)) == 1, "who was told once is not told again"


async def test_only_an_administrator_moves_the_clock_and_only_to_a_place_there_is(cast: Cast) -> None:
    with pytest.raises(NotFound):
        await change_practice(cast.office, cast["mira"], PracticeChanges(time_zone="Asia/Tokyo"))
    with pytest.raises(Malformed):
        await change_practice(cast.office, cast["nour"], PracticeChanges(time_zone="Nowhere/Land"))


def test_no_promise_is_sooner_than_it_is_looked_for() -> None:
    practice = Practice(PracticeId(uuid4()), "linde", "Haus Linde", "Europe/Vienna")
    start = datetime(2026, 3, 27, tzinfo=UTC)  # the clocks go forward on the 29th
    for hours in range(24 * 9):
        soonest = [AnswerRule(None, time(hour), days) for hour in (0, 9, 23) for days in (1, 2)]
        for rule in (*soonest, *(AnswerRule(day, time(23, 59)) for day in range(7))):
            written = start + timedelta(hours=hours, minutes=59)
            assert promised_by(rule, written, practice) - written > SOONEST


async def test_a_running_server_sees_it_pass_by_itself(mailed: Cast, server: RunningServer) -> None:
    """The letter is old, so its promise has passed by the server's own clock; nobody asks it to look."""
    assert server.http
    await write_as(mailed, "linden", office=at(mailed, mailed.office.clock() - timedelta(days=30)))

    async def seen() -> bool:
        return await passed(mailed) == [2]

    await until_it_is(seen, "the server to tell")
