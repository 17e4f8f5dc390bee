"""Is this device only yours? Who does not say so leaves nothing in the browser, and is out soon."""

import json
from datetime import timedelta

import pytest

from messaging.entrance.being_there import IDLE, SHARED
from messaging.entrance.signing_in import SHARED_AT_MOST, who
from messaging.errors import NotSignedIn
from messaging.people import Role
from messaging.practice.founding import NewPerson
from messaging.practice.joining import join
from tests.cast import PASSWORD, Cast
from tests.web.pages.test_passkeys_pages import Desk
from tests.web.phone import phone_in
from tests.web.visitor import Answer, Visitor

TOKEN, KNOWN = "quietline", "quietline-device"


DAY = str(24 * 3600)


async def both_ways(people: Cast, site: str) -> tuple[Visitor, Visitor]:
    shared, own = Visitor(site), Visitor(site)
    assert (await shared.sign_in(people, "ruth", own="")).place == "/me"
    assert (await own.sign_in(people, "ruth")).place == "/me"
    return shared, own


async def test_unanswered_the_browser_keeps_a_cookie_that_ends_with_it_and_nothing_else(
    people: Cast, site: str
) -> None:
    browser = Visitor(site)
    await browser.sign_in(people, "ruth", own="")
    assert browser.lasting[TOKEN] == ""
    assert browser.cookies.keys() == {TOKEN}


async def test_who_says_it_is_only_theirs_stays_and_is_known(people: Cast, site: str) -> None:
    browser = Visitor(site)
    await browser.sign_in(people, "ruth")
    assert browser.lasting[TOKEN] == DAY
    assert browser.cookies.keys() == {TOKEN, KNOWN}
    browser.cookies.pop(TOKEN)
    assert 'value="yes" checked' in (await browser.get("/")).text, "the answer of before is offered"
    assert 'value="yes" checked' not in (await Visitor(site).get("/")).text, "nobody has answered"


async def test_it_ends_after_half_an_hour_where_others_use_the_device_too(people: Cast, site: str) -> None:
    phone = phone_in(people)
    shared, own = await both_ways(people, site)
    phone.now += SHARED + timedelta(minutes=1)
    assert IDLE[False] > SHARED
    with pytest.raises(NotSignedIn):
        await who(phone.office, shared.cookies[TOKEN])
    assert (await who(phone.office, own.cookies[TOKEN])).person.id == people["ruth"].id


async def test_it_ends_the_same_day_however_much_is_done(people: Cast, site: str) -> None:
    phone = phone_in(people)
    shared, _ = await both_ways(people, site)
    begun = phone.now
    while phone.now - begun + SHARED < SHARED_AT_MOST:
        phone.now += SHARED - timedelta(minutes=2)
        await who(phone.office, shared.cookies[TOKEN])
    phone.now = begun + SHARED_AT_MOST + timedelta(minutes=1)
    with pytest.raises(NotSignedIn):
        await who(phone.office, shared.cookies[TOKEN])


async def test_the_answer_goes_along_to_the_code(people: Cast, site: str) -> None:
    phone = phone_in(people)
    await phone.set_up(people["ruth"])
    for own, kept in (("", {TOKEN}), ("yes", {TOKEN, KNOWN})):
        browser = Visitor(site)
        asked = (await browser.sign_in(people, "ruth", own=own)).place
        answer = await browser.submit(asked, "/sign-in/code", code=phone.later())
        assert answer.place == "/me"
        assert browser.cookies.keys() == kept


async def test_and_to_a_passkey(people: Cast, site: str) -> None:
    desk = Desk(site)
    await desk.browser.enter(people, "ruth")
    await desk.made()
    for own, kept in (("", {TOKEN}), ("yes", {TOKEN, KNOWN})):
        desk.browser.cookies.clear()
        assert (await desk.enter(own=own)).place == "/me"
        assert desk.browser.cookies.keys() == kept


async def test_who_signs_in_as_on_a_shared_device_is_forgotten_there_and_others_are_not(
    people: Cast, site: str
) -> None:
    browser = Visitor(site)
    for name in ("ruth", "mira"):
        await browser.sign_in(people, name)
    both = browser.cookies[KNOWN]
    assert len(both.split(".")) == 3
    await browser.sign_in(people, "ruth", own="")
    left = browser.cookies[KNOWN].split(".")
    assert len(left) == 1
    assert left[0] in both
    await browser.sign_in(people, "mira", own="")
    assert browser.cookies.keys() == {TOKEN}


async def test_it_can_be_said_anew_on_the_account(people: Cast, site: str) -> None:
    browser = Visitor(site)
    await browser.sign_in(people, "ruth", own="")
    assert "Others may use this device too" in (await browser.get("/account")).words
    answer = await browser.submit("/account", "/account/device")
    assert answer.place == "/account?done=device#places"
    assert browser.lasting[TOKEN] == DAY
    assert browser.cookies.keys() == {TOKEN, KNOWN}
    assert not (await who(people.office, browser.cookies[TOKEN])).sign_in.shared
    assert "only yours" in (await browser.get("/account")).words
    await browser.submit("/account", "/account/device")
    assert browser.lasting[TOKEN] == ""
    assert browser.cookies.keys() == {TOKEN}
    assert (await who(people.office, browser.cookies[TOKEN])).sign_in.shared


async def test_it_is_asked_where_an_invitation_is_taken_up(people: Cast, site: str) -> None:
    for own, leads in (("", 'href="/"'), ("yes", 'href="/?own"')):
        new = NewPerson(Role.CLIENT, f"pat{own}-{people.practice.slug}", "Pat")
        invited = (await join(people.office, people["nour"], new)).invited
        assert invited is not None
        browser = Visitor(site)
        place = f"/invitation?token={invited.token}"
        assert 'name="own"' in (await browser.get(place)).text
        done = await browser.submit(
            place, "/invitation", token=str(invited.token), password="four grey herons", own=own
        )
        assert leads in done.text
    assert 'value="yes" checked' in (await Visitor(site).get("/?own")).text


async def test_programs_say_it_too_and_are_told(people: Cast, site: str) -> None:
    browser = Visitor(site)
    name = f"ruth-{people.practice.slug}"
    said = {"username": name, "password": PASSWORD, "own_device": False}
    answer = await asked(browser, "POST", "/sign-ins", said)
    assert (answer.status, browser.lasting[TOKEN]) == (201, "")
    assert not listed_as_own(await asked(browser, "GET", "/me/sign-ins"))
    answer = await asked(browser, "PUT", "/me/device", {"own": True})
    assert (answer.status, browser.lasting[TOKEN]) == (204, DAY)
    assert listed_as_own(await asked(browser, "GET", "/me/sign-ins"))
    for wrong in ({}, {"own": "yes"}, {"own": None}, {"own": True, "more": 1}):
        assert (await asked(browser, "PUT", "/me/device", wrong)).status == 422, wrong
    bearer = {"Authorization": f"Bearer {await people.token('ruth')}"}
    assert (await asked(Visitor(site), "PUT", "/me/device", {"own": True}, **bearer)).status == 404


async def asked(browser: Visitor, method: str, path: str, held: object = None, **more: str) -> Answer:
    headers = {"Content-Type": "application/json", "Origin": browser.base} | more
    body = None if held is None else json.dumps(held)
    return await browser.ask(method, f"/api/v1{path}", body, headers)


def listed_as_own(answer: Answer) -> bool:
    (here,) = (one for one in json.loads(answer.text)["sign_ins"] if one["current"])
    return bool(here["own_device"])
