"""Mail over a provider's relay: signed in by token, from the account's own address, and what waits for an operator waits."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace

import pytest

from channels.email.access import Lack, NoToken
from channels.email.examining.relay import NOT_TAKEN, NOT_THE_SENDER, examine_relay, hand_over
from channels.email.leaving.courier import Courier
from channels.email.leaving.reach import Reach
from channels.email.terms import Relay
from messaging.memory.leaving import MailState
from messaging.office import Office
from tests.cast import Cast
from tests.channels.email.account import TAGGED, opened
from tests.channels.email.leaving.test_courier import AsIfThere, later, state, write
from tests.channels.email.world import FakeRelay
from tests.peers.provider_relay import ProviderRelay
from tests.peers.token_server import ACCOUNT, Book


@dataclass
class Purse:
    """Hands out what the provider gives, each until it is refused."""

    book: Book
    lack: Lack | None = None
    held: str = ""
    refusals: list[str] = field(default_factory=list)

    def token(self) -> str:
        if self.lack is not None:
            raise NoToken(self.lack)
        self.held = self.held or self.book.token()
        return self.held

    async def soon(self) -> str:
        return self.token()

    def refused(self, token: str) -> None:
        self.refusals.append(token)
        self.held = ""


@pytest.fixture
async def provider() -> AsyncIterator[ProviderRelay]:
    made = await ProviderRelay(Book()).start()
    yield made
    await made.stop()


@pytest.fixture
def purse(provider: ProviderRelay) -> Purse:
    return Purse(provider.book)


@pytest.fixture(autouse=True)
def nothing_is_told(provider: ProviderRelay, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """After each test: no token stands in any line of the log, whoever wrote it."""
    caplog.set_level(logging.DEBUG)
    yield
    said = "".join(f"{one.getMessage()} {one.__dict__}" for one in caplog.records)
    assert not [one for one in provider.book.given if one in said]
    assert "Bearer" not in said


def account(provider: ProviderRelay, purse: Purse) -> Relay:
    return Relay("127.0.0.1", provider.port, username=ACCOUNT, timeout=5, final_timeout=5, access=purse)


async def carry(office: Office, relay: Relay) -> None:
    courier = Courier(office, relay, reach=AsIfThere())
    while await courier.send_due():
        pass
    await courier.close()


def to(provider: ProviderRelay, cast: Cast) -> int:
    return len([one for _, recipients, one in provider.taken if recipients == [cast["ruth"].email]])


async def test_a_letter_goes_by_token_from_the_accounts_own_address(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, provider: ProviderRelay, purse: Purse
) -> None:
    async with opened(cast, TAGGED, monkeypatch):
        number = await write(cast, "ruth")
        await carry(cast.office, account(provider, purse))
        assert await state(cast, "ruth", number) is MailState.SENT
        assert to(provider, cast) == 1
    assert (provider.signed_in, provider.refused) == (1, 0)


@pytest.mark.parametrize("at", ["mail", "rcpt"])
async def test_a_foreign_sender_is_for_the_operator_and_no_letter_is_failed_for_it(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, provider: ProviderRelay, purse: Purse, at: str
) -> None:
    provider.at, relay = at, account(provider, purse)
    number = await write(cast, "ruth")  # from a domain of our own: QUIETLINE_SENDER is not set
    await carry(cast.office, relay)
    assert await state(cast, "ruth", number) is MailState.OWED
    assert to(provider, cast) == 0
    if at == "mail":
        assert (await examine_relay(relay, "mail.example", "post@mail.example")).says == NOT_THE_SENDER
    assert await hand_over(relay, "post@mail.example", "me@else.example", b"From: <x@y.example>\r\n\r\n") == (
        NOT_THE_SENDER
    )
    assert (await examine_relay(relay, "mail.example", ACCOUNT)).says == (
        "answers; on this machine, the provider's token is taken"
    )


async def test_a_relay_that_looks_into_from_is_understood_too(provider: ProviderRelay, purse: Purse) -> None:
    said = await hand_over(
        account(provider, purse), ACCOUNT, "me@else.example", b"From: <x@y.example>\r\n\r\n"
    )
    assert said == NOT_THE_SENDER


async def test_a_token_that_ended_in_the_middle_of_use_is_replaced(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, provider: ProviderRelay, purse: Purse
) -> None:
    async with opened(cast, TAGGED, monkeypatch):
        first, courier = purse.token(), Courier(cast.office, account(provider, purse), reach=AsIfThere())
        number = await write(cast, "ruth")
        await courier.send_due()
        provider.book.tokens.clear()  # it ends before its time; the connection that stands goes on
        second = await write(cast, "ruth")
        provider.hang_up()
        for _ in range(20):
            if await state(cast, "ruth", second) is MailState.SENT:
                break
            await courier.send_due()
            await asyncio.sleep(0)
        await courier.close()
        assert [await state(cast, "ruth", one) for one in (number, second)] == [MailState.SENT] * 2
        assert purse.refusals == [first]
        assert to(provider, cast) == 2


@pytest.mark.parametrize("lack", list(Lack))
async def test_without_a_token_mail_waits_and_nobody_is_called(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, provider: ProviderRelay, purse: Purse, lack: Lack
) -> None:
    async with opened(cast, TAGGED, monkeypatch):
        purse.lack, relay = lack, account(provider, purse)
        number, reach = await write(cast, "ruth"), Reach()
        courier = Courier(cast.office, relay, reach=reach)
        assert await courier.send_due() == 0
        assert reach.away
        reach.close()
        assert await state(cast, "ruth", number) is MailState.OWED
        assert (await examine_relay(relay, "mail.example")).says == lack.says
        assert await hand_over(relay, ACCOUNT, "me@else.example", b"\r\n") == lack.says
        assert (provider.signed_in, provider.refused) == (0, 0)
        purse.lack = None
        await carry(later(cast.office, cast, 3600), relay)
        assert await state(cast, "ruth", number) is MailState.SENT


async def test_a_relay_that_does_not_take_the_token_or_none_at_all_is_said_so(
    provider: ProviderRelay, purse: Purse
) -> None:
    relay = account(provider, purse)
    other = replace(relay, username="another@provider.example")
    assert (await examine_relay(other, "mail.example")).says == NOT_TAKEN
    assert provider.refused == 1

    plain = await FakeRelay(answers={"EHLO": ["250-relay\r\n250 AUTH PLAIN"]}).start()
    found = await examine_relay(replace(relay, port=plain.port), "mail.example")
    await plain.stop()
    assert "it does not take tokens" in found.says
