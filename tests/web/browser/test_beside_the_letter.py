"""Answering one letter in a real browser: a P.S. that comes meanwhile, the sheet that is only mine, and what a note said."""

from datetime import timedelta
from uuid import uuid4

from playwright.async_api import Browser, expect
from sqlalchemy import update

from messaging.letters.snippets import keep_snippet
from messaging.letters.writing import Letter, write_letter
from messaging.notes.process import own_notes
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.web.browsing import sign_in
from threads.tables.conversations import conversations


async def write(people: Cast, text: str) -> int:
    held, circle = await people.enter("ruth", "ruth", Deed.WRITE)
    return (await write_letter(people.office, held, circle, Letter(uuid4(), text))).number


async def is_late(people: Cast) -> None:
    database = people.office.memory.people._database  # type: ignore[attr-defined]
    async with database.within(people.practice.id) as connection:
        ruths = conversations.c.id == people.conversation("ruth")
        since = people.office.clock() - timedelta(days=9)
        await connection.execute(update(conversations).where(ruths).values(waiting_since=since))


async def test_what_comes_meanwhile_is_shown_and_what_is_only_mine_is_asked_about_before_it_goes(
    people: Cast, site: str, browser: Browser
) -> None:
    first = await write(people, "Dear Mira,\n\nTonight I opened the gate.\n\nI did not sleep again.")
    await is_late(people)
    words = "Between letters nobody reads along, [name]."
    await keep_snippet(people.office, people["mira"], uuid4(), "Between letters", words)
    context = await browser.new_context(viewport={"width": 1280, "height": 820})
    page = await context.new_page()
    await sign_in(page, site, people, "mira")
    await page.goto(f"{site}/flow?begin=1")
    field = page.get_by_label("Your letter to Ruth")
    await field.fill(
        "Dear Ruth,\n\n> Tonight I opened the gate.\n\nHow much of it is my wish, and not yours?"
    )
    await expect(page.locator(f"#n{first} p.at")).to_have_text("Tonight I opened the gate.")
    await expect(page.locator(".behind mark")).to_have_text(["> Tonight I opened the gate.\n"])

    number = await write(people, "P.S. He has asked for the second half.")
    came = page.locator("[data-came]")
    await expect(came).to_contain_text("Ruth has written again while you write.")
    await came.get_by_role("button", name="Show it").click()
    await expect(page.locator(f"#n{number}")).to_contain_text("the second half")
    await expect(page.locator("input[name=seen]")).to_have_value(str(number))
    await expect(field).to_be_focused()
    await expect(page.get_by_text("He has asked for the second half.").last).to_be_visible()

    await page.get_by_text("Snippets", exact=False).first.click()
    await field.press("Control+End")
    await page.get_by_role("button", name="Between letters").click()
    await expect(page.locator(".behind .lent")).to_have_text(
        ["Between letters nobody reads along, [name].\n"]
    )
    await expect(page.locator(".behind .lent u")).to_have_text(["[name]"])

    await page.get_by_text("Four lenses, only you").first.click()
    await page.get_by_label("Theme and background").fill("How much of it is my wish, and not yours?")
    await page.get_by_label("Plan for the answer").fill("One question.")
    await page.get_by_label("Plan for the answer").press("Tab")
    await expect(page.locator("[data-kept]").last).to_contain_text("kept")
    held, _ = await people.enter("mira", "ruth", Deed.NOTE)

    await page.get_by_role("button", name="Second look").click()
    asked = page.get_by_role("alert").filter(has_text="A sentence of your notes stands in this letter.")
    await expect(asked).to_contain_text("How much of it is my wish, and not yours")
    await expect(page.locator("dl > div", has_text="From your snippets")).to_contain_text("Between letters")
    await expect(page.locator("dl > div", has_text="Places left to fill in")).to_contain_text("[name]")
    (note,) = await own_notes(people.office, held)
    assert note.text == "[theme]\nHow much of it is my wish, and not yours?\n\n[plan]\nOne question."
    await page.get_by_role("button", name="It is meant so: send").click()
    await expect(page.get_by_role("heading", name="To Ruth")).to_have_count(0)


async def test_an_answer_in_the_conversation_has_the_same_beside_it(
    people: Cast, site: str, browser: Browser
) -> None:
    number = await write(people, "Dear Mira,\n\nTonight I opened the gate.\n\nI did not sleep again.")
    words = "Between letters nobody reads along, [name]."
    await keep_snippet(people.office, people["mira"], uuid4(), "Between letters", words)
    context = await browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark")
    page = await context.new_page()
    await sign_in(page, site, people, "mira")
    await page.goto(f"{site}/c/{people.conversation('ruth')}?draft")
    field = page.get_by_label("Your letter to Ruth")
    await field.fill("Dear Ruth,\n\n> Tonight I opened the gate.\n\nHow was it?\n")
    await expect(page.locator(".behind mark")).to_have_text(["> Tonight I opened the gate.\n"])
    await page.get_by_text("Snippets", exact=True).click()
    await field.press("Control+End")
    await page.get_by_role("button", name="Between letters").click()
    await expect(page.locator(".behind .lent u")).to_have_text(["[name]"])
    assert await field.evaluate("(one) => one.offsetHeight === one.previousSibling.offsetHeight")
    await page.get_by_text("Four lenses, only you").click()
    await page.get_by_label("Plan for the answer").fill("One question.")
    await page.get_by_label("Plan for the answer").press("Tab")
    await expect(page.locator("[data-kept]").last).to_contain_text("kept")
    held, _ = await people.enter("mira", "ruth", Deed.NOTE)
    (note,) = await own_notes(people.office, held)
    assert (note.text, number) == ("[plan]\nOne question.", 1)
    await context.close()
