"""Acceptance 24 and 25: undo within half a minute, plan for tomorrow, sleep on it; on the page, with scripts and without."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, expect

from messaging.letters.sending_later import pending_letters
from messaging.memory.leaving import MailState
from messaging.memory.sending_later import PendingState
from messaging.office import Office
from messaging.record.reading import entries_after
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.web.browsing import chromium, sign_in
from tests.web.visitor import Visitor
from web.pages.client.places import SENT_BEFORE
from web.timekeeping import LEASE, send_due_letters


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A Chromium of the test's own."""
    async with chromium() as opened:
        yield opened


def later(people: Cast, span: timedelta) -> Office:
    return replace(people.office, clock=lambda: people.office.clock() + span)


async def said(cast: Cast) -> list[str]:
    held, _ = await cast.enter("mira", "ruth")
    return [entry.body.text for entry in await entries_after(cast.office, held, 0)]


async def owed(cast: Cast) -> dict[str, int]:
    return await cast.office.memory.mailbox.count_mail(cast.practice.id)


async def waiting(cast: Cast) -> list[datetime | None]:
    held, _ = await cast.enter("mira", "ruth", Deed.WRITE)
    return [one.when.send_at or one.when.wake_at for one in await pending_letters(cast.office, held)]


async def test_undo_takes_the_letter_back_and_no_mail_was_ever_owed(people: Cast, mira: Visitor) -> None:
    place = f"/c/{people.conversation('ruth')}"
    sent = await mira.submit(place, f"{place}/letters", text="Too soon.", when="undo")
    assert sent.place == f"{place}#pending"
    shown = await mira.get(place)
    assert "Your letter goes in a moment" in shown.words
    (at,) = await waiting(people)
    assert at is not None
    assert timedelta(seconds=20) < at - datetime.now(UTC) <= timedelta(seconds=30)
    (undo,) = [line for line in shown.text.split('"') if line.endswith("/undo")]
    back = await mira.post(undo, {})
    assert (await mira.get(back.place.partition("#")[0])).field("text") == "Too soon."
    assert (await said(people), await owed(people), await waiting(people)) == ([], {}, [])
    assert (await mira.post(undo, {})).status == 404


async def test_a_letter_waits_for_the_morning_of_the_practice_and_stays_changeable(
    people: Cast, mira: Visitor
) -> None:
    place = f"/c/{people.conversation('ruth')}"
    await mira.submit(place, f"{place}/letters", text="Good morning.", when="morning")
    (at,) = await waiting(people)
    zone = people.practice.time_zone
    assert at is not None
    local, today = at.astimezone(ZoneInfo(zone)), datetime.now(ZoneInfo(zone)).date()
    assert (local.hour, local.minute, (local.date() - today).days) == (8, 0, 1)
    shown = await mira.get(place)
    assert "Your letter goes" in shown.words
    assert "Take it back and change it" in shown.words
    assert await said(people) == []


async def test_a_stale_page_that_sends_other_words_has_them_back_with_the_reason(
    people: Cast, mira: Visitor
) -> None:
    place = f"/c/{people.conversation('ruth')}"
    stale = (await mira.get(place)).hidden(f"{place}/letters")
    await mira.post(f"{place}/letters", stale | {"text": "Short.", "when": "undo"})
    await send_due_letters(later(people, timedelta(minutes=1)))
    again = await mira.post(f"{place}/letters", stale | {"text": "Short, and what matters.", "when": "undo"})
    assert again.status == 409
    assert SENT_BEFORE in again.words
    assert again.field("text") == "Short, and what matters."
    assert (await said(people), await waiting(people)) == (["Short."], [])
    fresh = again.hidden(f"{place}/letters") | {"text": "Short, and what matters.", "when": "undo"}
    assert (await mira.post(f"{place}/letters", fresh)).place == f"{place}#pending"
    await send_due_letters(later(people, timedelta(minutes=2)))
    assert await said(people) == ["Short.", "Short, and what matters."]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (PendingState.SUPERSEDED, "Not sent: another text of yours went from the same page before."),
        (PendingState.FAULTED, "Not sent: something went wrong here. Your letter is kept"),
    ],
)
async def test_a_letter_that_did_not_go_says_so_and_can_be_taken_back(
    people: Cast, mira: Visitor, state: PendingState, words: str
) -> None:
    place = f"/c/{people.conversation('ruth')}"
    await mira.submit(place, f"{place}/letters", text="Kept words.", when="undo")
    letters = people.office.memory.pending_letters
    (row,) = await letters.due(datetime.now(UTC) + timedelta(minutes=1), LEASE, 1)
    await letters.stop(row, state)
    assert (await mira.get("/inbox")).words.count("A letter of yours did not go.") == 1
    shown = await mira.get(place)
    assert words in shown.words
    assert ("Send now" in shown.words) is (state is PendingState.FAULTED)
    back = await mira.post(f"{place}/pending/{row.id}/undo", {})
    assert "did not go" not in (await mira.get("/inbox")).words
    assert (await mira.get(back.place.partition("#")[0])).field("text") == "Kept words."


@pytest.mark.parametrize("at", ["", "yesterday", "2020-01-01T08:00", "2031-13-01T08:00"])
async def test_a_time_that_cannot_be_is_said_above_the_text(people: Cast, mira: Visitor, at: str) -> None:
    place = f"/c/{people.conversation('ruth')}"
    again = await mira.submit(place, f"{place}/letters", text="Kept words.", when="at", at=at)
    assert again.status == 422
    assert again.field("text") == "Kept words."
    assert await waiting(people) == []


async def test_sent_now_it_is_in_the_record_and_its_mail_is_owed(people: Cast, mira: Visitor) -> None:
    place = f"/c/{people.conversation('ruth')}"
    await mira.submit(place, f"{place}/letters", text="Slept on.", when="sleep")
    shown = await mira.get(place)
    assert "You sleep on this letter until" in shown.words
    (now,) = [line for line in shown.text.split('"') if "/pending/" in line and line.endswith("/now")]
    await mira.post(now, {})
    while await waiting(people):
        await send_due_letters(people.office)
    assert await said(people) == ["Slept on."]
    assert await owed(people) == {MailState.OWED: 1}


async def test_with_scripts_the_seconds_count_and_the_letter_appears_by_itself(
    site: str, people: Cast, browser: Browser
) -> None:
    page = await browser.new_page(viewport={"width": 390, "height": 844})
    await sign_in(page, site, people, "mira")
    await page.goto(f"{site}/c/{people.conversation('ruth')}")
    await page.get_by_text("Write a letter", exact=True).click()
    await page.get_by_label("Your letter to Ruth").fill("Dear Ruth, one more thing.")
    await page.get_by_role("button", name="Send the letter").click()
    await expect(page.locator("[data-counts]")).to_have_text(re.compile(r"[0-9]+ s"))
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_label("Your letter to Ruth")).to_have_value("Dear Ruth, one more thing.")
    assert await said(people) == []
