"""A sign-in from a browser that was not known is told by mail, in words that tell nobody else anything."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from messaging.entrance.known_devices import Device, known_device
from messaging.entrance.own_ways import sign_ins_of
from messaging.entrance.signing_in import TOLD_APART, Credentials, Entered, name_hash, sign_in, who
from messaging.errors import Busy
from messaging.office import Asking
from tests.cast import PASSWORD, Cast, found_cast
from tests.channels.email.leaving.test_courier import send
from tests.channels.email.world import FakeRelay
from tests.web.phone import phone_in
from web.state import House

FOX, CROW = "Firefox on Linux", "Chrome on Android"


@pytest.fixture
async def relay() -> AsyncIterator[FakeRelay]:
    made = await FakeRelay().start()
    yield made
    await made.stop()


@pytest.fixture
async def cast(built: House) -> Cast:
    return await found_cast(built, password=PASSWORD)


async def enter(cast: Cast, name: str, device: str, known: Device | None = None) -> Entered:
    claimed = Credentials(f"{name}-{cast.practice.slug}", PASSWORD, device=device)
    return await sign_in(cast.office, claimed, Asking("a test", known=True), known)


async def mails(cast: Cast, relay: FakeRelay, name: str) -> list[str]:
    await send(cast.office, relay)
    raws = relay.to(str(cast[name].email))
    return [message_from_bytes(raw, policy=default).get_content() for raw in raws]


async def test_a_new_device_is_told_and_a_known_one_is_not(cast: Cast, relay: FakeRelay) -> None:
    first = await enter(cast, "ruth", FOX)
    assert first.told
    (told,) = await mails(cast, relay, "ruth")
    assert "not known before" in told
    assert re.search(r"/account\s", told)
    assert not re.search("ruth|mira|fire|linux|therap", told, re.IGNORECASE)
    known = await known_device(
        cast.office, name_hash(cast.office, f"ruth-{cast.practice.slug}"), [first.device]
    )
    assert known is not None
    assert not (await enter(cast, "ruth", FOX, known)).told
    assert (await enter(cast, "ruth", CROW)).told
    assert len(await mails(cast, relay, "ruth")) == 2
    listed = await sign_ins_of(cast.office, await who(cast.office, first.token.text))
    assert sorted((one.device, one.known_device) for one in listed) == [
        (CROW, False),
        (FOX, False),
        (FOX, True),
    ]


async def test_one_that_keeps_no_cookie_is_told_once_an_hour(cast: Cast) -> None:
    phone = phone_in(cast)
    assert [(await enter(cast, "ruth", FOX)).told for _ in range(3)] == [True, False, False]
    phone.now += TOLD_APART + timedelta(seconds=1)
    assert (await enter(cast, "ruth", FOX)).told


async def test_who_has_no_address_is_told_by_the_list_alone(cast: Cast) -> None:
    assert not (await enter(cast, "mira", FOX)).told


async def test_memory_that_cannot_keep_a_mail_lets_them_in_all_the_same(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> bool:
        raise Busy

    monkeypatch.setattr(type(cast.office.memory.mailbox), "owe", full)
    entered = await enter(cast, "ruth", FOX)
    assert not entered.told
    await who(cast.office, entered.token.text)
