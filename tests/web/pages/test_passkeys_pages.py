"""Passkeys on pages: asked for by who has just said who they are; used, listed and removed without anybody else's."""

import json
from typing import Any
from uuid import uuid4

import pytest

from messaging.entrance.passkeys import passkeys_of
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
