"""The session as a frame, on the page: corrections, taps instead of words, who is gone, the closing step, hard text."""

import re
from datetime import timedelta
from itertools import pairwise

from playwright.async_api import Browser, Page, expect

from messaging.messages import EventName
from messaging.record.posting import say
from messaging.record.reading import entries_after
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.web.browser.live_room import bubbles, client_in_room, live, speak, texts, therapist_in_room
from web.pages.parts.rendering import environment

RIGHT_TO_LEFT = "\u202eI said it backwards"
ZERO_WIDTH = "\u200b\u200d\u2060\ufeff" * 4000
STACKED = "e" + "\u0301" * 3000
UNBROKEN = "x" * 16_000


async def both(browser: Browser, site: str, people: Cast) -> tuple[Page, Page]:
    """Ruth and Dr Mira in session."""
    await live(people)
    ruth = await client_in_room(browser, site, people)
    return ruth, await therapist_in_room(browser, site, people)


async def say_as_ruth(people: Cast, text: str) -> None:
    """From somewhere else."""
    held, _ = await people.enter("ruth", "ruth", Deed.SAY)
    await say(people.office, held, people.office.new_id(), text)


async def test_own_words_are_corrected_by_keyboard_with_a_mark_and_a_fresh_page_shows_the_same(
    site: str, people: Cast, browser: Browser
) -> None:
    ruth, mira = await both(browser, site, people)
    await speak(mira, "Where woud you like to begin?")
    await mira.locator("#words-field").fill("half a sentence")
    await mira.get_by_role("button", name="correct", exact=True).focus()
    await mira.keyboard.press("Enter")
    field = mira.get_by_label("Your message, in better words")
    await expect(field).to_be_focused()
    await expect(field).to_have_value("Where woud you like to begin?")
    await field.fill("Where would you like to begin?")
    await mira.keyboard.press("Control+Enter")
    for page in (mira, ruth):
        await expect(texts(page)).to_have_text(["Where would you like to begin?"])
        await expect(bubbles(page).get_by_text("edited")).to_be_visible()
    await expect(mira.locator("#words-field")).to_have_value("half a sentence")
    await expect(bubbles(ruth).get_by_role("button", name="correct", exact=True)).to_be_hidden()
    lines = await mira.locator("[data-list] > li").count()
    await mira.reload()
    await expect(mira.locator("[data-list] > li")).to_have_count(lines)
    await expect(texts(mira)).to_have_text(["Where would you like to begin?"])
    await expect(bubbles(mira).get_by_text("edited")).to_be_visible()


async def test_escape_leaves_a_correction_and_the_words_stand(
    site: str, people: Cast, browser: Browser
) -> None:
    await live(people)
    mira = await therapist_in_room(browser, site, people)
    await speak(mira, "as it was")
    await mira.get_by_role("button", name="correct", exact=True).click()
    await mira.get_by_label("Your message, in better words").fill("something else")
    await mira.keyboard.press("Escape")
    await expect(mira.get_by_label("Your message, in better words")).to_have_count(0)
    await expect(mira.locator("#words-field")).to_be_focused()
    await expect(texts(mira)).to_have_text(["as it was"])


async def test_own_words_are_taken_back_by_touch_and_only_a_mark_stays(
    site: str, people: Cast, browser: Browser
) -> None:
    ruth, mira = await both(browser, site, people)
    await speak(ruth, "I did not mean to say this")
    await expect(texts(mira)).to_have_text(["I did not mean to say this"])
    await ruth.get_by_role("button", name="take back").tap()
    await ruth.get_by_role("button", name="Take it back").tap()
    for page in (ruth, mira):
        await expect(texts(page)).to_have_text(["taken back"])
        await page.reload()
        await expect(texts(page)).to_have_text(["taken back"])
        assert "I did not mean" not in await page.content()


async def test_after_two_minutes_nothing_is_offered_and_what_was_begun_is_refused_in_words(
    site: str, people: Cast, browser: Browser
) -> None:
    await live(people)
    context = await browser.new_context()
    await context.clock.install()
    mira = await therapist_in_room(browser, site, people, context=context)
    await speak(mira, "it stands")
    correct = mira.get_by_role("button", name="correct", exact=True)
    await expect(correct).to_be_visible()
    for _ in range(5):  # the page may set its own alarm a moment after the button is there
        await context.clock.fast_forward("02:10")
        if await correct.is_hidden():
            break
    await expect(correct).to_be_hidden()


async def test_one_tap_says_what_a_silence_means(site: str, people: Cast, browser: Browser) -> None:
    ruth, mira = await both(browser, site, people)
    await expect(mira.locator("[data-presence].here")).to_be_visible()
    for word, seen in (
        ("reading", "Dr Mira is reading"),
        ("thinking", "Dr Mira is thinking"),
        ("take your time", "Dr Mira says: take your time"),
    ):
        await mira.get_by_role("button", name=word).click()
        await expect(ruth.locator("[data-typing]")).to_have_text(seen)
        await expect(ruth.get_by_role("log")).to_contain_text(seen)
        await expect(mira.locator("[data-gestures] [data-told]")).to_have_text("Shown")
    await speak(mira, "I am with you.")
    await expect(ruth.locator("[data-typing]")).to_be_hidden()


async def test_who_is_gone_is_named_with_the_time_and_plan_b(
    site: str, people: Cast, browser: Browser
) -> None:
    ruth, mira = await both(browser, site, people)
    await expect(mira.locator("[data-presence].here")).to_be_visible()
    await ruth.close()
    gone = mira.locator("[data-gone]")
    await expect(gone).to_contain_text(
        re.compile(r"Ruth has had no connection since \d\d:\d\d\."), timeout=15_000
    )
    await expect(gone.get_by_text("Plan B at")).to_be_visible()
    back = await client_in_room(browser, site, people)
    await expect(gone).to_be_hidden()
    await back.close()


async def test_plan_b_is_due_when_its_time_has_come(site: str, people: Cast, browser: Browser) -> None:
    await live(people)
    context = await browser.new_context()
    await context.clock.install()
    mira = await therapist_in_room(browser, site, people, context=context)
    ruth = await client_in_room(browser, site, people)
    await expect(mira.locator("[data-presence].here")).to_be_visible()
    await ruth.close()
    await expect(mira.locator("[data-gone]")).to_be_visible(timeout=15_000)
    await context.set_offline(True)  # no pong puts the clock right meanwhile
    await context.clock.fast_forward("05:05")
    await expect(mira.get_by_text("It is time for plan B.")).to_be_visible()


async def test_the_clinician_gives_five_more_minutes_and_both_see_it(
    site: str, people: Cast, browser: Browser
) -> None:
    await live(people, left=timedelta(minutes=12))
    ruth = await client_in_room(browser, site, people)
    mira = await therapist_in_room(browser, site, people)
    await expect(ruth.locator("[data-digits]")).to_have_text(re.compile(r"^1[12]:"))
    await mira.get_by_role("button", name="5 more minutes").click()
    for page in (ruth, mira):
        await expect(page.locator("[data-digits]")).to_have_text(re.compile(r"^1[67]:"))
        await expect(page.get_by_text("The session goes on for 5 minutes more")).to_be_visible()


async def test_what_each_side_takes_along_is_kept_and_stands_in_the_record(
    site: str, people: Cast, browser: Browser
) -> None:
    await live(people, left=timedelta(minutes=9))
    ruth = await client_in_room(browser, site, people)
    mira = await therapist_in_room(browser, site, people)
    await ruth.get_by_text("What I take with me", exact=True).click()
    await ruth.get_by_label("What I take with me from this session").fill("the edge of the table")
    await ruth.get_by_role("button", name="Keep it with the session").click()
    await expect(ruth.get_by_text(re.compile(r"^Kept \d\d:\d\d"))).to_be_visible()
    await expect(mira.locator("blockquote.taken")).to_have_text("the edge of the table")
    await mira.get_by_text("Closing", exact=True).click()
    await mira.get_by_label("In a few words").fill("We stayed with the kitchen.")
    await mira.get_by_label("Until next time").fill("Three lines about the clock.")
    await mira.get_by_label("Next appointment").fill("2027-07-01T18:00")
    await mira.get_by_role("button", name="Keep it with the session").click()
    expected = "We stayed with the kitchen.\n\nUntil next time: Three lines about the clock.\n\nNext: Thu 1 Jul 2027, 18:00"
    await expect(ruth.locator("blockquote.taken").last).to_have_text(expected)
    await ruth.reload()
    await expect(ruth.locator("blockquote.taken")).to_have_text(["the edge of the table", expected])
    # Said again better, the later one takes the place of the earlier.
    await ruth.get_by_text("What I take with me", exact=True).click()
    await ruth.get_by_label("What I take with me from this session").fill(
        "the edge of the table, and the clock"
    )
    await ruth.get_by_role("button", name="Keep it with the session").click()
    for page in (ruth, mira):
        await expect(page.locator("blockquote.taken", has_text="the edge")).to_have_text(
            ["the edge of the table, and the clock"]
        )


HARD = (RIGHT_TO_LEFT, ZERO_WIDTH, STACKED, UNBROKEN)


async def test_hard_text_is_shown_safely_and_kept_whole(site: str, people: Cast, browser: Browser) -> None:
    ruth, mira = await both(browser, site, people)
    for text in HARD:
        await say_as_ruth(people, text)
        await say_as_ruth(people, "after it")
    shown = ["[only signs that cannot be seen]" if text is ZERO_WIDTH else text for text in HARD]
    for again in (False, True):
        for page in (ruth, mira):
            if again:
                await page.reload()
            await expect(bubbles(page, "after it")).to_have_count(len(HARD))
            assert (await texts(page).all_text_contents())[::2] == shown
            wide = await page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wide == 0
            # Nothing of it reaches the line after it: neither direction nor stacked marks.
            # Measured in one breath: the list may still be moving to its end.
            boxes = (
                await bubbles(page)
                .locator(".said")
                .evaluate_all(
                    "all => all.map(one => [one.getBoundingClientRect().top, one.getBoundingClientRect().bottom])"
                )
            )
            assert len(boxes) == 2 * len(HARD)
            for (_, above), (below, _) in pairwise(boxes):
                assert above <= below
            for one in await bubbles(page).locator("bdi[data-part=text]").all():
                isolated = await one.evaluate("words => getComputedStyle(words).unicodeBidi")
                assert isolated in ("isolate", "plaintext")
    held, _ = await people.enter("mira", "ruth")
    kept = [one.body.text for one in await entries_after(people.office, held, 0)]
    assert set(HARD) <= set(kept)


def test_everything_that_can_happen_has_a_line_for_people() -> None:
    words = environment().get_template("parts/_words.html").module
    lines = words.events  # type: ignore[attr-defined]
    assert set(EventName) <= lines.keys()
    assert all(line and "_" not in line for line in lines.values())
