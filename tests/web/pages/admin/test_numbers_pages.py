"""The pages of a practice in figures: for who administers alone, and as a table that hides what the page hides."""

from tests.cast import Cast
from tests.web.visitor import Visitor


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
