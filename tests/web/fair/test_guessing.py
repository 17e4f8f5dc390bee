"""Signing in under attack: whose guesses slow whom."""

import asyncio
import time
from contextlib import suppress

import pytest

from messaging.entrance.known_devices import known_device
from messaging.entrance.signing_in import name_hash
from messaging.errors import TooFast
from messaging.office import Asking
from messaging.trust.networks import network_of
from messaging.trust.pace import REMEMBERED, OwnShelf
from tests.web.fair.town import FAR, HOME, Town
from web.fair.guesses import PER_DEVICE, PER_NAME, PER_NAME_AND_NETWORK, PER_NETWORK, Guesser, Guesses
from web.fair.turns import STRANGERS
from web.state import ENTERING


async def test_guesses_from_elsewhere_do_not_lock_the_owner_out(town: Town) -> None:
    town.guess("ruth", PER_NAME_AND_NETWORK.burst)
    assert (await town.sign_in("ruth", at=FAR)).status == 429
    assert (await town.sign_in("ruth", at=HOME)).status == 303


async def test_a_crowd_of_networks_closes_the_name_to_strangers_and_not_to_its_owners_device(
    town: Town,
) -> None:
    browser = await town.known_browser("ruth")
    town.guess("ruth", PER_NAME.burst, "198.18.{0}.1")
    refused = await town.sign_in("ruth")
    assert (refused.status, "Too many tries" in refused.words) == (429, True)
    assert 1 <= int(refused.headers["retry-after"]) <= 36
    assert (await town.sign_in("ruth", browser=browser)).status == 303
    assert (await town.sign_in("mira")).status == 303


async def test_a_network_that_guessed_too_much_keeps_its_known_devices(town: Town) -> None:
    browser = await town.known_browser("ruth")
    for _ in range(int(PER_NETWORK.burst)):
        town.people.house.guesses.by_network.take(HOME, time.monotonic())
    assert (await town.sign_in("ruth", at=HOME)).status == 429
    assert (await town.sign_in("ruth", at=HOME, browser=browser)).status == 303


async def test_a_known_device_has_a_few_guesses_and_nobody_elses_count(town: Town) -> None:
    browser = await town.known_browser("ruth")
    name = name_hash(town.people.office, f"ruth-{town.people.practice.slug}")
    (kept,) = browser.cookies.values()
    device = await known_device(town.people.office, name, kept.split("."))
    assert device is not None
    for _ in range(int(PER_DEVICE.burst)):
        town.people.house.guesses.guess(Guesser(name, HOME, device.nonce), time.monotonic())
    assert (await town.sign_in("ruth", browser=browser)).status == 429
    assert (await town.sign_in("ruth")).status == 303


async def test_right_passwords_are_not_counted_and_wrong_ones_are(town: Town) -> None:
    guesses = town.people.house.guesses
    await town.sign_in("ruth")
    assert guesses.by_network.left(HOME, time.monotonic()) == PER_NETWORK.burst
    await town.sign_in("ruth", "wrong")
    assert guesses.by_network.left(HOME, time.monotonic()) < PER_NETWORK.burst - 0.9


async def test_while_strangers_crowd_the_door_a_known_device_comes_in(town: Town) -> None:
    browser, entering = await town.known_browser("ruth"), town.people.house.entering
    crowd = [
        asyncio.create_task(entering.take(Asking(one, known=False))) for one in range(ENTERING + STRANGERS)
    ]
    while entering.waiting < STRANGERS:  # noqa: ASYNC110 - turns tell nobody; each has its task already
        await asyncio.sleep(0)
    refused = await town.sign_in("ruth")
    assert (refused.status, refused.headers["retry-after"]) == (503, "2")
    assert "wait a moment" in refused.words
    assert (await town.sign_in("ruth", browser=browser)).status == 303
    for one in crowd:
        one.cancel()
    await asyncio.gather(*crowd, return_exceptions=True)


def test_many_guesses_at_once_are_counted_before_the_first_has_failed() -> None:
    guesses, passed = Guesses(), 0
    for _ in range(100):
        with suppress(TooFast):
            guesses.guess(Guesser(b"ruth", FAR), 0.0)
            passed += 1
    assert passed == PER_NAME_AND_NETWORK.burst


async def test_what_a_visitor_claims_before_our_proxy_is_not_believed(town: Town) -> None:
    """HAProxy adds a field of its own behind the client's; others add to the client's."""
    town.guess("ruth", PER_NAME_AND_NETWORK.burst)
    assert (await town.sign_in("ruth", at=f"{HOME}, {FAR}")).status == 429


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("192.0.2.1:4711", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::1]:443", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", None),
        ("", None),
    ],
)
def test_a_network_is_an_address_or_the_64_of_it(address: str, network: str | None) -> None:
    assert network_of(address) == network


def test_the_count_of_guesses_is_bounded_and_forgets_an_emptied_bucket_last() -> None:
    guesses = Guesses()
    for _ in range(int(PER_NAME_AND_NETWORK.burst)):
        guesses.by_name_and_network.take("attacked", 0.0)
    for one in range(60_000):
        guesses.by_name_and_network.take(one, 0.0)
    assert guesses.by_name_and_network.left("attacked", 0.0) == 0
    shelf = guesses.by_name_and_network._shelf
    assert isinstance(shelf, OwnShelf)
    assert len(shelf._full_at) <= REMEMBERED
