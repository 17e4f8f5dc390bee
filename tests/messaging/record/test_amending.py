"""Words corrected and withdrawn, over a real PostgreSQL: the record keeps the first, readers get the last."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from messaging.errors import KeyReused, Malformed, NotFound, Refusal, TooLate, TooLong
from messaging.inbox.listing import inbox
from messaging.letters.writing import Letter, write_letter
from messaging.memory.record import Verdict
from messaging.messages import CHAT_LIMIT, Entry, EventName
from messaging.record.amending import A_MOMENT, CORRECTED, correct, withdraw
from messaging.record.posting import say
from messaging.record.reading import (
    entries_after,
    entries_before,
    entries_followed,
    entry_numbered,
    record_after,
)
from messaging.sessions.holding import end_session, open_session
from messaging.trust.access import Deed, Pass, Work, errand
from tests.cast import Cast
from tests.conftest import TestDatabase
from threads.database import Database, connector


async def talking(cast: Cast) -> Pass:
    """Ruth, who has said something as number 2 in a live session."""
    held, _ = await cast.enter("mira", "ruth", Deed.HOLD_SESSION)
    await open_session(cast.office, held)
    ruth, _ = await cast.enter("ruth", "ruth", Deed.SAY)
    assert (await say(cast.office, ruth, uuid4(), "I am fien")).number == 2
    return ruth


def shown(entries: list[Entry]) -> list[tuple[int, str, bool, bool]]:
    return [(one.number, one.body.text, one.edited, one.withdrawn) for one in entries]


async def test_whoever_reads_later_reads_the_better_words_and_the_record_keeps_the_first(cast: Cast) -> None:
    ruth = await talking(cast)
    first = await correct(cast.office, ruth, uuid4(), 2, "I am fine")
    again = await correct(cast.office, ruth, uuid4(), 2, "I am fine.")
    assert (first.number, again.number) == (3, 4)
    last = (2, "I am fine.", True, False)
    assert shown(await entries_after(cast.office, ruth, 1))[0] == last
    assert shown(await entries_before(cast.office, ruth, 3))[-1] == last
    one = await entry_numbered(cast.office, ruth, 2)
    assert one is not None
    assert shown([one]) == [last]
    assert [one.body.text for one in await entries_after(cast.office, ruth, 2)] == ["I am fine."] * 2
    kept = await record_after(cast.office, ruth, 1)
    assert [one.body.text for one in kept] == ["I am fien", "I am fine", "I am fine."]
    assert [one.amends for one in kept] == [None, 2, 2]


async def test_of_withdrawn_words_only_a_mark_is_read_wherever_one_looks(cast: Cast) -> None:
    ruth = await talking(cast)
    await correct(cast.office, ruth, uuid4(), 2, "a secret")
    await withdraw(cast.office, ruth, uuid4(), 2)
    entries = await entries_after(cast.office, ruth, 0)
    assert shown(entries)[1] == (2, "", False, True)
    assert [one.body.event for one in entries[2:]] == [EventName.CORRECTED, EventName.WITHDRAWN]
    # A page that stops before the withdrawal knows of it too: all is read in one state.
    assert [one.body.text for one in await entries_after(cast.office, ruth, 1, 1)] == [""]
    assert [one.body.text for one in await entries_after(cast.office, ruth, 2, 1)] == [""]
    (line,) = [
        one for one in await inbox(cast.office, cast["mira"]) if one.conversation.id == ruth.conversation
    ]
    assert line.last is not None
    assert (line.last.body.text, line.last.withdrawn) == ("", True)
    assert (await record_after(cast.office, ruth, 1))[0].body.text == "I am fien"


async def test_the_inbox_shows_the_better_words(cast: Cast) -> None:
    ruth = await talking(cast)
    await correct(cast.office, ruth, uuid4(), 2, "I am fine")
    for who in ("mira", "ruth"):
        lines = {line.conversation.id: line.last for line in await inbox(cast.office, cast[who])}
        last = lines[ruth.conversation]
        assert last is not None
        assert last.body.text == "I am fine"


async def test_only_ones_own_live_words_can_be_changed(cast: Cast) -> None:
    ruth = await talking(cast)
    mira, _ = await cast.enter("mira", "ruth", Deed.SAY)
    writer, circle = await cast.enter("ruth", "ruth", Deed.WRITE)
    letter = await write_letter(cast.office, writer, circle, Letter(uuid4(), "Dear Mira"))
    correction = await correct(cast.office, ruth, uuid4(), 2, "better")
    for held, number in (
        (mira, 2),  # somebody else's
        (mira, 1),  # an event, of one's own
        (ruth, correction.number),  # a correction
        (ruth, letter.number),  # a letter
        (ruth, 99),
        (ruth, 0),
        (ruth, -1),
        (ruth, 2**31 - 1),
        (ruth, 2**31),
        (ruth, 2**63),
        (ruth, -(2**63)),
    ):
        with pytest.raises(NotFound):
            await correct(cast.office, held, uuid4(), number, "not so")
        with pytest.raises(NotFound):
            await withdraw(cast.office, held, uuid4(), number)
    await withdraw(cast.office, ruth, uuid4(), 2)
    with pytest.raises(NotFound):
        await correct(cast.office, ruth, uuid4(), 2, "back")
    with pytest.raises(NotFound):
        await withdraw(cast.office, ruth, uuid4(), 2)


async def test_after_two_minutes_it_stands_and_a_retry_is_still_answered(cast: Cast) -> None:
    ruth, key = await talking(cast), uuid4()
    (first,) = await entries_after(cast.office, ruth, 1)
    in_time = replace(cast.office, clock=lambda: first.at + A_MOMENT)
    too_late = replace(cast.office, clock=lambda: first.at + A_MOMENT + timedelta(milliseconds=1))
    answer = await correct(in_time, ruth, key, 2, "better")
    assert answer.verdict is Verdict.NEW
    retry = await correct(too_late, ruth, key, 2, "better")
    assert (retry.verdict, retry.number, retry.id, retry.at) == (
        Verdict.KNOWN,
        answer.number,
        answer.id,
        answer.at,
    )
    with pytest.raises(TooLate):
        await correct(too_late, ruth, uuid4(), 2, "even better")
    with pytest.raises(TooLate):
        await withdraw(too_late, ruth, uuid4(), 2)


async def test_a_correction_may_come_just_after_the_end(cast: Cast) -> None:
    ruth = await talking(cast)
    held, circle = await cast.enter("mira", "ruth", Deed.HOLD_SESSION)
    assert circle.conversation.live is not None
    await end_session(cast.office, held, circle.conversation.live)
    assert (await correct(cast.office, ruth, uuid4(), 2, "better")).number == 4


async def test_one_key_is_one_change(cast: Cast) -> None:
    ruth, key = await talking(cast), uuid4()
    said = uuid4()
    await say(cast.office, ruth, said, "more")
    together = await asyncio.gather(*(correct(cast.office, ruth, key, 2, "better") for _ in range(4)))
    assert {one.number for one in together} == {4}
    for number, words in ((2, "other words"), (3, "better")):
        with pytest.raises(Refusal):
            await correct(cast.office, ruth, key, number, words)
    with pytest.raises(KeyReused):
        await withdraw(cast.office, ruth, key, 2)
    with pytest.raises(KeyReused):  # the key of a message
        await correct(cast.office, ruth, said, 2, "more")
    with pytest.raises(KeyReused):
        await say(cast.office, ruth, key, "better")
    assert len(await entries_after(cast.office, ruth, 3)) == 1


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ("x" * 100_000, TooLong),
        ("x" * (CHAT_LIMIT + 1), TooLong),
        ("", Malformed),
        (" \n", Malformed),
        ("a\x00b", Malformed),
        ("\ud800", Malformed),
        (None, Malformed),
        (7, Malformed),
    ],
)
async def test_words_that_could_not_be_said_are_no_correction(
    cast: Cast, words: object, refusal: type[Refusal]
) -> None:
    ruth = await talking(cast)
    with pytest.raises(refusal):
        await correct(cast.office, ruth, uuid4(), 2, words)
    assert len(await entries_after(cast.office, ruth, 1)) == 1


async def test_somebody_who_no_longer_belongs_changes_nothing(cast: Cast) -> None:
    ruth = await talking(cast)
    await cast.house.office.memory.conversations.remove_member(
        errand(cast.practice.id, cast.conversation("ruth"), Work.FOUNDING),
        cast["ruth"].id,
        cast.office.clock(),
    )
    with pytest.raises(NotFound):
        await withdraw(cast.office, ruth, uuid4(), 2)


async def test_the_role_that_serves_cannot_change_the_record_in_any_way(
    cast: Cast, database: TestDatabase
) -> None:
    await talking(cast)
    app = Database(connector(**database.accesses.app.connect_kwargs()))
    async with app.within(cast.practice.id) as connection:
        assert await connection.scalar(text("select count(*) from entries")) == 2
        for statement in (
            "update entries set sealed = ''",
            "update entries set at = now()",
            "update entries set amends = 1",
            "delete from entries",
            "truncate entries",
            "alter table entries disable row level security",
            "drop table entries",
        ):
            with pytest.raises(Exception, match=r"permission denied|must be owner"):
                async with connection.begin_nested():
                    await connection.execute(text(statement))
    await app.close()


async def test_words_are_corrected_so_often_and_can_still_be_taken_back(cast: Cast) -> None:
    ruth = await talking(cast)
    for number in range(CORRECTED):
        await correct(cast.office, ruth, uuid4(), 2, f"I am fine {number}")
    with pytest.raises(TooLate):
        await correct(cast.office, ruth, uuid4(), 2, "once more")
    await withdraw(cast.office, ruth, uuid4(), 2)
    assert shown(await entries_after(cast.office, ruth, 1))[0] == (2, "", False, True)


async def test_a_page_of_long_letters_is_shorter_and_leads_on_to_the_others(cast: Cast) -> None:
    held, circle = await cast.enter("ruth", "ruth", Deed.WRITE)
    for number in range(5):
        await write_letter(cast.office, held, circle, Letter(uuid4(), f"{number}" + "\U0001f700" * 199_999))
    newest = await entries_before(cast.office, held, 6, 50)
    assert [one.number for one in newest] == [3, 4, 5], "some megabytes, and never none"
    assert [one.number for one in await entries_before(cast.office, held, 3, 50)] == [1, 2]
    assert [one.number for one in await entries_after(cast.office, held, 0, 50)] == [1, 2, 3]
    assert [one.number for one in await entries_after(cast.office, held, 3, 50)] == [4, 5]
    followed, _ = await entries_followed(cast.office, held, 1, 50)
    assert [one.number for one in followed] == [2, 3, 4]
    assert followed[0].body.text.startswith("1")
