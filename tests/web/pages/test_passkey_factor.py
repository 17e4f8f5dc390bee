"""A passkey as the second factor of who works here: it fulfils the duty, and the password alone lets nobody in any more."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update

from messaging.entrance.passkeys import passkeys_of, remove_passkey
from messaging.entrance.second_factors import has_app, stand_of
from messaging.entrance.signing_in import SignedIn, who
from messaging.errors import Conflict
from messaging.people import Person
from messaging.record.reading import people_named
from tests.cast import PASSWORD, Cast
from tests.web.pages.test_passkeys_pages import AGAIN, PLACE, Desk
from tests.web.pages.test_second_factor import codes_on
from tests.web.passkey_device import Device
from tests.web.visitor import Answer, Visitor
from threads.tables.people import people as rows

CODE = "/sign-in/code?own=yes&by=passkey"


class Named(Desk):
    """A desk of somebody's."""

    def __init__(self, site: str, name: str) -> None:
        super().__init__(site)
        self.name = name


@pytest.fixture(params=["mira", "nour"])
async def desk(people: Cast, site: str, request: pytest.FixtureRequest) -> Named:
    """Of a therapist, and of an administrator: signed in by the password alone, as in the days of grace."""
    made = Named(site, request.param)
    await made.browser.enter(people, request.param)
    return made


async def now(people: Cast, desk: Named) -> Person:
    """As they stand in memory."""
    person = people[desk.name]
    return (await people_named(people.office, person.practice, [person.id]))[person.id]


async def by_password(people: Cast, desk: Named) -> Answer:
    desk.browser.cookies.clear()
    return await desk.browser.sign_in(people, desk.name)


async def test_the_first_one_tells_recovery_codes_and_ends_who_came_by_the_password_alone(
    people: Cast, desk: Named, site: str
) -> None:
    elsewhere = Visitor(site)
    await elsewhere.enter(people, desk.name)
    await desk.browser.submit(f"{AGAIN}?do=passkeys", AGAIN, password=PASSWORD)
    assert "From then on your password alone lets nobody in" in (await desk.browser.get(PLACE)).words
    told = await desk.made()
    assert (told.status, len(codes_on(told)), told.headers["cache-control"]) == (200, 10, "no-store")
    assert stand_of(people.office, await now(people, desk)).state == "on"
    assert (await elsewhere.get("/account")).status == 303, "who came by the password alone"
    assert "You sign in with your passkey." in (await desk.browser.get("/account")).words
    second = Device(origin=desk.browser.base).makes(await desk.says(f"{PLACE}/new"))
    more = await desk.browser.submit(PLACE, PLACE, credential=second)
    assert more.place == f"{PLACE}?done=added", "one more way in, and nothing else"


async def test_the_password_alone_lets_nobody_in(people: Cast, desk: Named) -> None:
    codes = codes_on(await desk.made())
    half = await by_password(people, desk)
    assert re.fullmatch(r"/sign-in/code\?.*by=passkey", half.place)
    asked = await desk.browser.get(half.place)
    assert "Now your passkey" in asked.words
    assert "six digits" not in asked.words
    for wrong in ("123456", "aaaaaaaa-aaaaaaaa"):
        refused = await desk.browser.submit(CODE, "/sign-in/code", code=wrong)
        assert refused.status == 401
        assert "none of your recovery codes" in refused.words
    inside = await desk.browser.submit(CODE, "/sign-in/code", code=codes[0])
    assert inside.status == 303
    assert "quietline" in desk.browser.cookies
    await by_password(people, desk)
    used = await desk.browser.submit(CODE, "/sign-in/code", code=codes[0])
    assert used.status == 401, "once"
    shown = desk.device.signs_in(await desk.says("/sign-in/passkey"))
    assert (await desk.browser.submit(CODE, "/sign-in/passkey", credential=shown)).status == 303
    assert "quietline" in desk.browser.cookies


async def test_who_is_due_is_let_on_by_it(people: Cast, desk: Named) -> None:
    person = people[desk.name]
    mine = (rows.c.practice_id == person.practice, rows.c.id == person.id)
    async with people.office.memory.people._database.within(person.practice) as connection:  # type: ignore[attr-defined]
        await connection.execute(update(rows).where(*mine).values(grace_until=None))
    home = "/inbox" if person.role.is_clinician else "/admin"
    assert (await desk.browser.get(home)).place.startswith("/account")
    assert "Use a passkey instead" in (await desk.browser.get("/account")).words
    assert (await desk.made()).status == 200
    assert (await desk.browser.get(home)).status == 200


async def test_the_last_one_stays_until_something_else_is_asked(people: Cast, desk: Named) -> None:
    await desk.made()
    (first,) = await passkeys_of(people.office, await now(people, desk))
    refused = await desk.browser.submit(PLACE, f"{PLACE}/{first.id}/remove")
    assert refused.status == 409
    assert "the only thing asked beside your password" in refused.words
    assert (await desk.browser.submit(PLACE, f"{PLACE}/{first.id}/remove")).status == 409
    unknown = f"{PLACE}/{uuid4()}/remove"
    key = refused.hidden(f"{PLACE}/{first.id}/remove")
    assert (await desk.browser.post(unknown, key)).status == 404
    asking = await signed_in(people, desk)
    second = Device(origin=desk.browser.base)
    credential = second.makes(await desk.says(f"{PLACE}/new"))
    await desk.browser.submit(PLACE, PLACE, credential=credential)
    both = await passkeys_of(people.office, await now(people, desk))
    assert len(both) == 2
    await remove_passkey(people.office, asking, both[0].id)
    with pytest.raises(Conflict):
        await remove_passkey(people.office, asking, both[1].id)
    assert not await has_app(people.office, asking.person.practice, asking.person.id)


async def signed_in(people: Cast, desk: Named) -> SignedIn:
    found = await who(people.office, desk.browser.cookies["quietline"])
    until = people.office.clock() + timedelta(minutes=5)
    return replace(found, sign_in=replace(found.sign_in, stepped_up_until=until))


async def test_a_client_has_one_more_way_in_and_nothing_else(people: Cast, site: str) -> None:
    desk = Named(site, "ruth")
    await desk.browser.enter(people, "ruth")
    assert (await desk.made()).place == f"{PLACE}?done=added"
    assert (await by_password(people, desk)).place == "/me", "their password goes on working"
    (only,) = await passkeys_of(people.office, people["ruth"])
    await desk.browser.submit(f"{AGAIN}?do=passkeys", AGAIN, password=PASSWORD)
    assert (await desk.browser.submit(PLACE, f"{PLACE}/{only.id}/remove")).place == f"{PLACE}?done=removed"


async def test_who_says_again_who_they_are_is_asked_for_the_passkey_or_a_recovery_code(
    people: Cast, desk: Named
) -> None:
    codes = codes_on(await desk.made())
    credential = desk.device.signs_in(await desk.says("/sign-in/passkey"))
    desk.browser.cookies.clear()
    await desk.browser.submit("/", "/sign-in/passkey", credential=credential, own="yes")
    place = f"{AGAIN}?do=passkeys"
    assert "Recovery code" in (await desk.browser.get(place)).words
    said: dict[str, Any] = {"password": PASSWORD}
    assert (await desk.browser.submit(place, AGAIN, **said)).status == 401
    assert (await desk.browser.submit(place, AGAIN, **said, code=codes[3])).place == PLACE


async def test_what_is_added_without_a_word_of_it_is_refused(people: Cast, desk: Named) -> None:
    """Nothing of the duty is fulfilled by a passkey that was not kept."""
    await desk.browser.submit(f"{AGAIN}?do=passkeys", AGAIN, password=PASSWORD)
    assert (await desk.browser.submit(PLACE, PLACE, credential="{}")).status == 422
    assert not (await now(people, desk)).second_factor
