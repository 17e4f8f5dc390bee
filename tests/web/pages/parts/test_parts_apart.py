"""A part of a page that fails is named in its place, and the rest of the page stands."""

import logging
import re
from dataclasses import replace
from inspect import iscoroutinefunction
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from messaging.letters.writing import Letter, write_letter
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.web.hostile import Door
from web.pages.client import home, letter_writing
from web.pages.parts import drafting, entries, showing
from web.pages.staff import conversation, inbox

PARTS_MAY_FAIL = True
SECRET = "the kitchen, and the clock over the stove"
PARTS: dict[str, tuple[Any, str, str]] = {
    "file": (conversation, "file_of", "/c/{}"),
    "check_ins": (conversation, "check_ins_for", "/c/{}"),
    "pending": (conversation, "waiting_here", "/c/{}"),
    "to_answer": (conversation, "open_paragraphs", "/c/{}"),
    "draft": (drafting, "drafts_of", "/c/{}"),
    "unsent": (inbox, "standing", "/c/{}"),
    "row": (showing, "_row", "/c/{}"),
    "session": (home, "_next_session", "/me"),
    "answers": (letter_writing, "_answered", "/me/letters/write"),
}
"""The parts of composite pages, by what makes each, and a page it stands on."""


def broken(*_: object, **__: object) -> object:
    raise RuntimeError(SECRET)


async def broken_later(*_: object, **__: object) -> object:
    return broken()


def a_name_that_is_none() -> Any:
    return None


@pytest.fixture
async def door(cast: Cast) -> Door:
    for who in ("ruth", "mira"):
        held, circle = await cast.enter(who, "ruth", Deed.WRITE)
        await write_letter(cast.office, held, circle, Letter(uuid4(), f"Words of {who}."))
    return Door(cast.house)


async def page(door: Door, cast: Cast, who: str, path: str) -> str:
    token = {"authorization": f"Bearer {await cast.token(who)}"}
    reply = await door.ask("GET", path, b"", token)
    assert (reply.status, reply.fault) == (200, "")
    return reply.text


@pytest.mark.parametrize("part", PARTS)
async def test_a_part_that_cannot_be_made_is_named_and_the_words_stand(
    cast: Cast, door: Door, part: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    module, name, path = PARTS[part]
    place, who = path.format(cast.conversation("ruth")), "ruth" if path.startswith("/me") else "mira"
    assert "data-part-failed" not in await page(door, cast, who, place)
    later = iscoroutinefunction(getattr(module, name))
    monkeypatch.setattr(module, name, broken_later if later else broken)
    shown = await page(door, cast, who, place)
    assert set(re.findall(r'data-part-failed="(\w+)"', shown)) == {part}
    assert who == "ruth" or "Words of ruth." in shown
    assert SECRET not in shown
    (line, *_) = caplog.records
    assert (line.levelno, line.__dict__["part"], line.exc_info and line.exc_info[0]) == (
        logging.ERROR,
        part,
        RuntimeError,
    )
    assert SECRET not in line.getMessage()


async def test_an_entry_that_cannot_be_shown_says_so_between_its_neighbours(
    cast: Cast, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    fine = entries.letter

    def first_fails(one: Any, *rest: Any) -> Any:
        return broken() if one.number == 1 else fine(one, *rest)

    monkeypatch.setattr(entries, "letter", first_fails)
    for who, path in (("mira", f"/c/{cast.conversation('ruth')}"), ("ruth", "/me/letters")):
        shown = await page(door, cast, who, path)
        assert len(re.findall(r'data-part-failed="(?:entry|letter)"', shown)) == 1
        assert "Words of mira." in shown
        assert "It is kept." in shown


async def test_what_a_template_cannot_show_is_named_too(
    cast: Cast, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    fine, unknown = showing._row, a_name_that_is_none()
    monkeypatch.setattr(showing, "_row", lambda *given: replace(fine(*given), name=unknown))
    shown = await page(door, cast, "mira", "/inbox")
    assert shown.count('data-part-failed="row"') == shown.count('<li class="row') > 2
    assert f'href="/c/{cast.conversation("linden")}"' in shown


async def test_a_person_whose_name_does_not_open_takes_nobody_along(cast: Cast, door: Door) -> None:
    async with cast.house.office.memory.people._database.within(cast.practice.id) as connection:  # type: ignore[attr-defined]
        await connection.execute(
            text("update people set sealed = sealed || '\\x00'::bytea where id = :id"),
            {"id": cast["linden"].id},
        )
    shown = await page(door, cast, "mira", "/inbox")
    assert "A name that could not be opened" in shown
    assert "Ruth" in shown
    assert "A name that could not be opened" in await page(door, cast, "nour", "/admin")
    # What does not open for its owner is never shown as something else: their wishes would be kept with it.
    token = {"authorization": f"Bearer {await cast.token('linden')}"}
    assert (await door.ask("GET", "/me", b"", token)).status == 500
