"""Whole stories in a real browser, with scripts and without: letters both ways, a session with a reload in the middle."""

import asyncio
import re
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from playwright.async_api import Browser, Page, expect

from messaging.letters.writing import Letter, write_letter
from messaging.people import Role
from messaging.practice.founding import NewPerson, add_person, invite
from messaging.trust.access import Deed
from tests.cast import PASSWORD, Cast
from tests.web.browsing import check_in, chromium, sign_in_by_form
from tests.web.visitor import Visitor
from web.timekeeping import send_due_letters


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A Chromium of the test's own."""
    async with chromium() as opened:
        yield opened


async def someone(browser: Browser, *, scripts: bool = True) -> tuple[Page, list[str]]:
    """A browser of somebody's own, and what it complained about."""
    context = await browser.new_context(java_script_enabled=scripts)
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    return page, complaints


async def reloaded_until(page: Page, words: str) -> None:
    """Without scripts one looks again."""
    async with asyncio.timeout(20):
        while not await page.get_by_text(words).is_visible():
            await page.reload()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
async def test_a_letter_is_written_found_answered_and_read(
    site: str, people: Cast, browser: Browser, scripts: bool
) -> None:
    ruth, trouble = await someone(browser, scripts=scripts)
    mira, more_trouble = await someone(browser, scripts=scripts)
    await sign_in_by_form(ruth, site, people, "ruth")
    await ruth.get_by_role("link", name="Write a letter").click()
    await ruth.get_by_label("Your letter").fill("Dear Mira,\n\nI [a long breath] did not sleep again.")
    await ruth.get_by_role("button", name="Send").click()
    await expect(ruth.get_by_text("safely here")).to_be_visible()

    await sign_in_by_form(mira, site, people, "mira")
    await mira.goto(f"{site}/inbox")
    await mira.get_by_role("link", name="Ruth").click()
    await expect(mira.get_by_role("heading", name="Ruth", level=1)).to_be_visible()
    await expect(mira.locator(".letter em.aside")).to_have_text("[a long breath]")
    await mira.get_by_text("Write an answer", exact=True).click()
    await mira.get_by_label("Your letter to Ruth").fill("Dear Ruth,\n\nwhat was the night like?")
    await mira.get_by_role("button", name="Send the letter").click()
    await mira.get_by_role("button", name="Send now").click()
    await send_due_letters(people.office)
    await reloaded_until(mira, "Nothing waits for an answer here")

    await ruth.get_by_role("link", name="Home").click()
    await ruth.get_by_role("link", name="Read it", exact=True).click()
    await expect(ruth.get_by_text("what was the night like?").last).to_be_visible()
    assert trouble + more_trouble == []


@pytest.mark.parametrize("reloads", ["client", "therapist"])
async def test_a_session_is_held_both_ways_and_a_reload_loses_nothing(
    site: str, people: Cast, browser: Browser, reloads: str
) -> None:
    ruth, trouble = await someone(browser)
    mira, more_trouble = await someone(browser)
    await sign_in_by_form(ruth, site, people, "ruth")
    await sign_in_by_form(mira, site, people, "mira")
    await mira.goto(f"{site}/inbox")
    await mira.get_by_role("link", name="Ruth").click()
    await mira.get_by_role("button", name="Open a session now").click()
    await expect(mira.get_by_text("End session")).to_be_visible()
    await ruth.reload()
    await ruth.get_by_role("link", name="Enter the session").click()
    await check_in(ruth)
    await expect(ruth.get_by_text("Dr Mira is here")).to_be_visible()

    await speak(mira, "Where would you like to begin?")
    await speak(ruth, "Something about Sunday. [a pause]")
    await expect(mira.locator("li.bubble em.aside")).to_have_text("[a pause]")
    await (ruth if reloads == "client" else mira).reload()
    await speak(ruth, "The stairwell again.")
    await speak(mira, "Take your time.")
    expected = [
        "Where would you like to begin?",
        "Something about Sunday. [a pause]",
        "The stairwell again.",
        "Take your time.",
    ]
    for page in (ruth, mira):
        await expect(page.locator('#main [data-list] li.bubble [data-part="text"]')).to_have_text(expected)

    await mira.get_by_text("End session").click()
    await mira.get_by_role("button", name="End it now").click()
    await expect(ruth.get_by_text("The session has ended.").first).to_be_visible()
    await ruth.get_by_role("button", name="Back to what was said").click()
    await ruth.get_by_label("Your message").fill("One more thing.")
    await ruth.get_by_role("button", name="Send as a letter").click()
    await expect(ruth.get_by_text("safely here")).to_be_visible()
    assert trouble + more_trouble == []


async def speak(page: Page, words: str) -> None:
    """Live words, and the server's word that it has them."""
    await page.locator("#words-field").fill(words)
    await page.keyboard.press("Control+Enter")
    mine = page.locator("li.bubble.mine", has_text=words)
    await expect(mine).to_have_attribute("data-number", re.compile(r"\d+"))


async def test_leaving_by_three_presses_of_shift_ends_the_sign_in(
    site: str, people: Cast, browser: Browser
) -> None:
    ruth, _ = await someone(browser)
    await sign_in_by_form(ruth, site, people, "ruth")
    cookies = {cookie["name"]: cookie["value"] for cookie in await ruth.context.cookies()}
    for _ in range(3):
        await ruth.keyboard.press("Shift")
    await ruth.wait_for_url(f"{site}/exit")
    copied = Visitor(site, cookies)
    async with asyncio.timeout(10):  # the page is gone before its sign-out has arrived
        while (await copied.get("/me")).status == 200:
            pass


async def test_the_list_changes_by_itself_when_a_letter_comes(
    site: str, people: Cast, browser: Browser
) -> None:
    mira, trouble = await someone(browser)
    await sign_in_by_form(mira, site, people, "mira")
    await mira.goto(f"{site}/inbox")
    await expect(mira.get_by_text("Nobody is waiting")).to_be_visible()
    held, circle = await people.enter("ruth", "ruth", Deed.WRITE)
    await write_letter(people.office, held, circle, Letter(uuid4(), "Are you there?"))
    await expect(mira.locator("[data-group-waiting='1']")).to_be_visible()
    await expect(mira.get_by_text("Are you there?")).to_be_visible()
    assert trouble == []


async def test_an_invitations_code_moves_from_the_address_into_the_form(
    site: str, people: Cast, browser: Browser
) -> None:
    new = NewPerson(Role.CLIENT, f"ada-{people.practice.slug}", "Ada")
    token = await invite(people.office, await add_person(people.office, people.practice.id, new))
    ada, trouble = await someone(browser)
    await ada.goto(f"{site}/invitation#{token}")
    await ada.get_by_label("Password").fill(PASSWORD)
    assert token not in ada.url
    await ada.get_by_role("button", name="Keep this password").click()
    await sign_in_by_form(ada, site, people, "ada")
    await expect(ada.get_by_role("heading", name="Hello Ada")).to_be_visible()
    assert trouble == []
