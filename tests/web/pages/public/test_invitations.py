"""An invitation opened: once, with the name it is for, and on a browser where somebody else is signed in."""

import re

from hypothesis import given
from hypothesis import strategies as st

from messaging.people import Role
from messaging.practice.founding import NewPerson, add_person, invite
from messaging.trust.sayable import LETTERS_OF_A_WORD, plain, written
from tests.cast import PASSWORD, Cast
from tests.web.pages.admin.test_people_pages import link_on, person_on
from tests.web.visitor import Answer, Visitor
from web.fair.guesses import PER_NAME_AND_NETWORK

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


def words_on(card: Answer) -> str:
    """The three words of the card."""
    found = re.search(r'class="said-aloud" dir="ltr">([a-z ]+)</dd>', card.text)
    assert found is not None
    return found[1]


async def test_three_words_open_what_the_link_opens_and_only_once(people: Cast, mira: Visitor) -> None:
    card = await mira.submit("/clients/add", "/clients/add", name="Ada")
    words = words_on(card)
    assert len(words.split()) == 3
    stranger = Visitor(mira.base)
    assert "three words of your card" in (await stranger.get("/in")).words
    said = f"  {words.upper().replace(' ', '-')} "
    assert (await stranger.submit("/in", PLACE, token=said, password="short")).status == 422
    done = await stranger.submit("/in", PLACE, token=said, password=PASSWORD)
    assert done.status == 200
    assert "Your password is kept" in done.words
    for again in (words, link_on(card)):
        assert (await stranger.submit("/in", PLACE, token=again, password=PASSWORD)).status == 404


async def test_a_fresh_card_ends_the_words_of_the_one_before_and_so_does_withdrawing(
    people: Cast, mira: Visitor
) -> None:
    card = await mira.submit("/clients/add", "/clients/add", name="Ada")
    place = person_on(card)
    fresh = await mira.submit(place, f"{place}/invite")
    assert words_on(fresh) != words_on(card)
    stranger = Visitor(mira.base)
    assert (await stranger.submit("/in", PLACE, token=words_on(card), password=PASSWORD)).status == 404
    await mira.submit(place, f"{place}/withdraw")
    assert (await stranger.submit("/in", PLACE, token=words_on(fresh), password=PASSWORD)).status == 404


async def test_words_are_guessed_at_the_entrances_pace_and_the_link_goes_on(
    people: Cast, mira: Visitor
) -> None:
    card = await mira.submit("/clients/add", "/clients/add", name="Ada")
    stranger = Visitor(mira.base)
    fields = (await stranger.get("/in")).hidden(PLACE) | {"password": PASSWORD}
    answers = [
        (await stranger.post(PLACE, fields | {"token": f"babab babab bab{vowel}b"})).status
        for vowel in "aiouaiouaiou"
    ]
    assert answers == [404] * int(PER_NAME_AND_NETWORK.burst) + [429] * (12 - int(PER_NAME_AND_NETWORK.burst))
    late = await stranger.post(PLACE, fields | {"token": words_on(card)})
    assert late.status == 429
    assert "use the link of your card" in late.words
    assert (await stranger.post(PLACE, fields | {"token": link_on(card)})).status == 200


@given(st.binary(min_size=6, max_size=6))
def test_what_is_said_aloud_is_read_back(random: bytes) -> None:
    words = written(random)
    assert len(words.split()) == 3
    assert len(plain(words)) == 3 * LETTERS_OF_A_WORD
    assert plain(f" {words.replace(' ', ', ').title()}. ") == plain(words)
