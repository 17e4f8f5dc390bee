"""An invitation opened: once, with the name it is for, and on a browser where somebody else is signed in."""

from messaging.people import Role
from messaging.practice.founding import NewPerson, add_person, invite
from tests.cast import PASSWORD, Cast
from tests.web.visitor import Visitor

PLACE = "/invitation"


async def invited(people: Cast) -> str:
    new = NewPerson(Role.CLIENT, f"ada-{people.practice.slug}", "Ada")
    return await invite(people.office, await add_person(people.office, people.practice.id, new))


async def test_who_has_chosen_a_password_is_told_their_username(people: Cast, site: str) -> None:
    done = await Visitor(site).submit(PLACE, PLACE, token=await invited(people), password=PASSWORD)
    assert done.status == 200
    assert f"ada-{people.practice.slug}" in done.words


async def test_one_that_is_used_or_was_never_good_says_what_to_do(people: Cast, site: str) -> None:
    token = await invited(people)
    await Visitor(site).submit(PLACE, PLACE, token=token, password=PASSWORD)
    pages = [
        await Visitor(site).submit(PLACE, PLACE, token=tried, password=PASSWORD)
        for tried in (token, token[:-2] + "AA", "x")
    ]
    assert {one.status for one in pages} == {404}
    assert len({one.text for one in pages}) == 1
    for words in ("no longer valid", "Sign in", "ask whoever gave you the card", "Help now"):
        assert words in pages[0].words


async def test_on_a_shared_device_it_asks_before_it_goes_on_and_names_nobody(
    people: Cast, ruth: Visitor
) -> None:
    token = await invited(people)
    shown = await ruth.get(PLACE)
    assert "Somebody is signed in on this browser" in shown.words
    assert "Ruth" not in shown.words
    fields = shown.hidden(PLACE) | {"token": token, "password": PASSWORD}
    asked = await ruth.post(PLACE, fields)
    assert asked.status == 409
    assert token in asked.text
    assert (await ruth.get("/me")).status == 200
    short = await ruth.post(PLACE, fields | {"go_on": "yes", "password": "short"})
    assert short.status == 422
    assert (await ruth.get("/me")).status == 200
    copied = Visitor(ruth.base, dict(ruth.cookies))
    done = await ruth.post(PLACE, fields | {"go_on": "yes"})
    assert done.status == 200
    assert "quietline" not in ruth.cookies
    assert (await copied.get("/me")).status == 303
    assert (await ruth.sign_in(people, "ada")).place == "/me"


async def test_nobody_is_asked_where_nobody_is_signed_in(site: str) -> None:
    assert "Somebody is signed in" not in (await Visitor(site).get(PLACE)).words
