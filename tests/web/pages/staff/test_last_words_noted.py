"""Every place that shows the last words of a conversation says so in the trail."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.cast import Cast
from tests.messaging.trail.test_previews import letter, previews
from tests.web.pages.staff.test_flow import set_row
from tests.web.visitor import Visitor


@pytest.mark.parametrize(
    "place", ["/inbox", "/today", "/inbox/rows", "/api/v1/inbox", "/api/v1/conversations"]
)
async def test_every_place_that_shows_last_words_notes_them(
    people: Cast, visitor: Callable[[], Visitor], place: str
) -> None:
    await letter(people, "ruth", "ruth")
    if place == "/today":  # what is promised for another day is not shown there
        await set_row(people, "ruth", waiting_since=people.office.clock() - timedelta(days=9))
    browser = visitor()
    await browser.enter(people, "mira")
    assert (await browser.get(place)).status == 200
    assert (people["mira"].id, people.conversation("ruth")) in await previews(people)
