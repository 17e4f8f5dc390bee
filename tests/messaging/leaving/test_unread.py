"""A clinician is told that a letter waits: once, after their minutes, unless they have read it; with no word of it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest

from messaging.errors import Malformed
from messaging.leaving.wishes import MOST_MINUTES, choose_told
from messaging.letters.settling import needs_no_answer
from messaging.letters.writing import Letter, write_letter
from messaging.memory.leaving import MailForm, StoredMail
from messaging.practice.changing import Changes, change_person
from messaging.record.reading import mark_read
from messaging.trust.access import Deed, Work, errand
from tests.cast import Cast
from tests.channels.email.leaving.test_courier import send
from tests.channels.email.world import FakeRelay

WORDS = "It happened again."


@pytest.fixture
async def relay() -> AsyncIterator[FakeRelay]:
    made = await FakeRelay().start()
    yield made
    await made.stop()


@pytest.fixture
async def cast(cast: Cast) -> Cast:
    """Dr Mira has an address, Linden has none: whatever goes for his letters goes to her."""
    mira = Changes(email=f"mira.{cast.practice.slug}@mail.example")
    await change_person(cast.office, cast["nour"], cast["mira"].id, mira)
    await change_person(cast.office, cast["nour"], cast["linden"].id, Changes(no_email=True))
    return cast


async def write(cast: Cast, who: str = "linden") -> int:
    held, circle = await cast.enter(who, "linden", Deed.WRITE)
    outcome = await write_letter(cast.office, held, circle, Letter(uuid4(), WORDS))
    return outcome.number


async def owed(cast: Cast) -> list[StoredMail]:
    way = errand(cast.practice.id, cast.conversation("linden"), Work.LEAVING)
    found = await cast.office.memory.mailbox.mail_of(way, range(1, 20))
    return [one for one in found if one.form is MailForm.WAITING]


async def test_one_mail_for_a_wait_after_fifteen_minutes(cast: Cast) -> None:
    await write(cast)
    await write(cast)
    (mail,) = await owed(cast)
    assert mail.person == cast["mira"].id
    assert mail.next_at is not None
    assert mail.next_at - mail.created_at == timedelta(minutes=15)
    await write(cast, "mira")
    await write(cast)
    assert len(await owed(cast)) == 2, "another wait is told of again"


@pytest.mark.parametrize("after", [0, 3, MOST_MINUTES, None])
async def test_after_the_minutes_one_has_chosen(cast: Cast, after: int | None) -> None:
    await choose_told(cast.office, cast["mira"], after)
    await write(cast)
    mails = await owed(cast)
    assert [m.next_at and m.next_at - m.created_at for m in mails] == (
        [] if after is None else [timedelta(minutes=after)]
    )
    for wrong in (-1, MOST_MINUTES + 1):
        with pytest.raises(Malformed):
            await choose_told(cast.office, cast["mira"], wrong)


async def test_it_says_nothing_of_the_letter_and_goes_when_it_is_not_read(
    cast: Cast, relay: FakeRelay
) -> None:
    await choose_told(cast.office, cast["mira"], 0)
    await write(cast)
    await send(cast.office, relay)
    (raw,) = relay.to(f"mira.{cast.practice.slug}@mail.example")
    mail = raw.decode()
    for word in (WORDS, "Linden", "Mira"):
        assert word not in mail
    assert "waits that you have not read" in mail


@pytest.mark.parametrize("meanwhile", ["read", "answered", "settled"])
async def test_it_does_not_go_when_there_is_nothing_to_tell(
    cast: Cast, relay: FakeRelay, meanwhile: str
) -> None:
    await choose_told(cast.office, cast["mira"], 0)
    number = await write(cast)
    if meanwhile == "read":
        held, _ = await cast.enter("mira", "linden")
        await mark_read(cast.office, held, number)
    elif meanwhile == "answered":
        await write(cast, "mira")
    else:
        held, _ = await cast.enter("mira", "linden", Deed.SETTLE)
        await needs_no_answer(cast.office, held, uuid4())
    await send(cast.office, relay)
    assert relay.to(f"mira.{cast.practice.slug}@mail.example") == []
