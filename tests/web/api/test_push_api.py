"""Told by push: by one's own wish, on one's own device, in the same words always, and never at night."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from messaging.entrance.own_ways import say_whose_device
from messaging.entrance.signing_in import sign_out, who
from messaging.letters.writing import Letter, write_letter
from messaging.memory.sign_ins import SignInKind
from messaging.practice.changing import Changes, change_person
from messaging.pushing.sealing import CURVE, SenderKey, plain_base64
from messaging.pushing.subscriptions import Endpoint
from messaging.pushing.telling import Pushed, push_due
from messaging.record.reading import mark_read
from messaging.trust.access import Deed
from messaging.trust.tokens import read_token
from tests.cast import Cast
from tests.web.hostile import Door, Reply
from tests.web.outbound.receiving import Receiver, receiving
from web.outbound.places import read_hosts

PATH = "/api/v1/me/push"
VIENNA = ZoneInfo("Europe/Vienna")
NOON = datetime.combine(datetime.now(UTC).date() + timedelta(days=1), time(12), VIENNA)
DEVICE = ec.generate_private_key(CURVE)


@dataclass
class Phone:
    """Ruth's browser, and what its push service is handed."""

    cast: Cast
    door: Door
    receiver: Receiver
    token: str = ""
    now: datetime = NOON
    said: Pushed = Pushed.TAKEN
    told: list[Endpoint] = field(default_factory=list)

    @property
    def office(self) -> Any:
        return replace(self.cast.office, clock=lambda: self.now)

    async def ask(self, method: str, body: Any = None, token: str = "") -> Reply:
        headers = {"authorization": f"Bearer {token or self.token}", "content-type": "application/json"}
        return await self.door.ask(method, PATH, b"" if body is None else json.dumps(body).encode(), headers)

    @property
    def subscription(self) -> dict[str, str]:
        point = DEVICE.public_key().public_numbers()
        octets = b"\x04" + point.x.to_bytes(32, "big") + point.y.to_bytes(32, "big")
        url = f"http://127.0.0.1:{self.receiver.port}/push/{uuid4()}"
        return {"endpoint": url, "p256dh": plain_base64(octets), "auth": plain_base64(b"a" * 16)}

    async def letter(self, by: str = "mira") -> int:
        held, circle = await self.cast.enter(by, "ruth", Deed.WRITE)
        return (await write_letter(self.office, held, circle, Letter(uuid4(), "Heron."))).number

    async def later(self, **passed: float) -> int:
        """How many pushes went until then."""
        self.now += timedelta(**passed)
        before = len(self.told)

        async def push(endpoint: Endpoint) -> Pushed:
            self.told.append(endpoint)
            return self.said

        while await push_due(self.office, push):
            pass
        return len(self.told) - before


@pytest.fixture
async def phone(cast: Cast) -> Any:
    house = cast.house
    key, hosts = house.push.key, house.push.carrier.hosts
    house.push.key, house.push.carrier.hosts = (
        SenderKey(ec.generate_private_key(CURVE)),
        read_hosts("127.0.0.1"),
    )
    with receiving() as receiver:
        made = Phone(cast, Door(house), receiver)
        made.token = await cast.token_of(cast["ruth"], SignInKind.COOKIE)
        yield made
    house.push.key, house.push.carrier.hosts = key, hosts


@pytest.fixture
async def told(phone: Phone) -> Phone:
    """It has asked to be told."""
    assert (await phone.ask("PUT", phone.subscription)).status == 204
    return phone


async def shared(phone: Phone) -> None:
    """Ruth says that others use it too."""
    office, token = phone.cast.office, read_token(phone.token)
    assert token is not None
    await say_whose_device(office, await who(office, phone.token), token, own=False)


async def test_who_has_asked_is_told_once_of_two_letters(told: Phone) -> None:
    await told.letter()
    await told.letter()
    assert await told.later(seconds=1) == 1
    told.now += timedelta(seconds=1)
    await told.letter()
    assert await told.later(minutes=1) == 0, "not again within ten minutes"
    assert await told.later(minutes=10) == 1
    assert await told.later(hours=1) == 0
    await told.letter("ruth")
    assert await told.later(seconds=1) == 0, "their own"


async def test_what_was_read_is_not_told(told: Phone) -> None:
    number = await told.letter()
    held, _ = await told.cast.enter("ruth", "ruth")
    await mark_read(told.office, held, number)
    assert await told.later(seconds=1) == 0


async def test_at_night_nothing_is_told_before_the_morning(told: Phone) -> None:
    told.now = NOON + timedelta(hours=10)
    await told.letter()
    assert await told.later(seconds=1) == 0
    told.now = datetime.combine(NOON.date() + timedelta(days=1), time(7, 29), VIENNA)
    assert await told.later() == 0
    assert await told.later(minutes=2) == 1


async def test_a_service_that_is_away_is_asked_again_and_not_for_ever(told: Phone) -> None:
    told.said = Pushed.AWAY
    told.now = datetime.combine(NOON.date(), time(8), VIENNA)
    await told.letter()
    tries = [await told.later(minutes=one) for one in (0.1, 0.2, 1, 2, 5, 15, 60, 120, 240, 480, 1440)]
    assert 5 < sum(tries) < 12
    assert tries[1] == tries[-1] == 0


async def test_a_device_that_the_service_does_not_know_is_forgotten(told: Phone) -> None:
    told.said = Pushed.GONE
    await told.letter()
    assert await told.later(seconds=1) == 1
    assert json.loads((await told.ask("GET")).body)["devices"] == 0


@pytest.mark.parametrize("end", ["signed out", "shared", "turned off", "let go"])
async def test_it_ends_with_the_sign_in_the_trust_and_the_wish(told: Phone, end: str) -> None:
    office = told.cast.office
    match end:
        case "signed out":
            await sign_out(office, await who(office, told.token))
        case "shared":
            await shared(told)
        case "turned off":
            other = await told.cast.token_of(told.cast["ruth"], SignInKind.COOKIE)
            assert (await told.ask("DELETE", token=other)).status == 204, "from another device of theirs"
        case "let go":
            await told.letter()
            await change_person(office, told.cast["nour"], told.cast["ruth"].id, Changes(active=False))
    if end != "let go":
        await told.letter()
    assert await told.later(seconds=1) == 0


async def test_only_a_browser_of_ones_own_can_ask(phone: Phone) -> None:
    program = await phone.cast.token("ruth")
    nour = await phone.cast.token_of(phone.cast["nour"], SignInKind.COOKIE)
    for token in (program, nour):
        assert (await phone.ask("PUT", phone.subscription, token=token)).status == 404
        assert json.loads((await phone.ask("GET", token=token)).body)["key"] is None
    await shared(phone)
    assert (await phone.ask("PUT", phone.subscription)).status == 404


@pytest.mark.parametrize(
    "change",
    [
        {"endpoint": "https://evil.example/x"},
        {"endpoint": "x"},
        {"p256dh": "AAAA"},
        {"auth": ""},
        {"more": 1},
    ],
)
async def test_what_is_no_subscription_is_refused(phone: Phone, change: dict[str, Any]) -> None:
    refused = await phone.ask("PUT", phone.subscription | change)
    assert refused.status == 422
    assert "evil" not in refused.body.decode()


async def test_the_service_gets_what_the_device_alone_opens(told: Phone) -> None:
    await told.letter()
    while await push_due(told.office, told.cast.house.push.push):
        pass
    (came,) = told.receiver.came
    assert came.headers["Content-Encoding"] == "aes128gcm"
    assert came.headers["Authorization"].startswith("vapid t=")
    assert int(came.headers["TTL"]) > 0
    assert b"new" not in came.body
    shown = json.loads((await told.ask("GET")).body)
    assert shown == {"key": told.cast.house.push.key.public, "here": True, "devices": 1}  # type: ignore[union-attr]
