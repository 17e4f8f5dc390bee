"""What one wrote and has not sent, or sent once: Back makes no second letter, and nothing goes without being asked."""

from playwright.async_api import Browser, Dialog, Page, expect

from messaging.letters.sending_later import pending_letters
from messaging.messages import CHAT_LIMIT, LETTER_LIMIT
from messaging.record.reading import entries_after
from messaging.sessions.holding import end_session
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.web.browser.live_room import bubbles, client_in_room, live, therapist_in_room, until, write
from tests.web.browsing import sign_in


async def send_once_more(page: Page, field: str, button: str) -> None:
    """Back, and Send again with whatever stands in the field."""
    await page.go_back()
    if await page.locator(field).count() and await page.locator(field).input_value():
        await page.get_by_role("button", name=button).click()
        await page.wait_for_load_state()


async def test_back_after_sending_and_send_again_make_one_letter(
    site: str, people: Cast, browser: Browser
) -> None:
    mira = await therapist_in_room(browser, site, people)
    await mira.locator("summary", has_text="Write a letter").click()
    await mira.locator("#answer-text").fill("Dear Ruth, only once.")
    await mira.get_by_role("button", name="Send the letter").click()
    await expect(mira.get_by_text("Dear Ruth, only once.").first).to_be_visible()
    await send_once_more(mira, "#answer-text", "Send the letter")
    held, _ = await people.enter("mira", "ruth", Deed.WRITE)
    waiting = await pending_letters(people.office, held)
    assert [one.text for one in waiting] == ["Dear Ruth, only once."]
    ruth = await (await browser.new_context()).new_page()
    await sign_in(ruth, site, people, "ruth")
    await ruth.goto(f"{site}/me/letters/write")
    await ruth.locator("#text").fill("Dear Mira, only once.")
    await ruth.get_by_role("button", name="Send", exact=True).click()
    await ruth.wait_for_url("**/me/letters?sent=1")
    await send_once_more(ruth, "#text", "Send")
    held, _ = await people.enter("ruth", "ruth")
    letters = [one.body.text for one in await entries_after(people.office, held, 0) if one.is_letter]
    assert letters == ["Dear Mira, only once."]


async def test_what_one_writes_at_the_close_stays_when_a_session_opens_again(
    site: str, people: Cast, browser: Browser
) -> None:
    session = await live(people)
    held, _ = await people.enter("mira", "ruth", Deed.HOLD_SESSION)
    await end_session(people.office, held, session)
    ruth = await client_in_room(browser, site, people)
    await ruth.get_by_text("What I take with me", exact=True).click()
    field = ruth.get_by_label("What I take with me from this session")
    await field.fill("the edge of the table")
    await live(people)
    await expect(ruth.get_by_role("link", name="Enter the session")).to_be_visible()
    await expect(field).to_have_value("the edge of the table")


async def test_a_page_with_words_that_were_not_sent_asks_before_it_goes(
    site: str, people: Cast, browser: Browser
) -> None:
    await live(people)
    ruth = await client_in_room(browser, site, people)
    asked: list[str] = []

    async def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        await dialog.dismiss()

    ruth.on("dialog", stay)
    await ruth.context.set_offline(True)
    await write(ruth, "said without a connection")
    await ruth.close(run_before_unload=True)
    await until(ruth, lambda: asked == ["beforeunload"])
    await ruth.context.set_offline(False)
    await expect(bubbles(ruth, "said without").locator("visible=true")).to_contain_text("sent")
    await ruth.close(run_before_unload=True)
    assert asked == ["beforeunload"]


async def test_what_is_pasted_is_never_cut_and_what_is_too_long_is_said_and_stays(
    site: str, people: Cast, browser: Browser
) -> None:
    await live(people)
    ruth = await client_in_room(browser, site, people)
    await paste(ruth, "#words-field", CHAT_LIMIT + 1)
    await ruth.get_by_role("button", name="Send", exact=True).click()
    await expect(bubbles(ruth)).to_have_count(0)
    assert len(await ruth.locator("#words-field").input_value()) == CHAT_LIMIT + 1
    said: str = await ruth.locator("#words-field").evaluate("field => field.validationMessage")
    assert f"{CHAT_LIMIT + 1} signs of {CHAT_LIMIT}" in said
    await ruth.locator("#words-field").press("Backspace")
    await ruth.get_by_role("button", name="Send", exact=True).click()
    await expect(bubbles(ruth)).to_have_count(1)
    await ruth.goto(f"{site}/me/letters/write")
    await paste(ruth, "#text", LETTER_LIMIT + 1)
    await ruth.get_by_role("button", name="Send", exact=True).click()
    assert len(await ruth.locator("#text").input_value()) == LETTER_LIMIT + 1
    await ruth.locator("#text").press("Backspace")
    await ruth.get_by_role("button", name="Send", exact=True).click()
    await ruth.wait_for_url("**/me/letters?sent=1")
    held, _ = await people.enter("ruth", "ruth")
    lengths = [len(one.body.text) for one in await entries_after(people.office, held, 0) if one.body.text]
    assert lengths == [CHAT_LIMIT, LETTER_LIMIT]


async def paste(page: Page, field: str, count: int) -> None:
    """As a paste comes: at once, and cut by the browser where a field has a `maxlength`."""
    await page.locator(field).focus()
    await page.keyboard.insert_text("x" * count)
