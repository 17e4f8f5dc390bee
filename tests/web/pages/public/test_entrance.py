"""Coming in and leaving: guesses, cookies, where one is sent, the first set-up, invitations, help."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from messaging.people import Role
from messaging.practice.founding import NewPerson, add_person, invite
from tests.cast import PASSWORD, Cast
from tests.web.visitor import Visitor
from web.app import application
from web.house import house
from web.pages.parts.asking import local_path
from web.serve import web_running
from web.settings import read_settings


@pytest.fixture
async def empty_site(tmp_path: Path) -> AsyncIterator[tuple[str, str]]:
    """An installation nobody has set up yet, and the token of its one-time link."""
    settings = read_settings({"QUIETLINE_DATA_DIR": str(tmp_path), "QUIETLINE_HTTP": "127.0.0.1:0"})
    async with house(settings, migrates=True) as built:
        built.setup_token = "once-and-never-again"
        async with web_running(built, application(built)) as base:
            yield base, built.setup_token


@pytest.mark.parametrize(
    ("name", "home"),
    [("ruth", "/me"), ("mira", "/today"), ("nour", "/admin")],
    ids=["client", "therapist", "admin"],
)
async def test_everyone_comes_home_to_their_own_place(people: Cast, site: str, name: str, home: str) -> None:
    browser = Visitor(site)
    answer = await browser.sign_in(people, name)
    assert (answer.status, answer.place) == (303, home)
    assert (await browser.get("/")).place == home


async def test_every_wrong_guess_gets_the_same_answer(people: Cast, site: str) -> None:
    slug = people.practice.slug
    pages = []
    for username, password in (("ruth", "not hers"), ("ruht", PASSWORD), ("nobody", ""), ("eli", "x" * 2000)):
        answer = await Visitor(site).post(
            "/sign-in", {"username": f"{username}-{slug}", "password": password, "key": ""}
        )
        assert answer.status == 401
        assert "set-cookie" not in answer.headers
        pages.append(answer.words)
    assert len(set(pages)) == 1


async def test_ten_wrong_guesses_close_the_account_to_guessing_for_a_while(people: Cast, site: str) -> None:
    browser = Visitor(site)
    for _ in range(10):
        assert (await browser.sign_in(people, "ruth", "wrong")).status == 401
    closed = await browser.sign_in(people, "ruth")
    assert closed.status == 429
    assert 1 <= int(closed.headers["retry-after"]) <= 60
    assert "Too many tries" in closed.words
    assert (await browser.sign_in(people, "mira")).status == 303


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(people: Cast, site: str) -> None:
    cookie = (await Visitor(site).sign_in(people, "ruth")).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


async def test_a_new_sign_in_ends_the_one_it_replaces(people: Cast, site: str) -> None:
    browser = Visitor(site)
    await browser.sign_in(people, "ruth")
    before = Visitor(site, dict(browser.cookies))
    await browser.sign_in(people, "mira")
    assert (await before.get("/me")).status == 303
    assert (await browser.get("/inbox")).status == 200


async def test_leaving_ends_the_sign_in_and_clears_the_browser(people: Cast, site: str) -> None:
    ruth = Visitor(site)
    await ruth.sign_in(people, "ruth")
    copied = Visitor(ruth.base, dict(ruth.cookies))
    out = await ruth.submit("/me", "/sign-out")
    assert (out.status, out.place) == (303, "/exit")
    assert out.headers["clear-site-data"] == '"cache"'
    assert ruth.cookies.keys() == {"quietline-device"}
    assert (await copied.get("/me")).place == "/?next=/me"
    page = await ruth.get("/exit")
    assert page.words == "Notes Skip to the text Nothing here yet This page is empty."


async def test_a_clinician_who_signs_out_is_told_so(mira: Visitor) -> None:
    out = await mira.submit("/inbox", "/sign-out")
    assert "You are signed out." in (await mira.get(out.place)).words


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/me\r\nX: y",
        "javascript:1",
        "/sign-out",
        "me",
        "/c//x",
    ],
)
async def test_a_sign_in_leads_nowhere_but_home(people: Cast, site: str, elsewhere: str) -> None:
    assert local_path(elsewhere) == ""
    answer = await Visitor(site).sign_in(people, "ruth", next=elsewhere)
    assert answer.place == "/me"


async def test_help_is_there_for_anyone_and_leads_a_client_back(people: Cast, ruth: Visitor) -> None:
    for browser, back in ((ruth, 'href="/me"'), (Visitor(ruth.base), 'href="/"')):
        page = await browser.get("/help-now")
        assert page.status == 200
        assert 'href="tel:112"' in page.text
        assert back in page.text


async def test_the_first_person_sets_up_the_practice_once_and_is_its_therapist(
    empty_site: tuple[str, str],
) -> None:
    site, token = empty_site
    browser = Visitor(site)
    assert (await browser.get("/set-up?token=guessed")).status == 404
    place = f"/set-up?token={token}"
    asked = {
        "practice": "Praxis für Ruhe",
        "time_zone": "Europe/Vienna",
        "name": "Dr Mira",
        "username": "mira",
    }
    short = await browser.submit(place, "/set-up", **asked, password="short")
    assert (short.status, "at least" in short.words or "15 to 1024" in short.words) == (422, True)
    assert "Praxis für Ruhe" in short.text
    for wrong in ({"password": "12345678987654321"}, {"email": "nobody@"}):
        refused = await browser.submit(place, "/set-up", **(asked | {"password": PASSWORD} | wrong))
        assert refused.status == 422, wrong
        assert "Please look at the marked lines" in refused.words
    made = await browser.submit(place, "/set-up", **asked, password=PASSWORD)
    assert (made.status, made.place) == (303, "/account/recovery-sheet?first=1")
    assert 'href="/account?done=founded"' in (await browser.get(made.place)).text
    told = (await browser.get("/account?done=founded")).words
    assert "What remains" in told
    assert "QUIETLINE_RELAY_URL" in told
    assert "You can go without until" in told
    assert "Praxis für Ruhe" in (await browser.get("/inbox")).text
    assert (await browser.get(place)).status == 404
    fields = asked | {"token": token, "password": PASSWORD}
    assert (await browser.post("/set-up", fields)).status == 404


async def test_an_invitation_becomes_a_password_once(people: Cast, site: str) -> None:
    new = NewPerson(Role.CLIENT, f"ada-{people.practice.slug}", "Ada")
    token = await invite(people.office, await add_person(people.office, people.practice.id, new))
    browser = Visitor(site)
    short = await browser.submit("/invitation", "/invitation", token=token, password="short")
    assert short.status == 422
    assert token in short.text
    kept = await browser.submit("/invitation", "/invitation", token=token, password=PASSWORD)
    assert (kept.status, f"ada-{people.practice.slug}" in kept.words) == (200, True)
    assert (await browser.sign_in(people, "ada")).place == "/me"
    again = await Visitor(site).submit("/invitation", "/invitation", token=token, password="another password")
    assert again.status == 404
    assert "no longer valid" in again.words
