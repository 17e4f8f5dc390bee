"""Wren, whose own name is sealed: nobody reads it, and what a practice does to open it can be tried in the demonstration."""

from uuid import uuid4

import pytest

from messaging.messages import EventName
from tests.conftest import TestDatabase
from tests.web.demo.demonstrations import Playing, pages, playing
from web.demo import founding
from web.demo.due import TESS
from web.demo.people import CHARACTERS, FILES, LATER, PASSWORD

pytestmark = pytest.mark.xdist_group("demo")


async def test_one_that_the_first_release_founded_takes_in_who_came_later(
    ground: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    slug = f"demo-{uuid4().hex}"
    with monkeypatch.context() as before:
        before.setattr(founding, "CHARACTERS", [one for one in CHARACTERS if one.username not in LATER])
        before.setattr(founding, "FILES", [one for one in FILES if one.name not in LATER])
        before.setattr("web.demo.history.APART", TESS)
        async with playing(ground, slug) as made:
            assert "Wren" not in await made.lines()
    for _ in "ab":
        async with playing(ground, slug) as again:
            assert "Wren" in await again.lines()
            assert len(again.stage.people) == len(CHARACTERS)


async def test_wrens_own_name_stands_on_no_page_until_it_is_opened(fresh: Playing) -> None:
    own = next(one.sealed for one in CHARACTERS if one.username == "wren")
    wren = fresh.stage.people["wren"].id
    async with pages(fresh) as site:
        mira, nour, herself = [await fresh.browser(site, who) for who in ("mira", "nour", "wren")]
        place, administered = f"/clients/{wren}", f"/admin/people/{wren}"
        for browser, page in (
            *((mira, page) for page in ("/inbox", place, f"/c/{fresh.stage.files['wren']}")),
            *((nour, page) for page in ("/admin", administered)),
            *((herself, page) for page in ("/me", "/me/letters", "/account")),
        ):
            shown = await browser.get(page)
            assert shown.status == 200
            assert own not in shown.words, page
        for browser in (mira, nour):
            await browser.submit(
                "/account/again?do=identity", "/account/again", do="identity", password=PASSWORD
            )
        await mira.submit(place, f"{place}/identity", reason="To see how it is.")
        await nour.submit(administered, f"{administered}/identity/yes")
        assert own in (await mira.submit(place, f"{place}/identity/open")).words
    assert (await fresh.record("wren"))[-1].body.event is EventName.IDENTITY_OPENED
