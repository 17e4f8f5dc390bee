"""Letters from before: under their true dates, marked, in order, read; nobody waits for them and nobody is written to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from messaging.errors import KeyReused, Malformed, NotFound
from messaging.facts import letter_facts
from messaging.ids import PersonId
from messaging.inbox.listing import inbox
from messaging.letters.writing import Letter, write_letter
from messaging.messages import Channel
from messaging.practice.past_letters import IMPORTED, PastLetter, import_letter
from messaging.record.reading import entries_after
from messaging.sessions.booking import book
from messaging.trust.access import Deed, Work, errand
from tests.cast import Cast, found_cast

LONG_AGO = datetime(2019, 3, 1, 18, 30, tzinfo=UTC)


def past(cast: Cast, who: str, text: str, days: int = 0, ref: str | None = None) -> PastLetter:
    at = LONG_AGO + timedelta(days=days)
    return PastLetter(cast.conversation("ruth"), cast[who].id, at, text, ref=ref)


async def test_they_stand_in_order_with_their_dates_and_a_mark(cast: Cast) -> None:
    for days, (who, text) in enumerate([("ruth", "Dear Mira"), ("mira", "Dear Ruth"), ("ruth", "Thank you")]):
        assert await import_letter(cast.office, cast.practice.id, past(cast, who, text, days)) == days + 1
    held, circle = await cast.enter("mira", "ruth")
    entries = await entries_after(cast.office, held, 0)
    assert [(one.body.text, one.at, one.author) for one in entries] == [
        ("Dear Mira", LONG_AGO, cast["ruth"].id),
        ("Dear Ruth", LONG_AGO + timedelta(days=1), cast["mira"].id),
        ("Thank you", LONG_AGO + timedelta(days=2), cast["ruth"].id),
    ]
    assert all(one.is_letter and letter_facts(one.body.facts).notes == (IMPORTED,) for one in entries)
    assert circle.conversation.waiting_since is None
    assert {member.read_number for member in circle.conversation.members} == {3}
    way = errand(cast.practice.id, cast.conversation("ruth"), Work.LEAVING)
    assert await cast.office.memory.mailbox.mail_of(way, range(5)) == []
    (line,) = [one for one in await inbox(cast.office, cast["mira"]) if one.circle.title() == "Ruth"]
    assert line.promise is None


async def test_the_same_reference_is_the_same_letter_and_other_words_are_none(cast: Cast) -> None:
    first = past(cast, "ruth", "Dear Mira", ref="l-1")
    assert await import_letter(cast.office, cast.practice.id, first) == 1
    later = past(cast, "mira", "Dear Ruth", 3, ref="l-2")
    assert await import_letter(cast.office, cast.practice.id, later) == 2
    assert await import_letter(cast.office, cast.practice.id, first) == 1, "also when others came after it"
    with pytest.raises(KeyReused):
        await import_letter(cast.office, cast.practice.id, replace(first, text="Dear Nobody"))


async def test_nothing_is_put_between_what_stands_there(cast: Cast) -> None:
    held, circle = await cast.enter("ruth", "ruth", Deed.WRITE)
    await write_letter(cast.office, held, circle, Letter(uuid4(), "Written here."))
    with pytest.raises(Malformed, match="order"):
        await import_letter(cast.office, cast.practice.id, past(cast, "ruth", "Before."))


async def test_what_the_server_says_of_a_session_meanwhile_keeps_no_letter_out(cast: Cast) -> None:
    starts = cast.office.clock() + timedelta(days=400)
    held, _ = await cast.enter("mira", "ruth", Deed.HOLD_SESSION)
    await book(cast.office, held, starts, 50)
    assert await import_letter(cast.office, cast.practice.id, past(cast, "ruth", "Dear Mira")) == 2
    assert await import_letter(cast.office, cast.practice.id, past(cast, "mira", "Dear Ruth", 1)) == 3
    with pytest.raises(Malformed, match="order"):
        await import_letter(cast.office, cast.practice.id, past(cast, "ruth", "Between."))


@pytest.mark.parametrize(
    "wrong",
    [
        {"at": datetime(2100, 1, 1, tzinfo=UTC)},
        {"at": datetime(2019, 1, 1)},  # noqa: DTZ001 - without a zone
        {"text": ""},
        {"text": None},
        {"text": "x" * 300_000},
        {"channel": Channel.CHAT},
        {"subject": "x" * 5000},
    ],
    ids=["to come", "no zone", "no words", "nothing", "too long", "chat", "long subject"],
)
async def test_what_is_no_past_letter_is_refused(cast: Cast, wrong: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        await import_letter(cast.office, cast.practice.id, replace(past(cast, "ruth", "Dear Mira"), **wrong))  # type: ignore[arg-type]


async def test_only_who_belongs_there_has_written(cast: Cast) -> None:
    elsewhere = await found_cast(cast.house)
    for author in (cast["eli"].id, cast["nour"].id, elsewhere["ruth"].id, PersonId(uuid4())):
        letter = replace(past(cast, "ruth", "Dear Mira"), author=author)
        with pytest.raises(NotFound):
            await import_letter(cast.office, cast.practice.id, letter)
    with pytest.raises(NotFound):
        await import_letter(cast.office, elsewhere.practice.id, past(cast, "ruth", "Dear Mira"))
