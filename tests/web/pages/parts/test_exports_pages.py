"""Records as files, on pages without scripts: asked for with the password of a moment ago, made by the jobs, downloaded."""

import asyncio
import io
import re
from collections.abc import AsyncIterator, Callable
from uuid import uuid4
from zipfile import ZipFile

import pytest

from messaging.letters.writing import Letter, write_letter
from messaging.trust.access import Deed
from tests.cast import PASSWORD, Cast
from tests.web.visitor import Answer, Visitor
from web.exporting.in_the_background import making_exports
from web.state import House

OWN = "/me/copy"
DEADLINE = 30.0
"""Seconds for a record of a few letters: far more than it takes, for a busy machine."""


@pytest.fixture(autouse=True)
async def jobs(built: House) -> AsyncIterator[None]:
    """The house makes what is asked for."""
    async with making_exports(built):
        yield


async def a_letter(people: Cast, who: str, text: str) -> None:
    held, circle = await people.enter(who, "ruth", Deed.WRITE)
    await write_letter(people.office, held, circle, Letter(uuid4(), text))


async def said_again(browser: Visitor, page: str, to: str) -> Answer:
    """From the page to where they say their password, and back."""
    shown = await browser.get(page)
    assert f'action="{page}"' not in shown.text
    again = re.search(r'href="(/account/again\?do=[^"]+)"', shown.text)
    assert again is not None
    back = await browser.submit(again[1], "/account/again", password=PASSWORD)
    assert (back.status, back.place) == (303, to)
    return await browser.get(to)


async def made(browser: Visitor, page: str, form: str) -> Answer:
    """Asked for, and looked at again until it is there."""
    assert (await browser.submit(page, page, form=form)).place == page
    async with asyncio.timeout(DEADLINE):
        while "Look again" in (shown := await browser.get(page)).text:  # bound: until the jobs have made it
            pass
    return shown


def link(shown: Answer) -> str:
    found = re.search(r'href="([^"]+/file)"', shown.text)
    assert found is not None, shown.words
    return found[1]


async def test_a_client_takes_their_copy_along(people: Cast, visitor: Callable[[], Visitor]) -> None:
    await a_letter(people, "ruth", "words-of-ruth")
    ruth = visitor()
    await ruth.enter(people, "ruth")
    assert f'href="{OWN}"' in (await ruth.get("/me/settings")).text
    await said_again(ruth, OWN, OWN)
    shown = await made(ruth, OWN, "html")
    assert "A page to read, with its files (zip)" in shown.words
    file = await ruth.get(link(shown))
    assert file.status == 200
    assert "attachment" in file.headers["content-disposition"]
    assert "ruth" not in file.headers["content-disposition"].lower(), "a list of downloads names nobody"
    with ZipFile(io.BytesIO(file.raw)) as packed:
        assert "words-of-ruth" in packed.read("index.html").decode()
    part = await ruth.get(link(shown), Range="bytes=10-19", If_Range=file.headers["etag"])
    assert (part.status, part.raw) == (206, file.raw[10:20])


async def test_who_cares_takes_the_whole_along_and_the_client_sees_that_they_opened_it(
    people: Cast, visitor: Callable[[], Visitor]
) -> None:
    await a_letter(people, "ruth", "words-for-mira")
    place = f"/c/{people.conversation('ruth')}/record"
    mira, ruth = visitor(), visitor()
    await mira.enter(people, "mira")
    await ruth.enter(people, "ruth")
    assert f'href="{place}"' in (await mira.get(f"/c/{people.conversation('ruth')}")).text
    await said_again(mira, place, place)
    file = await mira.get(link(await made(mira, place, "json")))
    assert "words-for-mira" in file.text
    assert '"whole": true' in file.text
    assert "Dr Mira</bdi>" in (await ruth.get("/me/readers")).text
    for other in ("eli", "nour", "ruth"):
        browser = visitor()
        await browser.enter(people, other)
        assert (await browser.get(place)).status == 404
        assert (await browser.get(f"{place}/{uuid4()}/file")).status == 404


@pytest.mark.parametrize(("who", "place"), [("ruth", OWN), ("mira", "/c/{ruth}/record")])
async def test_an_open_screen_is_not_enough(
    people: Cast, visitor: Callable[[], Visitor], who: str, place: str
) -> None:
    place = place.replace("{ruth}", str(people.conversation("ruth")))
    first, second = visitor(), visitor()
    await first.enter(people, who)
    await second.enter(people, who)  # the same person, at a screen where the password was not said
    await said_again(first, place, place)
    shown = await made(first, place, "json")
    fields = {"key": str(uuid4()), "form": "json", "conversation": str(people.conversation("ruth"))}
    for answer in (await second.post(place, fields), await second.get(link(shown))):
        assert answer.status == 303
        assert answer.place.startswith("/account/again?do=")
    wrong = await first.post(place, fields | {"form": "none"})
    assert wrong.status == 422
    assert "Please choose what the file is for." in wrong.words


async def test_a_shared_device_is_warned_of(people: Cast, visitor: Callable[[], Visitor]) -> None:
    ruth = visitor()
    await ruth.sign_in(people, "ruth", own="")
    assert "Others use this device too" in (await ruth.get(OWN)).words
    own = visitor()
    await own.sign_in(people, "ruth")
    assert "Others use this device too" not in (await own.get(OWN)).words
