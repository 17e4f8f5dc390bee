"""Passkeys on pages: asked for by who has just said who they are; used, listed and removed without anybody else's."""

import json
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from messaging.entrance.passkeys import passkeys_of
from messaging.entrance.signing_in import who
from messaging.entrance.stepping_up import is_stepped_up
from tests.cast import PASSWORD, Cast
from tests.web.passkey_device import Device
from tests.web.visitor import Answer, Visitor

PLACE, AGAIN = "/account/passkeys", "/account/again"


class Desk:
    """A browser that knows us by a name, and a device beside it."""

    def __init__(self, site: str) -> None:
        self.browser = Visitor(site.replace("127.0.0.1", "localhost"))
        self.device = Device(origin=self.browser.base)

    async def says(self, path: str) -> dict[str, Any]:
        answer = await self.browser.get(path)
        assert answer.status == 200, answer.text
        held: dict[str, Any] = json.loads(answer.text)
        return held

    async def made(self) -> Answer:
        said = await self.browser.submit(f"{AGAIN}?do=passkeys", AGAIN, password=PASSWORD)
        assert said.place == PLACE
        credential = self.device.makes(await self.says(f"{PLACE}/new"))
        return await self.browser.submit(PLACE, PLACE, credential=credential)

    async def enter(self, **more: str) -> Answer:
        credential = self.device.signs_in(await self.says("/sign-in/passkey"))
        return await self.browser.submit("/", "/sign-in/passkey", credential=credential, **more)


@pytest.fixture
async def desk(people: Cast, site: str) -> Desk:
    """Ruth's."""
    made = Desk(site)
    await made.browser.enter(people, "ruth")
    return made


async def test_a_passkey_is_made_used_and_removed(people: Cast, desk: Desk) -> None:
    browser = desk.browser
    assert "You have none yet" in (await browser.get(PLACE)).words
    assert (await desk.made()).place == f"{PLACE}?done=added"
    browser.cookies.clear()
    inside = await desk.enter(next="/me/letters", own="yes")
    assert (inside.status, inside.place) == (303, "/me/letters")
    assert "quietline-device" in browser.cookies, "known the next time"
    (kept,) = await passkeys_of(people.office, people["ruth"])
    place = f"{PLACE}/{kept.id}/remove"
    assert (await browser.submit(PLACE, place)).place == f"{AGAIN}?do=passkeys", (
        "a fresh sign-in is no step-up"
    )
    await browser.submit(f"{AGAIN}?do=passkeys", AGAIN, password=PASSWORD)
    assert (await browser.submit(PLACE, place)).place == f"{PLACE}?done=removed"
    browser.cookies.clear()
    refused = await desk.enter()
    assert refused.status == 401
    assert "This passkey could not be used" in refused.words


async def test_nothing_of_it_is_to_be_had_without_the_password_of_a_moment_ago(
    people: Cast, desk: Desk
) -> None:
    browser = desk.browser
    assert (await browser.get(f"{PLACE}/new")).status == 403
    for place in (PLACE, f"{PLACE}/{uuid4()}/remove"):
        key = (await browser.get(PLACE)).hidden("/sign-out")["key"]
        assert (await browser.post(place, {"key": key, "credential": "{}"})).place == f"{AGAIN}?do=passkeys"
    assert await passkeys_of(people.office, people["ruth"]) == []


async def test_what_no_device_made_is_said_beside_the_form(desk: Desk) -> None:
    assert (await desk.made()).status == 303
    browser = desk.browser
    broken = await browser.submit(PLACE, PLACE, credential="{}")
    assert broken.status == 422
    assert "made no passkey that could be used" in broken.words
    again = await browser.submit(PLACE, PLACE, credential=desk.device.makes(await desk.says(f"{PLACE}/new")))
    assert again.status == 409
    assert "known already" in again.words
    assert (await browser.post(f"{PLACE}/x/remove", {"key": str(uuid4())})).status == 404


async def test_a_bare_address_has_none(people: Cast, site: str, ruth: Visitor) -> None:
    assert (await Visitor(site).get("/sign-in/passkey")).status == 404
    assert (await Visitor(site).post("/sign-in/passkey", {"credential": "{}"})).status == 404
    await ruth.submit(f"{AGAIN}?do=passkeys", AGAIN, password=PASSWORD)
    assert (await ruth.get(f"{PLACE}/new")).status == 404


async def stepped_up(people: Cast, browser: Visitor) -> bool:
    return is_stepped_up(people.office, await who(people.office, browser.cookies["quietline"]))


async def shown_again(desk: Desk, signed: str, purpose: str = "phrase") -> Answer:
    place = f"{AGAIN}?do={purpose}"
    return await desk.browser.submit(place, f"{AGAIN}/passkey", credential=signed)


async def test_a_passkey_says_once_more_who_one_is(people: Cast, desk: Desk) -> None:
    assert f"{AGAIN}/passkey" not in (await desk.browser.get(f"{AGAIN}?do=phrase")).text, "there is none yet"
    await desk.made()
    await desk.browser.enter(people, "ruth")
    assert not await stepped_up(people, desk.browser)
    signed = desk.device.signs_in(await desk.says(f"{AGAIN}/passkey"))
    assert (await shown_again(desk, signed)).place == "/account/recovery-phrase"
    assert await stepped_up(people, desk.browser)
    assert (await shown_again(desk, signed)).status == 401, "an answer counts once"


async def test_what_was_signed_for_something_else_or_by_somebody_else_says_nothing(
    people: Cast, site: str, desk: Desk
) -> None:
    await desk.made()
    await desk.browser.enter(people, "ruth")
    other = Desk(site)
    await other.browser.enter(people, "mira")
    await other.made()
    elsewhere = Desk(site)
    await elsewhere.browser.enter(people, "ruth")
    asked = await desk.says(f"{AGAIN}/passkey")
    stranger = Device(origin=desk.browser.base, owner=desk.device.owner)
    unshown = replace(desk.device, verified=False)
    for why, signed in {
        "to sign in": desk.device.signs_in(await desk.says("/sign-in/passkey")),
        "in another sign-in": desk.device.signs_in(await elsewhere.says(f"{AGAIN}/passkey")),
        "by somebody else": other.device.signs_in(asked),
        "by a device nobody knows": stranger.signs_in(asked),
        "without showing whose it is": unshown.signs_in(asked),
        "nothing": "{}",
    }.items():
        refused = await shown_again(desk, signed)
        assert refused.status == 401, why
        assert "could not be used" in refused.words
        assert not await stepped_up(people, desk.browser), why
    assert (await shown_again(desk, desk.device.signs_in(asked))).status == 303


async def test_nor_does_one_that_was_removed(people: Cast, desk: Desk) -> None:
    await desk.made()
    (kept,) = await passkeys_of(people.office, people["ruth"])
    await desk.browser.enter(people, "ruth")
    shown = (await desk.browser.get(f"{AGAIN}?do=phrase")).hidden(f"{AGAIN}/passkey")
    signed = desk.device.signs_in(await desk.says(f"{AGAIN}/passkey"))
    await people.office.memory.passkeys.remove(kept.practice, kept.person, kept.id, one_stays=False)
    assert (await desk.browser.post(f"{AGAIN}/passkey", shown | {"credential": signed})).status == 401
    assert not await stepped_up(people, desk.browser)
