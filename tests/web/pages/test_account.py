"""One's own account on pages: the password, where one is signed in, and who must set up a second factor first."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from messaging.entrance.being_there import IDLE, TOUCH
from messaging.entrance.invitations import accept_invitation
from messaging.entrance.second_factors import offer_factor
from messaging.memory.sign_ins import SignInKind
from messaging.people import Person, Role
from messaging.practice.founding import NewPerson, add_person
from messaging.practice.joining import join
from messaging.record.reading import people_named
from tests.cast import PASSWORD, Cast
from tests.web.hostile import Door
from tests.web.pages.test_second_factor import AT, codes_on, secret_on
from tests.web.phone import Phone, phone_in
from tests.web.visitor import Answer, Visitor

ACCOUNT = "/account"
OTHER = "three quiet herons on ice"
STATES = ("off", "offered", "on", "due", "in grace")
HOMES = {Role.CLIENT: "/me/settings", Role.ADMINISTRATOR: "/admin"}
"""Where each finds the way; a client on the page of settings, which their home leads to."""


async def changed(browser: Visitor, old: str, new: str) -> Answer:
    return await browser.submit(ACCOUNT, f"{ACCOUNT}/password", old=old, new=new)


@pytest.mark.parametrize("name", ["ruth", "mira", "nour"])
async def test_everybody_has_an_account_and_a_way_to_it(
    people: Cast, visitor: Callable[[], Visitor], name: str
) -> None:
    browser = visitor()
    await browser.enter(people, name)
    home = HOMES.get(people[name].role, "/inbox")
    assert 'href="/account' in (await browser.get(home)).text
    page = await browser.get(ACCOUNT)
    assert page.status == 200
    assert "Where you are signed in" in page.words
    assert "this one" in page.words


async def test_another_password_is_for_who_says_the_old_one_and_ends_every_other_sign_in(
    people: Cast, visitor: Callable[[], Visitor]
) -> None:
    ruth, phone = visitor(), visitor()
    await ruth.enter(people, "ruth")
    await phone.enter(people, "ruth")
    assert (await changed(ruth, "not it", OTHER)).status == 403
    done = await changed(ruth, PASSWORD, OTHER)
    assert (done.status, done.place) == (303, f"{ACCOUNT}?done=password")
    assert "Your new password is kept" in (await ruth.get(done.place)).words
    assert (await phone.get("/me")).status == 303
    assert (await visitor().sign_in(people, "ruth")).status == 401
    assert (await visitor().sign_in(people, "ruth", OTHER)).status == 303


@pytest.mark.parametrize(
    ("name", "factor", "least"),
    [("ruth", False, 8), ("ruth", True, 8), ("mira", False, 15), ("mira", True, 12), ("nour", True, 12)],
)
async def test_a_password_has_its_length_by_what_stands_beside_it(
    people: Cast, visitor: Callable[[], Visitor], name: str, factor: bool, least: int
) -> None:
    phone = phone_in(people)
    if factor:
        await phone.set_up(people[name])
    browser = visitor()
    await browser.enter(people, name)
    assert f"At least {least} characters" in (await browser.get(ACCOUNT)).words
    whole = "qv7-wharf-zinc-moth"
    short = await changed(browser, PASSWORD, whole[: least - 1])
    assert short.status == 422
    assert f"{least} to" in short.words
    assert (await changed(browser, PASSWORD, whole[:least])).status == 303


async def test_a_password_that_many_use_is_not_taken(ruth: Visitor) -> None:
    refused = await changed(ruth, PASSWORD, "iloveyou1")
    assert refused.status == 422
    assert "Many people use this password" in refused.words


async def test_wrong_passwords_are_slowed_and_right_ones_are_not(ruth: Visitor) -> None:
    for _ in range(8):
        assert (await changed(ruth, PASSWORD, PASSWORD)).status == 303
    for _ in range(5):
        assert (await changed(ruth, "wrong", OTHER)).status == 403
    slowed = await changed(ruth, PASSWORD, OTHER)
    assert slowed.status == 429
    assert "retry-after" in slowed.headers


async def test_a_sign_in_is_ended_where_it_is_and_nobody_elses(
    people: Cast, visitor: Callable[[], Visitor]
) -> None:
    here, there, others = visitor(), visitor(), visitor()
    await here.enter(people, "ruth")
    await there.enter(people, "ruth")
    await others.enter(people, "linden")
    page = await here.get(ACCOUNT)
    (end,) = set(re.findall(r'action="(/account/sign-ins/[0-9a-f-]{36}/end)"', page.text))
    foreign = await others.post(end, page.hidden(end))
    assert foreign.status == 404
    assert (await there.get("/me")).status == 200
    assert (await here.post(end, page.hidden(end))).place == f"{ACCOUNT}?done=ended"
    assert (await there.get("/me")).status == 303
    assert (await here.get("/me")).status == 200


@pytest.mark.parametrize("factor", [False, True], ids=["by password", "by code"])
async def test_a_sign_in_from_a_browser_not_known_is_listed_as_one(
    people: Cast, site: str, factor: bool
) -> None:
    phone = phone_in(people)
    if factor:
        await phone.set_up(people["ruth"])

    async def enter(browser: Visitor) -> None:
        if (await browser.sign_in(people, "ruth")).place.startswith("/sign-in/code"):
            await browser.submit("/sign-in/code?own=yes", "/sign-in/code", code=phone.later())

    home, stranger = Visitor(site), Visitor(site)
    await enter(home)
    await enter(Visitor(site, {"quietline-device": home.cookies["quietline-device"]}))
    assert "for the first time" not in (await home.get(ACCOUNT)).words
    await enter(stranger)
    assert (await home.get(ACCOUNT)).words.count("for the first time from there") == 1
    again = await stranger.get(ACCOUNT)
    assert again.words.count("for the first time from there") == 1, "the one at home was the first of all"


async def test_all_others_are_ended_at_once(people: Cast, visitor: Callable[[], Visitor]) -> None:
    here, *others = browsers = [visitor() for _ in range(4)]
    for browser in browsers:
        await browser.enter(people, "mira")
    await here.submit(ACCOUNT, f"{ACCOUNT}/sign-ins/end-others")
    assert [(await one.get("/inbox")).status for one in others] == [303] * 3
    assert (await here.get("/inbox")).status == 200
    assert "End all others" not in (await here.get(ACCOUNT)).words


async def person_in(cast: Cast, phone: Phone, role: Role, state: str) -> tuple[Person, str]:
    """Somebody of this role whose second factor is in this state."""
    username = f"{role.value}-{state.replace(' ', '-')}-{cast.practice.slug}"
    grace = timedelta(0) if state == "due" else timedelta(days=14)
    new = NewPerson(role, username, role.value, password=PASSWORD, grace=grace)
    person = await add_person(phone.office, cast.practice.id, new)
    if state == "offered":
        await offer_factor(phone.office, person)
    if state == "on":
        await phone.set_up(person)
    return person, username


@pytest.mark.parametrize("state", STATES)
async def test_every_role_in_every_state_of_the_factor(
    people: Cast, site: str, visitor: Callable[[], Visitor], state: str
) -> None:
    """Signing in, pages, API and sockets: shut for who must set one up first, and for nobody else."""
    phone = phone_in(people)
    door = Door(people.house)
    for role in Role:
        person, username = await person_in(people, phone, role, state)
        due = state == "due" and role is not Role.CLIENT
        browser = visitor()
        answer = await browser.post("/sign-in", {"username": username, "password": PASSWORD, "key": ""})
        assert answer.status == 303
        if state == "on":
            assert answer.place.startswith("/sign-in/code")
            answer = await browser.submit("/sign-in/code?own=yes", "/sign-in/code", code=phone.later())
        home = "/me" if role is Role.CLIENT else HOMES.get(role, "/today")
        assert answer.place == home, role
        inside = await browser.get(home)
        assert (inside.status, inside.place) == ((303, ACCOUNT) if due else (200, "")), role
        assert (await browser.get(ACCOUNT)).status == 200
        headers = {"authorization": f"Bearer {await people.token_of(person, SignInKind.COOKIE)}"}
        for path, open_anyway in (
            ("/me", True),
            ("/me/sign-ins", True),
            ("/session-rules", False),
            ("/conversations", False),
        ):
            reply = await door.ask("GET", f"/api/v1{path}", b"", headers)
            shut = due and not open_anyway
            assert reply.status == (403 if shut else 200), (role, path)
            assert ("second_factor_due" in reply.text) is shut


async def test_who_is_invited_sets_one_up_right_after_the_password(people: Cast, site: str) -> None:
    phone = phone_in(people)
    username = f"kim-{people.practice.slug}"
    joined = await join(phone.office, people["nour"], NewPerson(Role.THERAPIST, username, "Kim"))
    assert joined.invited is not None
    await accept_invitation(phone.office, joined.invited.token, PASSWORD)
    kim = Visitor(site)
    await kim.post("/sign-in", {"username": username, "password": PASSWORD, "key": ""})
    for place in ("/inbox", "/today", "/calendar", "/screener", f"/c/{people.conversation('ruth')}"):
        assert (await kim.get(place)).place == ACCOUNT, place
    told = await kim.get(ACCOUNT)
    assert "One thing first" in told.words
    assert 'href="/inbox">' not in told.text, "no place is named that leads back here"
    offered = await kim.submit(AT, AT)
    phone.scan(secret_on(offered))
    made = await kim.post(f"{AT}/confirm", offered.hidden(f"{AT}/confirm") | {"code": phone.code()})
    assert len(codes_on(made)) == 10
    assert (await kim.get("/inbox")).status == 200


@pytest.mark.parametrize(("left", "status"), [(-TOUCH, 403), (TOUCH, 401)], ids=["factor", "idle"])
async def test_words_on_their_way_are_kept_when_the_time_is_over(
    people: Cast, mira: Visitor, left: timedelta, status: int
) -> None:
    """The time without a second factor, or the half hour in which nothing reached us."""
    place = f"/c/{people.conversation('ruth')}"
    fields = (await mira.get(place)).hidden(f"{place}/letters")
    phone = phone_in(people)
    phone.now += IDLE[True] + left
    await _over(people, "mira")
    kept = await mira.post(f"{place}/letters", fields | {"text": "Half an hour of writing."})
    assert kept.status == status
    assert "Half an hour of writing." in kept.text


async def _over(people: Cast, name: str) -> None:
    """Their time without one is over."""
    from sqlalchemy import update

    from threads.tables.people import people as rows

    mine = rows.c.id == people[name].id
    database = people.house.office.memory.people._database  # type: ignore[attr-defined]
    async with database.within(people.practice.id) as connection:
        await connection.execute(update(rows).where(mine).values(grace_until=None))


async def test_while_there_is_time_only_the_account_says_until_when(people: Cast, mira: Visitor) -> None:
    assert "You can go without until" in (await mira.get(ACCOUNT)).words
    for place in ("/inbox", "/today", "/calendar"):
        assert "second factor" not in (await mira.get(place)).words.lower()


async def test_a_clinician_chooses_when_a_mail_tells_of_a_letter(people: Cast, mira: Visitor) -> None:
    for after, kept in (("0", 0), ("60", 60), ("never", None)):
        fields = (await mira.get("/account")).hidden("/account/told")
        assert (await mira.post("/account/told", fields | {"after": after})).place == "/account?done=told"
        assert f'value="{after}" selected' in (await mira.get("/account?done=told")).text
        named = await people_named(people.office, people.practice.id, [people["mira"].id])
        assert named[people["mira"].id].told_after == kept
    fields = (await mira.get("/account")).hidden("/account/told")
    assert (await mira.post("/account/told", fields | {"after": "soon"})).status == 404
