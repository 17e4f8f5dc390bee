"""Who answers is told by mail that a mail did not arrive, and both addresses that one was changed; of neither a word."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from messaging.leaving.wishes import choose_told
from messaging.memory.leaving import MailState
from messaging.office import Office
from messaging.practice.changing import Changes, change_person
from tests.cast import Cast
from tests.channels.email.leaving.test_courier import send, state, write
from tests.channels.email.world import FakeRelay


@pytest.fixture
async def relay() -> AsyncIterator[FakeRelay]:
    made = await FakeRelay().start()
    yield made
    await made.stop()


def mira_at(cast: Cast) -> str:
    return f"mira.{cast.practice.slug}@mail.example"


@pytest.fixture
async def mailed(cast: Cast) -> Cast:
    await change_person(cast.office, cast["nour"], cast["mira"].id, Changes(email=mira_at(cast)))
    return cast


def later(office: Office, hours: float) -> Office:
    now = office.clock() + timedelta(hours=hours)
    return replace(office, clock=lambda: now)


def texts(relay: FakeRelay, to: str) -> list[str]:
    return [str(message_from_bytes(raw, policy=default).get_content()) for raw in relay.to(to)]


async def lost(cast: Cast, relay: FakeRelay) -> int:
    """A letter to Ruth, whose address is nobody's any more."""
    number = await write(cast, "ruth")
    ruth = cast["ruth"].email
    relay.told = lambda verb, to: "550 no such person" if (verb, to) == ("RCPT", ruth) else None
    await send(cast.office, relay)
    assert await state(cast, "ruth", number) is MailState.FAILED
    return number


async def test_a_mail_that_did_not_arrive_is_told_once_without_a_name(mailed: Cast, relay: FakeRelay) -> None:
    await lost(mailed, relay)
    for hours in (1, 2):
        await send(later(mailed.office, hours), relay)
    (told,) = texts(relay, mira_at(mailed))
    assert "did not arrive" in told
    assert "/inbox" in told
    for word in ("Ruth", str(mailed["ruth"].email), "Mira"):
        assert word not in told


@pytest.mark.parametrize("why", ["never", "no address", "let go"])
async def test_nobody_is_told_who_does_not_want_it_or_is_not_here(
    mailed: Cast, relay: FakeRelay, why: str
) -> None:
    if why == "never":
        await choose_told(mailed.office, mailed["mira"], None)
    elif why == "no address":
        await change_person(mailed.office, mailed["nour"], mailed["mira"].id, Changes(no_email=True))
    else:
        await write(mailed, "ruth")
        await change_person(mailed.office, mailed["nour"], mailed["mira"].id, Changes(active=False))
    if why != "let go":
        await lost(mailed, relay)
    await send(later(mailed.office, 1), relay)
    assert not [one for one in texts(relay, mira_at(mailed)) if "did not arrive" in one]


async def test_a_word_of_it_that_does_not_arrive_is_told_to_nobody(mailed: Cast, relay: FakeRelay) -> None:
    number = await write(mailed, "ruth")
    theirs = {str(mailed["ruth"].email), mira_at(mailed)}
    relay.told = lambda verb, to: "550 nobody" if verb == "RCPT" and to in theirs else None
    for hours in range(4):
        await send(later(mailed.office, hours), relay)
    assert await state(mailed, "ruth", number) is MailState.FAILED
    assert relay.to(mira_at(mailed)) == []


async def test_the_former_address_and_the_new_one_are_told(cast: Cast, relay: FakeRelay) -> None:
    before, after = str(cast["ruth"].email), f"new.{cast.practice.slug}@mail.example"
    await change_person(cast.office, cast["nour"], cast["ruth"].id, Changes(email=after))
    await send(cast.office, relay)
    for address in (before, after):
        (told,) = texts(relay, address)
        assert "was changed" in told
        for word in ("Ruth", before, after, "Mira"):
            assert word not in told
    await change_person(cast.office, cast["nour"], cast["ruth"].id, Changes(name="Ruth Ann"))
    await send(later(cast.office, 1), relay)
    assert len(relay.to(after)) == 1


async def test_a_first_address_has_no_former_one_to_tell(cast: Cast, relay: FakeRelay) -> None:
    await change_person(cast.office, cast["nour"], cast["mira"].id, Changes(email=mira_at(cast)))
    await send(cast.office, relay)
    assert relay.to(mira_at(cast)) == []
