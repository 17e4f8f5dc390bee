"""The acceptance list, the therapist's part, in the flow: undo (24) and a whole letter by the keyboard alone (29)."""

from datetime import timedelta
from uuid import uuid4

from playwright.async_api import Browser, Page, expect
from sqlalchemy import update

from messaging.letters.sending_later import pending_letters
from messaging.letters.writing import Letter, write_letter
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.web.browsing import sign_in
from threads.tables.conversations import conversations

LETTER = "Dear Mira,\n\nI keep going back to that evening.\n\nAnd I did not sleep."


async def due(people: Cast, *names: str) -> None:
    """Letters of these, promised for today in this order."""
    office = people.office
    for place, name in enumerate(names):
        held, circle = await people.enter(name, name, Deed.WRITE)
        await write_letter(office, held, circle, Letter(uuid4(), LETTER))
        since = office.clock() - timedelta(days=9) + timedelta(minutes=place)
        async with office.memory.people._database.within(people.practice.id) as connection:  # type: ignore[attr-defined]
            mine = conversations.c.id == people.conversation(name)
            await connection.execute(update(conversations).where(mine).values(waiting_since=since))


async def going(people: Cast, name: str) -> list[str]:
    held, _ = await people.enter("mira", name, Deed.WRITE)
    return [one.text for one in await pending_letters(people.office, held)]


async def today(browser: Browser, site: str, people: Cast) -> tuple[Page, list[str]]:
    page = await browser.new_page(viewport={"width": 1280, "height": 820})
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(error.message))
    page.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)
    await sign_in(page, site, people, "mira")
    await page.goto(f"{site}/today")
    return page, trouble


async def test_24_what_was_sent_is_taken_back_from_the_next_letters_page_and_both_texts_are_there(
    site: str, people: Cast, browser: Browser
) -> None:
    await due(people, "ruth", "linden")
    page, trouble = await today(browser, site, people)
    await page.keyboard.press("Enter")
    field = page.locator("#answer-text")
    await field.fill("Dear Ruth, too soon.")
    await field.press("Control+Enter")
    await expect(page.get_by_role("heading", name="Linden letter 2 of 2")).to_be_focused()
    assert await going(people, "ruth") == ["Dear Ruth, too soon."]
    await field.fill("Dear Linden, half")
    await page.get_by_role("heading", name="Linden letter 2 of 2").focus()
    await page.keyboard.press("u")
    await expect(page.get_by_role("heading", name="Ruth letter 1 of 2")).to_be_visible()
    await expect(field).to_have_value("Dear Ruth, too soon.")
    assert await going(people, "ruth") == []
    await page.goto(f"{site}/flow/{people.conversation('linden')}")
    await expect(field).to_have_value("Dear Linden, half")
    assert trouble == []


async def test_29_a_whole_letter_is_answered_by_the_keyboard_alone(
    site: str, people: Cast, browser: Browser
) -> None:
    await due(people, "ruth")
    page, trouble = await today(browser, site, people)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Ruth letter 1 of 1")).to_be_focused()
    field = page.locator("#answer-text")
    for key in ("j", "q"):
        await page.keyboard.press(key)
    await expect(field).to_have_value("> I keep going back to that evening.\n\n")
    await expect(field).to_be_focused()
    await page.keyboard.type("So do I.")
    await expect(page.get_by_text("Not yet answered: 1 of 2")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("v")
    await expect(page.get_by_role("heading", name="To Ruth")).to_be_focused()
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_role("heading", name="All promises of today are kept.")).to_be_focused()
    assert await going(people, "ruth") == ["> I keep going back to that evening.\n\nSo do I."]
    await page.keyboard.press("Escape")
    await page.wait_for_url("**/today")
    assert trouble == []


async def test_j_and_k_show_a_conversation_in_place_and_mark_nothing_read(
    site: str, people: Cast, browser: Browser
) -> None:
    await due(people, "ruth", "linden")
    page, trouble = await today(browser, site, people)
    await page.goto(f"{site}/inbox")
    await page.locator(".list-pane .row a").first.wait_for()
    for name in ("Ruth", "Linden"):
        await page.keyboard.press("j")
        await expect(page.locator(".list-pane .row a:focus")).to_contain_text(name)
        await expect(page.locator("#glance-name")).to_have_text(name)
        await expect(page.locator("#glance").get_by_text("And I did not sleep.")).to_be_in_viewport()
    await page.keyboard.press("k")
    await expect(page.locator("#glance-name")).to_have_text("Ruth")
    await page.reload()
    await expect(page.locator(".row .dot")).to_have_count(2)
    await page.keyboard.press("j")
    await expect(page.locator("#glance-name")).to_have_text("Ruth")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/c/{people.conversation('ruth')}")
    assert trouble == []
