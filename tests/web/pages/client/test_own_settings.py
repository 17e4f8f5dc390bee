"""A client's own choices: what this is called on their device, where Exit leads, whose numbers Help now has."""

import pytest

from messaging.errors import Malformed
from messaging.people import AppName, ExitPage
from messaging.practice.settings import PracticeChanges, change_practice, checked_exits
from tests.cast import Cast
from tests.web.visitor import Visitor
from web.pages.parts.rendering import environment

PLACE = "/me/settings"
WEATHER = ExitPage("The weather", "https://www.example.org/weather")


def test_every_name_there_is_has_its_word() -> None:
    assert set(environment().get_template("parts/_apps.html").module.apps) == set(AppName)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "place",
    [
        "http://www.example.org/",
        "//www.example.org/",
        "/exit",
        "javascript:alert(1)",
        "https://quietline@www.example.org/",
        "https://www.example.org:8443/",
        "https://www.example.org\\@evil.example/",
        "https://www.example.org/ evil",
        "https://localhost/",
        "https://www.example.org/\nSet-Cookie: a=b",
        'https://www.example.org/"onload=x',
        "",
    ],
)
def test_a_page_to_leave_to_is_an_https_address_and_nothing_else(place: str) -> None:
    with pytest.raises(Malformed):
        checked_exits((ExitPage("Weather", place),))


async def test_the_name_chosen_is_on_every_page_and_what_installs_it_says_nothing_of_anybody(
    ruth: Visitor,
) -> None:
    for app in AppName:
        assert (await ruth.submit(PLACE, PLACE, app=app)).place == f"{PLACE}?done=1"
        for place in ("/me", "/me/letters/write", "/account"):
            assert f"<title>{app.value.capitalize()}</title>" in (await ruth.get(place)).text
        manifest = await ruth.get(f"/app/{app}.webmanifest")
        assert manifest.text == (await Visitor(ruth.base).get(f"/app/{app}.webmanifest")).text
        begun = await Visitor(ruth.base).get(f"/?app={app}")
        assert f'href="/app/{app}.webmanifest"' in begun.text
    assert (await ruth.get("/app/diary.webmanifest")).status == 404
    assert (await ruth.submit(PLACE, PLACE, app="diary")).status == 422


async def test_exit_leads_where_the_practice_offers_and_the_client_chose(people: Cast, ruth: Visitor) -> None:
    assert 'data-exit="/exit"' in (await ruth.get("/me")).text
    await change_practice(people.office, people["nour"], PracticeChanges(exits=(WEATHER,)))
    assert f'data-exit="{WEATHER.place}"' in (await ruth.get("/me")).text, "the first of the list"
    assert (await ruth.submit(PLACE, PLACE, app="notes", exit="https://evil.example/")).status == 422
    assert (await ruth.submit(PLACE, PLACE, app="notes", exit="")).status == 303
    assert 'data-exit="/exit"' in (await ruth.get("/me")).text, "their own choice comes first"
    assert (await ruth.submit(PLACE, PLACE, app="notes", exit=WEATHER.place)).status == 303
    await change_practice(people.office, people["nour"], PracticeChanges(exits=()))
    assert 'data-exit="/exit"' in (await ruth.get("/me")).text, "a page taken off the list leads nobody"
    await change_practice(people.office, people["nour"], PracticeChanges(exits=(WEATHER,)))
    out = await ruth.submit("/me", "/sign-out")
    assert f'http-equiv="refresh" content="0; url={WEATHER.place}"' in out.text, "also without scripts"
    assert out.headers["clear-site-data"] == '"cache"'
    assert "quietline" not in ruth.cookies


async def test_help_now_has_the_numbers_of_the_country_one_said(ruth: Visitor) -> None:
    assert (await ruth.submit(PLACE, PLACE, app="notes", country="IE")).status == 303
    assert "50808" in (await ruth.get("/help-now")).text.partition("data-countries data-said")[0]
    assert (await ruth.submit(PLACE, PLACE, app="notes", country="XX")).status == 422


async def test_an_administrator_names_the_pages(people: Cast, nour: Visitor) -> None:
    place = "/admin/rules"
    kept = await nour.submit(place, f"{place}/exits", exits=f"The weather {WEATHER.place}\n\n")
    assert kept.place == f"{place}?done=exits"
    practice = await people.office.memory.people.practice(people.practice.id)
    assert practice is not None
    assert practice.exits == (WEATHER,)
    assert f"The weather {WEATHER.place}" in (await nour.get(place)).text
    wrong = await nour.submit(place, f"{place}/exits", exits="Evil http://evil.example/")
    assert (wrong.status, "Evil http://evil.example/" in wrong.text) == (422, True)


async def test_the_language_is_chosen_here_and_said_at_once(ruth: Visitor) -> None:
    assert 'href="/me/settings#language"' in (await ruth.get("/me/mail")).text
    assert (await ruth.submit(PLACE, "/me/language", language="de")).place == f"{PLACE}?done=language"
    shown = (await ruth.get(f"{PLACE}?done=language")).text
    assert "<h1>Einstellungen</h1>" in shown
    assert '<option value="de" lang="de" selected>' in shown
