"""The search in a real browser: by keys alone, and without scripts."""

from uuid import uuid4

import pytest
from playwright.async_api import Browser, Page, expect

from messaging.notes.note import Written
from messaging.notes.process import write_own
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.messaging.searching.asked import wrote
from tests.web.browsing import sign_in

WORD = "canarybird"


async def caseload(people: Cast) -> int:
    """A number of Ruth's, and two further letters that hold the word."""
    number = await wrote(people, f"Tonight I heard the {WORD}. Only to the road and back.")
    await wrote(people, f"No {WORD} here.", "linden", "linden")
    await wrote(people, f"Nor a {WORD}.", "omar", "omar")
    return number


async def opened(browser: Browser, site: str, people: Cast, **more: bool) -> Page:
    context = await browser.new_context(viewport={"width": 390, "height": 844}, **more)  # type: ignore[arg-type]
    page = await context.new_page()
    await sign_in(page, site, people, "mira")
    return page


async def test_the_search_goes_by_keys_alone(people: Cast, site: str, browser: Browser) -> None:
    number = await caseload(people)
    page = await opened(browser, site, people)
    where = f"{site}/c/{people.conversation('ruth')}"
    await page.goto(where)
    await page.get_by_role("heading", name="Ruth").first.wait_for()
    await page.keyboard.press("/")
    field = page.get_by_label("Words that stand there, or a name")
    await expect(field).to_be_focused()
    await page.keyboard.type(WORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status").filter(has_text="2 places, 2 conversations.")).to_be_visible()
    assert WORD not in page.url
    assert WORD not in await page.title()
    await field.focus()
    await page.keyboard.press("ArrowDown")
    await expect(page.locator("a[data-found]").first).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await expect(field).to_be_focused()
    await page.keyboard.press("Escape")
    await page.wait_for_url(where)
    await page.keyboard.press("/")
    await expect(field).to_be_focused()
    await page.keyboard.type(WORD)
    await page.keyboard.press("Enter")
    await expect(page.locator("a[data-found]")).to_have_count(2)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{where}?before={number + 8}#n{number}")
    await expect(page.locator(f"#n{number}")).to_be_in_viewport()
    await expect(page.locator(f"#n{number}")).to_contain_text(WORD)


async def test_a_slash_that_is_written_stays_a_slash(people: Cast, site: str, browser: Browser) -> None:
    page = await opened(browser, site, people)
    await page.goto(f"{site}/search")
    field = page.get_by_label("Words that stand there, or a name")
    await field.fill("and")
    await field.press("End")
    await page.keyboard.press("/")
    await expect(field).to_have_value("and/")
    await page.context.add_cookies([{"name": "quietline-keys", "value": "off", "url": site}])
    await page.goto(f"{site}/calendar")
    await page.keyboard.press("/")
    await expect(page).to_have_url(f"{site}/calendar")


@pytest.mark.parametrize("width", [320, 1280])
async def test_without_scripts_a_form_searches(people: Cast, site: str, browser: Browser, width: int) -> None:
    await caseload(people)
    page = await opened(browser, site, people, java_script_enabled=False)
    await page.set_viewport_size({"width": width, "height": 800})
    await page.goto(f"{site}/search")
    await page.get_by_label("Words that stand there, or a name").fill(WORD)
    await page.get_by_label("With").select_option(label="Ruth")
    await page.get_by_role("main").get_by_role("button", name="Search").click()
    await expect(page.get_by_text("1 place, 1 conversation.")).to_be_visible()
    await expect(page.locator("mark")).to_have_text([WORD])
    assert WORD not in page.url


async def test_where_there_is_room_a_place_is_looked_at_beside_the_results(
    people: Cast, site: str, browser: Browser
) -> None:
    number = await caseload(people)
    held, _ = await people.enter("mira", "ruth", Deed.NOTE)
    await write_own(people.office, held, Written(uuid4(), f"The {WORD} and I."))
    page = await opened(browser, site, people)
    await page.set_viewport_size({"width": 1280, "height": 800})
    await page.goto(f"{site}/search?back=/today")
    await page.keyboard.type(WORD)
    await page.keyboard.press("Enter")
    pane = page.get_by_role("region", name="Only a look")
    await expect(page.locator("a[data-found]")).to_have_count(3)
    await page.locator("a[data-found]", has_text="Tonight").click()
    await expect(pane.locator(f"#n{number}")).to_contain_text(f"Tonight I heard the {WORD}.")
    assert await page.evaluate("CSS.highlights.get('sought-words').size") == 1
    await page.keyboard.press("ArrowUp")
    await expect(pane.get_by_text("Process note: only you read it.")).to_be_visible()
    await expect(pane).to_contain_text(f"The {WORD} and I.")
    await page.keyboard.press("Escape")
    await page.wait_for_url(f"{site}/today")
