"""Everything in one file, on a page without scripts: asked for by the password of a moment ago, fetched, told to clients."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from uuid import uuid4

import pytest

from tests.cast import PASSWORD, Cast
from tests.web.visitor import Visitor
from web.exporting.in_the_background import making_exports
from web.state import House

PLACE = "/admin/archive"
DEADLINE = 30.0
"""Seconds for four empty records: far more than it takes, for a busy machine."""


@pytest.fixture(autouse=True)
async def jobs(built: House) -> AsyncIterator[None]:
    """The house makes what is asked for."""
    async with making_exports(built):
        yield


async def test_an_administrator_takes_the_locked_file_along_and_clients_see_it(
    people: Cast, visitor: Callable[[], Visitor]
) -> None:
    nour, ruth = visitor(), visitor()
    await nour.enter(people, "nour")
    await ruth.enter(people, "ruth")
    assert f'href="{PLACE}"' in (await nour.get("/admin/practice")).text
    shown = await nour.get(PLACE)
    assert "The file is locked." in shown.words
    assert f'action="{PLACE}"' not in shown.text
    refused = await nour.post(PLACE, {"key": str(uuid4()), "form": "json"})
    assert (refused.status, refused.place) == (303, "/account/again?do=archive")
    back = await nour.submit("/account/again?do=archive", "/account/again", password=PASSWORD)
    assert (back.status, back.place) == (303, PLACE)
    wrong = await nour.post(PLACE, {"key": str(uuid4()), "form": "none"})
    assert (wrong.status, "Please choose what the file is for." in wrong.words) == (422, True)
    assert (await nour.submit(PLACE, PLACE, form="json")).place == PLACE
    async with asyncio.timeout(DEADLINE):
        while "Look again" in (shown := await nour.get(PLACE)).text:  # bound: until the jobs have made it
            pass
    link = re.search(r'href="([^"]+/file)"', shown.text)
    assert link is not None, shown.words
    file = await nour.get(link[1])
    assert (file.status, file.headers["content-type"]) == (200, "application/octet-stream")
    assert re.search(r'filename="?practice-[\d-]+\.locked', file.headers["content-disposition"])
    assert file.raw.startswith(b"quietline archive 1\n")
    told = (await ruth.get("/me/readers")).words
    assert "Nour" in told
    assert "put into a locked file of the whole practice" in told


@pytest.mark.parametrize("who", ["ruth", "mira"])
async def test_it_is_nobody_elses(people: Cast, visitor: Callable[[], Visitor], who: str) -> None:
    browser = visitor()
    await browser.enter(people, who)
    for path in (PLACE, f"{PLACE}/{uuid4()}/file", "/account/again?do=archive"):
        assert (await browser.get(path)).status == 404
    assert (await browser.post(PLACE, {"key": str(uuid4()), "form": "json"})).status == 404
