"""Answering a letter passage by passage: by keyboard, by pointer, and without scripts."""

import asyncio
from uuid import uuid4

import pytest
from playwright.async_api import Browser, Page, expect

from messaging.letters.drafts import DraftKind, drafts_of
from messaging.letters.writing import Letter, write_letter
from messaging.record.reading import entries_after
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.web.browsing import sign_in
from tests.web.visitor import Visitor
from web.timekeeping import send_due_letters

FIRST = "I keep going back to that evening. Not the shouting,\nthe part after."
SISTER = "My sister says I should just tell him."
NIGHT = "لم أنم مرة أخرى الليلة."
HERS = f"Dear Mira,\n\n{FIRST}\n\n> What did you do with your hands?\n\n{SISTER}\n\n{NIGHT}\n\nYours,\nRuth"

DESK = {"width": 1280, "height": 820}
PHONE = {"width": 390, "height": 844}


@pytest.fixture
async def waiting(people: Cast) -> Cast:
    """Ruth has written."""
    held, circle = await people.enter("ruth", "ruth", Deed.WRITE)
    await write_letter(people.office, held, circle, Letter(uuid4(), HERS))
    return people


async def desk(browser: Browser, site: str, people: Cast, place: str = "", size: object = DESK) -> Page:
    """Mira's browser, signed in."""
    page = await browser.new_page(viewport=size)  # type: ignore[arg-type]
    await sign_in(page, site, people, "mira")
    await page.goto(site + (place or f"/c/{people.conversation('ruth')}"))
    return page


async def kept(people: Cast) -> list[str]:
    held, _ = await people.enter("mira", "ruth", Deed.WRITE)
    return [draft.text for draft in await drafts_of(people.office, held, DraftKind.LETTER)]


async def test_29_a_whole_letter_by_keyboard_only(site: str, waiting: Cast, browser: Browser) -> None:
    page = await desk(browser, site, waiting, "/inbox")
    field = page.get_by_label("Your letter to Ruth")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Ruth", level=1)).to_be_focused()
    await page.keyboard.press("r")
    await expect(field).to_be_focused()
    await page.keyboard.type("Dear Ruth, q")
    await expect(page.locator("[data-quote]")).to_be_visible()  # what quotes comes after what writes
    await page.keyboard.press("Escape")
    await expect(page.locator("p.at")).to_be_focused()
    for _ in range(4):
        await page.keyboard.press("Control+Shift+ArrowRight")
    await page.keyboard.press("q")
    await page.keyboard.type("You stayed.")
    await expect(field).to_have_value("Dear Ruth, q\n\n> I keep going back\n\nYou stayed.")
    await expect(page.locator("#to-answer [data-count]")).to_have_text("2")
    await page.keyboard.press("Escape")
    await expect(page.locator("p.at")).to_have_text(SISTER)
    await page.keyboard.press("j")
    await page.keyboard.press("q")
    await page.keyboard.type("Tell me of the night.")
    await expect(page.locator("#to-answer [data-count]")).to_have_text("1")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_text("Your letter goes in a moment")).to_be_visible()
    await page.get_by_role("button", name="Send now").click()
    held, _ = await waiting.enter("mira", "ruth")
    said = [HERS]
    async with asyncio.timeout(30):  # the press may be on its way still
        while said == [HERS]:
            await send_due_letters(waiting.office)
            said = [entry.body.text for entry in await entries_after(waiting.office, held, 0)]
    answer = f"Dear Ruth, q\n\n> I keep going back\n\nYou stayed.\n\n> {NIGHT}\n\nTell me of the night."
    assert said == [HERS, answer]


async def test_selected_words_and_whole_paragraphs_are_quoted_and_each_is_one_step_to_undo(
    site: str, waiting: Cast, browser: Browser
) -> None:
    page = await desk(browser, site, waiting)
    field = page.get_by_label("Your letter to Ruth")
    await page.get_by_text("Write an answer", exact=True).click()
    await field.fill("Dear Ruth,\n\nThank you.")
    await page.locator(".letter-text").get_by_text(NIGHT).click()
    await page.get_by_role("button", name="Quote", exact=False).first.click()
    whole = f"Dear Ruth,\n\nThank you.\n\n> {NIGHT}\n\n"
    await expect(field).to_have_value(whole)
    await page.keyboard.press("Control+z")
    await expect(field).to_have_value("Dear Ruth,\n\nThank you.")
    await page.keyboard.press("Control+Shift+z")
    await expect(field).to_have_value(whole)
    await select(page, "the part", "What did")
    await page.get_by_role("button", name="Quote", exact=False).first.click()
    await expect(field).to_have_value(f"{whole}> the part after.\n>\n>> What did\n\n")
    await page.locator("#to-answer + ul").get_by_role("button", name=SISTER).click()
    await expect(field).to_have_value(f"{whole}> the part after.\n>\n>> What did\n\n> {SISTER}\n\n")


async def select(page: Page, first: str, last: str) -> None:
    """From the beginning of some words of the letter to the end of others, as a pointer would."""
    await page.evaluate(
        """([first, last]) => {
          const walk = document.createTreeWalker(document.querySelector(".letter-text"), NodeFilter.SHOW_TEXT);
          const nodes = [];
          while (walk.nextNode()) nodes.push(walk.currentNode);
          const range = document.createRange();
          const [from, to] = [first, last].map((words) => nodes.find((node) => node.data.includes(words)));
          range.setStart(from, from.data.indexOf(first));
          range.setEnd(to, to.data.indexOf(last) + last.length);
          getSelection().removeAllRanges();
          getSelection().addRange(range);
        }""",
        [first, last],
    )


async def test_what_is_quoted_is_kept_like_everything_that_is_written(
    site: str, waiting: Cast, browser: Browser
) -> None:
    page = await desk(browser, site, waiting)
    await page.get_by_text("Write an answer", exact=True).click()
    await page.locator("#to-answer + ul").get_by_role("button", name=SISTER).click()
    await expect(page.locator("[data-kept]")).to_be_visible()
    assert await kept(waiting) == [f"> {SISTER}\n\n"]
    await page.reload()
    await page.get_by_text("Write an answer", exact=True).click()
    await expect(page.locator("#to-answer [data-some]")).to_have_text("Not yet answered: 3 of 3")
    await page.keyboard.type("He may not hear it.")
    await expect(page.locator("#to-answer [data-some]")).to_have_text("Not yet answered: 2 of 3")
    await expect(page.locator("#to-answer + ul").get_by_role("button", name=SISTER)).to_be_hidden()


async def test_keys_are_silent_where_one_writes_and_can_be_switched_off(
    site: str, waiting: Cast, browser: Browser
) -> None:
    page = await desk(browser, site, waiting)
    field = page.get_by_label("Your letter to Ruth")
    await page.keyboard.press("r")
    await page.keyboard.type("jkrqe?]")
    await expect(field).to_have_value("jkrqe?]")
    await expect(page.locator("[data-quote]")).to_be_visible()  # what quotes comes after what writes
    await page.keyboard.press("Escape")
    for key in ("Control+q", "Alt+q", "Shift+Q", "e"):
        await page.keyboard.press(key)
    await expect(field).to_have_value("jkrqe?]")
    await page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    await expect(keys).to_contain_text("quote what is selected")
    await keys.get_by_label("Single keys off").check()
    await keys.get_by_role("button", name="Close").click()
    await page.keyboard.press("q")
    await page.keyboard.press("?")
    await expect(keys).to_be_hidden()
    await expect(field).to_have_value("jkrqe?]")
    await page.reload()
    await page.keyboard.press("r")
    await expect(field).to_be_hidden()
    await page.locator(".you summary").click()
    await page.get_by_role("button", name="Keys", exact=True).click()
    await keys.get_by_label("Single keys off").uncheck()
    await keys.get_by_role("button", name="Close").click()
    await page.keyboard.press("r")
    await expect(field).to_be_focused()
    held, _ = await waiting.enter("mira", "ruth")
    assert len(await entries_after(waiting.office, held, 0)) == 1, "E has settled nothing"


async def test_another_script_on_the_keyboard_is_no_hindrance(
    site: str, waiting: Cast, browser: Browser
) -> None:
    page = await desk(browser, site, waiting)
    await page.evaluate(
        "document.dispatchEvent(new KeyboardEvent('keydown', {key: 'ق', code: 'KeyR', bubbles: true}))"
    )
    await expect(page.get_by_label("Your letter to Ruth")).to_be_focused()


async def test_without_scripts_a_paragraph_is_quoted_by_its_button(waiting: Cast, mira: Visitor) -> None:
    place = f"/c/{waiting.conversation('ruth')}"
    page = await mira.get(place)
    assert "Not yet answered: 3 of 3" in page.words
    action = f"{place}/letters"
    back = await mira.submit(place, action, text="Dear Ruth,\r\n", quote="1.3", when="undo")
    assert back.place.startswith(f"{place}?draft=")
    page = await mira.get(back.place.partition("#")[0])
    assert page.field("text") == f"Dear Ruth,\n\n> {SISTER}\n\n"
    assert 'id="answer" data-answer open' in page.text
    again = await mira.post(
        action, page.hidden(action) | {"text": page.field("text") + "He may not hear it.", "quote": "1.4"}
    )
    page = await mira.get(again.place.partition("#")[0])
    assert "Not yet answered: 2 of 3" in page.words
    assert await kept(waiting) == [f"Dear Ruth,\n\n> {SISTER}\n\nHe may not hear it.\n\n> {NIGHT}\n\n"]
    held, _ = await waiting.enter("mira", "ruth")
    assert len(await entries_after(waiting.office, held, 0)) == 1, "nothing was sent"


@pytest.mark.parametrize("place", ["", "1", "1.", "1.x", "1.99", "2.0", "x.0", "1.-1", "9" * 30 + ".0"])
async def test_what_is_no_paragraph_is_not_found_and_nothing_is_kept(
    waiting: Cast, mira: Visitor, place: str
) -> None:
    page = f"/c/{waiting.conversation('ruth')}"
    answer = await mira.submit(page, f"{page}/letters", text="Dear Ruth,", quote=place)
    assert answer.status == 404
    assert await kept(waiting) == []


async def test_the_list_goes_with_the_answer(waiting: Cast, mira: Visitor) -> None:
    place = f"/c/{waiting.conversation('ruth')}"
    await mira.submit(place, f"{place}/letters", text="Dear Ruth, I have read it.")
    page = await mira.get(place)
    assert "data-to-answer hidden" in page.text


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
async def test_the_letter_stands_beside_or_above_the_answer_and_no_other_client_does(
    site: str, waiting: Cast, browser: Browser, size: dict[str, int]
) -> None:
    page = await desk(browser, site, waiting, size=size)
    await page.get_by_text("Write an answer", exact=True).click()
    letter, field = page.locator(".letter").first, page.get_by_label("Your letter to Ruth")
    above, beside = await letter.bounding_box(), await field.bounding_box()
    assert above is not None
    assert beside is not None
    await expect(page.locator(".list-pane")).to_be_hidden()
    if size is DESK:
        assert above["x"] + above["width"] <= beside["x"]
        return
    assert above["y"] < beside["y"]
    await page.get_by_label("Hide the letter").check()
    await expect(letter).to_be_hidden()
    await expect(field).to_be_visible()


async def test_a_client_quotes_what_they_answer_and_is_reminded_of_nothing(
    site: str, people: Cast, browser: Browser
) -> None:
    held, circle = await people.enter("mira", "ruth", Deed.WRITE)
    text = "Dear Ruth,\n\nHow was the night?\n\nAnd who was there?"
    await write_letter(people.office, held, circle, Letter(uuid4(), text))
    page = await browser.new_page(viewport=PHONE)  # type: ignore[arg-type]
    await sign_in(page, site, people, "ruth")
    await page.goto(f"{site}/me/letters/write")
    await page.get_by_text("And who was there?").click()
    await page.get_by_role("button", name="Quote").click()
    await page.keyboard.type("Nobody.")
    field = page.get_by_label("Your letter")
    await expect(field).to_have_value("> And who was there?\n\nNobody.")
    await expect(page.get_by_text("Not yet answered")).to_have_count(0)
    await page.get_by_text("The letter of Dr Mira").click()
    await expect(page.get_by_text("How was the night?")).to_be_hidden()
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_text("safely here")).to_be_visible()
    await expect(page.locator(".letter.mine blockquote")).to_have_text("And who was there?")
    await page.goto(f"{site}/me/letters/write")
    await expect(page.get_by_text("How was the night?")).to_be_hidden()


async def test_a_postscript_that_comes_meanwhile_is_to_be_answered_too(
    site: str, waiting: Cast, browser: Browser
) -> None:
    page = await desk(browser, site, waiting)
    await page.get_by_text("Write an answer", exact=True).click()
    listed = page.locator("#to-answer + ul")
    for paragraph in (FIRST.partition("\n")[0], SISTER, NIGHT):
        await listed.get_by_role("button", name=paragraph).click()
        await page.keyboard.type("Yes.")
    await expect(page.get_by_text("Every paragraph has its answer")).to_be_visible()
    await expect(page.locator("[data-room][data-followed]")).to_be_visible()
    held, circle = await waiting.enter("ruth", "ruth", Deed.WRITE)
    await write_letter(waiting.office, held, circle, Letter(uuid4(), "P.S. I nearly did not send this."))
    await expect(page.locator("#to-answer [data-some]")).to_have_text("Not yet answered: 1 of 4")
    await listed.get_by_role("button", name="P.S. I nearly").click()
    await page.keyboard.type("I am glad you did.")
    await write_letter(waiting.office, held, circle, Letter(uuid4(), "P.P.S. Now I sleep."))
    await expect(page.locator("#to-answer [data-some]")).to_have_text("Not yet answered: 1 of 5")
    await listed.get_by_role("button", name="P.P.S. Now I sleep.").click()
    await page.keyboard.type("Sleep well.")
    await expect(page.get_by_text("Every paragraph has its answer")).to_be_visible()
