"""The pages of a practice in figures: for who administers alone, and as a table that hides what the page hides."""

import pytest

from tests.cast import Cast
from tests.web.visitor import Visitor
from web.pages.admin import overview
from web.pages.admin.overview import fits


async def test_the_numbers_of_a_small_practice_hide_what_would_tell_of_a_few(
    people: Cast, nour: Visitor
) -> None:
    shown = await nour.get("/admin/numbers")
    assert "The last twelve months" in shown.words
    assert 'href="/admin/numbers"' in (await nour.get("/admin")).text
    table = (await nour.get("/admin/numbers.csv")).text
    assert table.count("\r\n") == 13
    assert table.startswith('\ufeff"month","letters","in_time"')


async def test_all_mail_is_tried_by_one_press_and_the_trail_says_so(people: Cast, nour: Visitor) -> None:
    place = "/admin/mail"
    assert "Whether mail goes out" in (await nour.get(place)).words
    hidden = {"key": "7f0c2b9e-3c55-4d0e-9a2f-0d1c5f6e7a88"}
    assert (await nour.post(f"{place}/flush", hidden)).place == f"{place}?done=flushed"
    assert "had all mail that waited tried at once" in (await nour.get("/admin/trail")).words


@pytest.mark.parametrize(
    ("name", "asked", "fitting"),
    [
        ("Zoë Müller", "mull zoe", True),
        ("Zoë Müller", "ZOË", True),
        ("Zoë Müller", "", True),
        ("Zoë Müller", "zoe m x", False),
        ("يوسف", "يوس", True),
    ],
)
def test_a_name_is_found_by_pieces_without_accents(name: str, asked: str, fitting: bool) -> None:
    assert fits(name, asked) is fitting


async def test_a_name_is_found_without_scripts_and_stands_in_no_address(
    people: Cast, nour: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overview, "ROWS", 2)
    first, second = await nour.get("/admin"), await nour.get("/admin?page=2")
    assert 'href="/admin?page=2"' in first.text
    assert "data-here" not in first.text
    assert first.text.count("<tr data-person>") == second.text.count("<tr data-person>") == 2
    found = await nour.post("/admin/find", {"q": "RUT"})
    assert (found.status, found.text.count("<tr data-person>")) == (200, 1)
    assert ">Ruth<" in found.text
    assert "Nobody of that name is here." in (await nour.post("/admin/find", {"q": "nobody"})).words
