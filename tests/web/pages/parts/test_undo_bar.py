"""The undo bar through the real pages: without scripts on each of them; with scripts the page stays where it is."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.async_api import Browser, expect

from messaging.letters.writing import Letter, write_letter
from messaging.memory.arriving import OriginalState
from messaging.sessions.booking import book
from messaging.slips import UNDO, Undoable
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.messaging.sessions.booked import by, told, tomorrow
from tests.messaging.test_undoing import held_letter, in_offer, stands
from tests.web.browsing import sign_in
from tests.web.visitor import Answer, Visitor

STAYS = ("/inbox", "/today", "/calendar", "/screener")
"""Wherever a clinician goes meanwhile, the bar is there."""


async def settle(people: Cast, mira: Visitor) -> tuple[str, Answer]:
    held, circle = await people.enter("ruth", "ruth", Deed.WRITE)
    await write_letter(people.office, held, circle, Letter(uuid4(), "Hard days."))
    place = f"/c/{people.conversation('ruth')}"
    return place, await mira.submit(place, f"{place}/handled")


async def refuse(people: Cast, mira: Visitor) -> tuple[str, Answer]:
    name = await held_letter(people)
    return f"/screener#held-{name}", await mira.submit("/screener", f"/screener/{name}/refuse")


async def move(people: Cast, mira: Visitor) -> tuple[str, Answer]:
    session = await in_offer(people)
    at = {"day": f"{tomorrow(60):%Y-%m-%d}", "time": "11:00", "minutes": "50"}
    done = await mira.submit("/calendar", f"/calendar/sessions/{session.id}/move", **at)
    return f"/calendar?done=restored#s-{session.id}", done


async def cancel(people: Cast, mira: Visitor) -> tuple[str, Answer]:
    session = await in_offer(people)
    done = await mira.submit("/calendar", f"/calendar/sessions/{session.id}/cancel")
    return f"/calendar?done=restored#s-{session.id}", done


DEEDS = {
    Undoable.SETTLED: settle,
    Undoable.REFUSED: refuse,
    Undoable.MOVED: move,
    Undoable.CANCELLED: cancel,
}


def test_every_deed_has_its_bar_here() -> None:
    assert DEEDS.keys() == set(Undoable)


@pytest.mark.parametrize("deed", list(DEEDS), ids=str)
async def test_a_deed_is_undone_from_whatever_page_one_is_on(
    people: Cast, mira: Visitor, deed: Undoable, visitor: Callable[[], Visitor]
) -> None:
    back, done = await DEEDS[deed](people, mira)
    assert done.status == 303, done.words
    stood = await stands(people)
    shown = await mira.get(done.place.partition("#")[0])
    assert shown.text.count("data-undo") == 1
    assert f'data-left="{UNDO.seconds}"' in shown.text or re.search(r'data-left="[12]\d"', shown.text)
    for place in STAYS:
        assert (await mira.get(place)).hidden("/undo") == shown.hidden("/undo"), place
    # Somebody else at this browser sees nothing of it, and the slip is of no use to them.
    eli = visitor()
    await eli.enter(people, "eli")
    eli.cookies |= {name: value for name, value in mira.cookies.items() if name.endswith("-undo")}
    assert "data-undo" not in (await eli.get("/inbox")).text
    assert (await eli.post("/undo", shown.hidden("/undo"))).status == 404
    assert await stands(people) == stood
    undone = await mira.submit("/today", "/undo")
    assert (undone.status, undone.place) == (303, back)
    assert "data-undo" not in (await mira.get("/inbox")).text
    assert await stands(people) != stood


async def test_a_client_undoes_moving_and_calling_off(people: Cast, ruth: Visitor) -> None:
    session = await in_offer(people)
    before = await stands(people)
    mine = f"/me/sessions/{session.id}"
    free = next(one for one in before["slots"] if one.session is None)
    for deed, fields in (
        ("move", {"time": f"{free.id}/{people.conversation('ruth')}"}),
        ("cancel", {}),
    ):
        done = await ruth.submit("/me/sessions", f"{mine}/{deed}", **fields)
        assert done.status == 303, done.words
        assert "data-undo" in (await ruth.get("/me")).text
        undone = await ruth.submit("/me/sessions", "/undo")
        assert undone.place == "/me/sessions?done=restored"
        assert "your session stands as before" in (await ruth.get(undone.place)).words
        assert await stands(people) == before


async def test_three_deeds_stand_in_the_bar_the_newest_first(people: Cast, mira: Visitor) -> None:
    for _ in range(4):
        name = await held_letter(people)
        await mira.submit("/screener", f"/screener/{name}/refuse")
    shown = await mira.get("/inbox")
    assert shown.text.count("data-undo") == 3
    assert (await mira.post("/undo", shown.hidden("/undo"))).place == f"/screener#held-{name}"
    assert (await mira.get("/inbox")).text.count("data-undo") == 2
    original = await people.office.memory.mailbox.original(people.practice.id, name)
    assert original is not None
    assert original.state is OriginalState.HELD


async def test_what_cannot_be_undone_any_more_is_said(people: Cast, mira: Visitor) -> None:
    session = await in_offer(people)
    await mira.submit("/calendar", f"/calendar/sessions/{session.id}/cancel")
    fields = (await mira.get("/today")).hidden("/undo")
    await book(people.office, await by(people, "mira", "linden"), tomorrow(), 50)
    answer = await mira.post("/undo", fields)
    assert answer.status == 409
    assert "The former time is not free any more" in answer.words
    part = await mira.post("/undo", fields, HX_Request="true")
    assert (part.status, "not free any more" in part.words) == (409, True)
    assert "<html" not in part.text


async def test_leaving_takes_the_slips_along(people: Cast, mira: Visitor) -> None:
    await settle(people, mira)
    assert any(name.endswith("-undo") for name in mira.cookies)
    await mira.submit("/inbox", "/sign-out")
    assert not any(name.endswith("-undo") for name in mira.cookies)


async def test_the_key_settles_says_so_and_takes_it_back(people: Cast, site: str, browser: Browser) -> None:
    held, circle = await people.enter("ruth", "ruth", Deed.WRITE)
    await write_letter(people.office, held, circle, Letter(uuid4(), "Hard days."))
    page = await browser.new_page()
    await sign_in(page, site, people, "mira")
    await page.goto(f"{site}/c/{people.conversation('ruth')}")
    await page.locator("[data-log]").focus()
    await page.keyboard.press("e")
    bar = page.locator("#undo")
    await expect(bar).to_contain_text("Marked as needing no answer. Ruth Undo")
    await expect(bar.locator("[data-seconds]")).to_have_text(re.compile(r"^\d+ s$"))
    await expect(bar).to_have_attribute("aria-live", "polite")
    await expect(page.locator("[data-log]")).to_be_focused()
    await expect(page.locator(".waiting-bar")).to_contain_text("Nothing waits for an answer here")
    await page.keyboard.press("u")
    await expect(bar).to_contain_text("Undone: it waits for an answer as before.")
    await expect(page.locator(".waiting-bar")).to_contain_text("Needs no answer")
    await expect(page.locator("[data-log]")).to_be_focused()
    # Pressed with the pointer the button goes with what it settled: the way back is where one is led.
    await page.get_by_role("button", name="Needs no answer").click()
    await expect(bar.get_by_role("button", name="Undo")).to_be_focused()
    assert [event for event, _ in await told(people) if event] == [
        "needs_no_answer",
        "waits_again",
        "needs_no_answer",
    ]
    await page.close()
