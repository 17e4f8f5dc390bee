"""Two hats: whoever cares in a practice of their own also administers it, and never as one and the same person."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from messaging.entrance.signing_in import Credentials, sign_in, who
from messaging.errors import Conflict, LastOne, NotFound, WrongCredentials
from messaging.office import Asking
from messaging.people import Person, Role
from messaging.practice.changing import Changes, change_person
from messaging.practice.founding import NewPerson, add_person
from messaging.practice.joining import invite_anew
from tests.cast import PASSWORD, Cast
from tests.web.visitor import Answer, Visitor

ACCOUNT = "/account"


@pytest.fixture
async def hat(people: Cast) -> Person:
    """Dr Mira's second one."""
    new = NewPerson(Role.ADMINISTRATOR, f"administration.{uuid4().hex}", "Dr Mira", hat_of=people["mira"].id)
    return await add_person(people.office, people.practice.id, new)


async def gone_over(browser: Visitor) -> Answer:
    """By the button, the password said once more where it is asked for."""
    answer = await browser.submit(ACCOUNT, f"{ACCOUNT}/hat")
    if answer.place == f"{ACCOUNT}/again?do=hat":
        said = await browser.submit(answer.place, f"{ACCOUNT}/again", do="hat", password=PASSWORD)
        assert said.place.startswith(f"{ACCOUNT}?done=again")
        answer = await browser.submit(ACCOUNT, f"{ACCOUNT}/hat")
    return answer


async def test_one_goes_over_by_the_password_and_back_without(
    people: Cast, mira: Visitor, hat: Person
) -> None:
    assert "Administer the practice" in (await mira.get(ACCOUNT)).words
    before = Visitor(mira.base, dict(mira.cookies))
    assert (await mira.submit(ACCOUNT, f"{ACCOUNT}/hat")).place == f"{ACCOUNT}/again?do=hat"
    assert (await gone_over(mira)).place == "/admin"
    assert (await before.get("/inbox")).status == 303, "the hat that was worn is off"
    assert (await mira.get("/admin/rules")).status == 200
    assert (await mira.get("/inbox")).status == 404
    assert (await mira.get(f"/c/{people.conversation('ruth')}")).status == 404
    page = await mira.get(ACCOUNT)
    assert "You come here from your other hat" in page.words
    assert 'name="old"' not in page.text
    assert (await gone_over(mira)).place == "/today"
    assert (await mira.get("/admin")).status == 404
    assert hat.id != people["mira"].id


async def test_the_browser_is_still_known_after_there_and_back(
    people: Cast, visitor: Callable[[], Visitor], hat: Person
) -> None:
    mira = visitor()
    await mira.sign_in(people, "mira")
    known = {name: value for name, value in mira.cookies.items() if name != "quietline"}
    assert known
    for home in ("/admin", "/today"):
        assert (await gone_over(mira)).place == home
        assert {name: value for name, value in mira.cookies.items() if name != "quietline"} == known
    assert hat.id != people["mira"].id


async def test_what_was_said_of_the_device_goes_over_too(
    people: Cast, visitor: Callable[[], Visitor], hat: Person
) -> None:
    mira = visitor()
    await mira.sign_in(people, "mira", own="")
    for _ in range(2):
        await gone_over(mira)
        assert mira.lasting["quietline"] == ""
        inside = await who(people.office, mira.cookies["quietline"])
        assert inside.sign_in.shared
        assert mira.cookies.keys() == {"quietline"}
    assert hat.id != people["mira"].id


async def test_nobody_comes_in_by_the_second_hat_alone(people: Cast, hat: Person, nour: Visitor) -> None:
    with pytest.raises(Conflict, match="second hat"):
        await invite_anew(people.office, people["nour"], hat.id)
    refused = await nour.submit(f"/admin/people/{hat.id}", f"/admin/people/{hat.id}/invite")
    assert refused.status == 409
    assert "second hat" in refused.words
    for password in ("", PASSWORD):
        claimed = Credentials(f"administration.{hat.id.hex}", password, people.practice.slug)
        with pytest.raises(WrongCredentials):
            await sign_in(people.office, claimed, Asking("t", known=True))


async def test_who_has_no_second_hat_has_no_way_to_one(
    people: Cast, visitor: Callable[[], Visitor], hat: Person
) -> None:
    for name in ("eli", "nour", "ruth"):
        browser = visitor()
        await browser.enter(people, name)
        shown = await browser.get(ACCOUNT)
        assert "Your other hat" not in shown.words
        key = uuid4()
        assert (await browser.post(f"{ACCOUNT}/hat", {"key": str(key)})).status == 404
    assert hat.hat_of == people["mira"].id


async def test_the_second_hat_gets_no_way_in_of_its_own(people: Cast, mira: Visitor, hat: Person) -> None:
    assert (await gone_over(mira)).place == "/admin"
    page = await mira.get(ACCOUNT)
    for place in ("/account/passkeys", "/account/second-factor"):
        assert f'href="{place}' not in page.text
    again = await mira.submit(f"{ACCOUNT}/again?do=new", f"{ACCOUNT}/again", do="new", password=PASSWORD)
    assert again.status == 303
    offered = await mira.submit("/account/second-factor?do=new", "/account/second-factor")
    assert offered.status == 404
    assert (await mira.get("/account/passkeys/new")).status == 404
    assert hat.role is Role.ADMINISTRATOR


async def test_what_ends_the_first_ends_the_second(
    people: Cast, mira: Visitor, visitor: Callable[[], Visitor], hat: Person
) -> None:
    assert (await gone_over(mira)).place == "/admin"
    elsewhere = visitor()
    await elsewhere.enter(people, "mira")
    done = await elsewhere.submit(
        ACCOUNT, f"{ACCOUNT}/password", old=PASSWORD, new="three quiet herons on ice"
    )
    assert done.place == f"{ACCOUNT}?done=password"
    assert (await mira.get("/admin")).status == 303, "it stood on the password that is another now"
    await change_person(people.office, people["nour"], people["mira"].id, Changes(active=False))
    (kept,) = await people.office.memory.people.find(people.practice.id, [hat.id])
    assert not kept.active


async def test_the_last_who_administers_stays_also_as_a_second_hat(people: Cast, hat: Person) -> None:
    await change_person(people.office, hat, people["nour"].id, Changes(active=False))
    for leaving in (people["mira"].id, hat.id):
        with pytest.raises(LastOne):
            await change_person(people.office, hat, leaving, Changes(active=False))
    await change_person(people.office, hat, people["nour"].id, Changes(active=True))
    await change_person(people.office, people["nour"], hat.id, Changes(active=False))
    with pytest.raises(NotFound):
        await change_person(people.office, people["eli"], hat.id, Changes(active=True))


async def test_a_letter_is_not_read_from_the_second_hat_by_any_route(
    people: Cast, mira: Visitor, hat: Person
) -> None:
    assert (await gone_over(mira)).place == "/admin"
    shown = await mira.get(f"/admin/people/{people['mira'].id}")
    assert shown.status == 200
    for place in ("/today", "/calendar", "/screener", f"/clients/{people['ruth'].id}"):
        assert (await mira.get(place)).status == 404
    assert hat.role is Role.ADMINISTRATOR
