"""The acceptance list, live, its second part: reading above, eight tabs, the clock, the end, late words, the keyboard."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Page, expect

from messaging.record.posting import say
from messaging.record.reading import entries_after
from messaging.sessions.holding import end_session
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.web.browser.live_room import (
    PHONE,
    bubbles,
    client_in_room,
    connected,
    live,
    speak,
    texts,
    therapist_in_room,
    write,
)
from tests.web.browser.test_acceptance_live import Net
from web.state import House

ENDED = "One more thing: the clock over the stove."


async def say_as_ruth(people: Cast, text: str) -> None:
    """From somewhere else."""
    held, _ = await people.enter("ruth", "ruth", Deed.SAY)
    await say(people.office, held, people.office.new_id(), text)


async def end(people: Cast) -> None:
    """By Dr Mira."""
    held, circle = await people.enter("mira", "ruth", Deed.HOLD_SESSION)
    assert circle.conversation.live is not None
    await end_session(people.office, held, circle.conversation.live)


async def letters(people: Cast) -> list[str]:
    """Every letter of the record."""
    held, _ = await people.enter("mira", "ruth")
    return [one.body.text for one in await entries_after(people.office, held, 0) if one.is_letter]


async def test_7_who_reads_above_is_not_moved_and_is_told_what_is_new_below(
    site: str, people: Cast, browser: Browser
) -> None:
    await live(people)
    mira = await therapist_in_room(browser, site, people)
    for number in range(25):
        await say_as_ruth(people, f"line {number}")
    await expect(bubbles(mira)).to_have_count(25)
    await expect(bubbles(mira).last).to_be_in_viewport()
    log = mira.locator("[data-log]")
    await log.evaluate("log => log.scrollTop = 40")
    await say_as_ruth(people, "further down")
    below = mira.get_by_role("button", name="1 new below")
    await expect(below).to_be_visible()
    assert await log.evaluate("log => log.scrollTop") == 40
    await below.click()
    await expect(bubbles(mira, "further down")).to_be_in_viewport()
    await expect(below).to_be_hidden()


async def test_8_eight_tabs_are_all_live_over_one_stream(
    site: str, people: Cast, browser: Browser, built: House
) -> None:
    await live(people)
    tabs = [await therapist_in_room(browser, site, people)]
    sockets: list[str] = []
    tabs[0].context.on("page", lambda page: page.on("websocket", lambda socket: sockets.append(socket.url)))
    for _ in range(7):
        tab = await tabs[0].context.new_page()
        await tab.goto(tabs[0].url)
        await connected(tab)
        tabs.append(tab)
    await say_as_ruth(people, "to all eight")
    for tab in tabs:
        await expect(texts(tab)).to_have_text(["to all eight"])
    assert sockets == []
    assert [connection.person for connection in built.hub.connections] == [people["mira"].id]


@pytest.mark.parametrize("minutes", [10, 5])
async def test_9_both_see_the_same_quiet_notice_and_clocks_that_agree_though_one_machines_is_wrong(
    site: str, people: Cast, browser: Browser, minutes: int
) -> None:
    await live(people, left=timedelta(minutes=minutes, seconds=20))
    wrong = await browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    await wrong.clock.install(time=datetime.now(UTC) + timedelta(hours=3))
    ruth = await client_in_room(browser, site, people, context=wrong)
    right = await browser.new_context(viewport={"width": 1280, "height": 820})
    await right.clock.install()
    mira = await therapist_in_room(browser, site, people, context=right)
    for page in (ruth, mira):
        await page.clock.fast_forward(20_000)
        await expect(page.get_by_text(f"{minutes} minutes left")).to_be_visible()
    left = [await seconds_left(page) for page in (ruth, mira)]
    assert abs(left[0] - left[1]) < 2
    assert minutes * 60 - 30 < left[1] <= minutes * 60
    # What one takes along is offered from ten minutes on.
    await expect(ruth.get_by_text("What I take with me", exact=True)).to_be_visible()


async def seconds_left(page: Page) -> int:
    """What the clock shows."""
    shown = await page.locator("[data-digits]").text_content() or ""
    minutes, seconds = shown.split(":")
    return int(minutes) * 60 + int(seconds)


async def test_10_after_the_end_the_field_writes_a_letter_and_says_until_when_it_is_answered(
    site: str, people: Cast, browser: Browser
) -> None:
    await live(people)
    ruth = await client_in_room(browser, site, people)
    await speak(ruth, "in time")
    await ruth.evaluate("window.untouched = true")
    await ruth.locator("#words-field").fill(ENDED)
    await end(people)
    await expect(ruth.locator("[data-ended]")).to_contain_text(
        re.compile(r"becomes a letter, answered by .+ 18:00")
    )
    await expect(ruth.get_by_role("button", name="Send", exact=True)).to_be_hidden()
    await expect(ruth.locator("#words-field")).to_have_value(ENDED)
    assert await ruth.evaluate("window.untouched")
    await ruth.locator("[data-composer]").get_by_role("button", name="Send as a letter").click()
    await expect(ruth.get_by_text("safely here")).to_be_visible()
    assert await letters(people) == [ENDED]


@pytest.fixture
async def late(site: str, people: Cast, browser: Browser) -> Page:
    """Ruth wrote two messages without a net; when it is back, the session is over."""
    await live(people)
    context = await browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    net = await Net.of(context)
    ruth = await client_in_room(browser, site, people, context=context)
    await net.cut()
    await write(ruth, "one, too late")
    await write(ruth, "two, too late")
    await end(people)
    await net.mend()
    return ruth


async def test_11_words_for_a_session_that_has_ended_are_asked_about_and_not_sent_by_themselves(
    late: Page, people: Cast
) -> None:
    asked = late.get_by_role("alert").filter(has_text="Session ended at")
    await expect(asked.get_by_text("2 messages were not sent.")).to_be_visible()
    await expect(asked.get_by_text("One message was not sent.")).to_be_hidden()
    said = await asked.locator("[data-ended-at]").text_content()
    now = people.office.clock().astimezone(ZoneInfo("Europe/Vienna"))
    assert said in {f"{now - timedelta(minutes=ago):%H:%M}" for ago in (0, 1)}
    assert await letters(people) == []
    await asked.get_by_role("button", name="Send as a letter").click()
    await expect(asked).to_be_hidden()
    await expect(late.locator("article.letter")).to_contain_text("one, too late")
    await expect(bubbles(late)).to_have_count(0)
    assert await letters(people) == ["one, too late\n\ntwo, too late"]


async def test_11_late_words_can_be_kept_in_the_field_and_are_there_after_a_reload(
    late: Page, people: Cast
) -> None:
    await late.get_by_role("button", name="Keep in the field").click()
    both = "one, too late\n\ntwo, too late"
    await expect(late.locator("#words-field")).to_have_value(both)
    await expect(late.locator("[data-kept]")).to_contain_text("saved")
    await late.goto(late.url.replace(f"/me/session/{people.conversation('ruth')}", "/me/letters/write"))
    await expect(late.get_by_label("Your letter")).to_have_value(both)
    assert await letters(people) == []


async def test_11_late_words_can_be_thrown_away(late: Page, people: Cast) -> None:
    await late.get_by_role("button", name="Discard").click()
    await expect(bubbles(late)).to_have_count(0)
    await expect(late.get_by_role("alert").filter(has_text="Session ended at")).to_be_hidden()
    await late.goto(late.url.replace(f"/me/session/{people.conversation('ruth')}", "/me/letters/write"))
    await expect(late.get_by_label("Your letter")).to_have_value("")
    assert await letters(people) == []


async def test_14_on_a_phone_enter_is_a_new_line_and_only_the_button_sends(
    site: str, people: Cast, browser: Browser
) -> None:
    await live(people)
    ruth = await client_in_room(browser, site, people)
    field = ruth.locator("#words-field")
    await field.tap()
    await field.press_sequentially("one")
    await field.press("Enter")
    await field.press_sequentially("two")
    await expect(field).to_have_value("one\ntwo")
    await expect(bubbles(ruth)).to_have_count(0)
    await ruth.get_by_role("button", name="Send", exact=True).tap()
    await expect(texts(ruth)).to_have_text(["one\ntwo"])


async def test_14_enter_that_ends_a_composition_does_not_send(
    site: str, people: Cast, browser: Browser
) -> None:
    """Even with the key that sends: it belongs to the input method while one composes."""
    await live(people)
    mira = await therapist_in_room(browser, site, people)
    field = mira.locator("#words-field")
    await field.focus()
    devtools = await mira.context.new_cdp_session(mira)
    await devtools.send("Input.imeSetComposition", {"text": "にほん", "selectionStart": 3, "selectionEnd": 3})
    for composing in ({"isComposing": True}, {"keyCode": 229}):
        await field.dispatch_event("keydown", {"key": "Enter", "ctrlKey": True, "bubbles": True, **composing})
    await expect(bubbles(mira)).to_have_count(0)
    await devtools.send("Input.insertText", {"text": "日本"})
    await field.press("Control+Enter")
    await expect(texts(mira)).to_have_text(["日本"])
