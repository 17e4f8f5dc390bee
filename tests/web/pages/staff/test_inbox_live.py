"""The list of conversations as it changes before one's eyes is what a reload shows; only the changed row is asked for."""

import asyncio
import re
from difflib import unified_diff
from uuid import uuid4

import pytest
from playwright.async_api import Browser, Page, Request, expect

from messaging.letters.settling import needs_no_answer
from messaging.letters.writing import Letter, write_letter
from messaging.record.posting import say
from messaging.sessions.holding import end_session, open_session
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.web.browsing import sign_in
from tests.web.pages.staff.test_files import held_letter

SECONDS = 10.0
READ = """
rows => [...rows.querySelectorAll('*')].map(one => {
  const own = [...one.childNodes].filter(node => node.nodeType === Node.TEXT_NODE).map(node => node.data).join(' ');
  const told = ['id', 'href', 'data-order', 'data-group', 'data-rows', 'data-group-waiting', 'data-held', 'aria-current'];
  const attributes = told.filter(name => one.hasAttribute(name)).map(name => `${name}=${one.getAttribute(name)}`);
  return [one.localName, ...one.classList, ...attributes, own.replace(/\\s+/g, ' ').trim()].join(' ').trim();
})
"""
FRESH = f"""
async () => {{
  const answer = await fetch(document.getElementById('rows').getAttribute('hx-get'));
  const page = document.createElement('div');
  page.innerHTML = await answer.text();
  return ({READ})(page);
}}
"""
"""The same of the list as the server makes it now; trusted.js lets it be read."""


class List:
    """Dr Mira's list, and what her page asked for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[str] = []
        page.on("request", self._note)

    def _note(self, request: Request) -> None:
        if "/inbox/rows" in request.url:
            self.asked.append(re.sub(r"\?.*", "", request.url.partition("/inbox/rows")[2]))

    async def is_true(self) -> None:
        """Until it shows what a fresh one does; else the difference is told."""
        fresh: list[str] = []
        shown: list[str] = []
        try:
            async with asyncio.timeout(SECONDS):
                while True:
                    fresh = await self.page.evaluate(FRESH)
                    shown = await self.page.locator("#rows").evaluate(READ)
                    if fresh == shown:
                        return
                    await self.page.wait_for_timeout(50)
        except TimeoutError:
            pytest.fail("\n".join(unified_diff(fresh, shown, "fresh", "live", n=4, lineterm="")))


async def letter(cast: Cast, who: str, name: str, text: str) -> None:
    held, circle = await cast.enter(who, name, Deed.WRITE)
    await write_letter(cast.office, held, circle, Letter(uuid4(), text))


async def test_each_row_is_put_where_a_reload_shows_it_and_asked_for_alone(
    browser: Browser, site: str, people: Cast
) -> None:
    for name in ("ruth", "linden", "ben"):  # one waits in each group, so that none comes or goes with a row
        await letter(people, name, name, f"From {name}.")
    await letter(people, "mira", "ben", "An answer.")
    page = await browser.new_page(viewport={"width": 1280, "height": 820})
    await sign_in(page, site, people, "mira")
    mine = List(page)
    await page.goto(f"{site}/inbox")
    await expect(page.locator("#rows li.row")).to_have_count(3)
    rows = f"/{people.conversation('linden')}"
    async with asyncio.timeout(SECONDS):
        while not people.house.hub.connections:
            await page.wait_for_timeout(20)

    await page.locator(f"#row-{people.conversation('linden')} a").focus()
    await letter(people, "linden", "linden", "P.S. Another.")
    await expect(page.locator(f"#row-{people.conversation('linden')}")).to_contain_text("P.S.")
    await mine.is_true()
    await expect(page.locator(f"#row-{people.conversation('linden')} a")).to_be_focused()
    assert [one for one in mine.asked if one] == [rows]

    mine.asked.clear()
    held, _ = await people.enter("mira", "linden", Deed.SETTLE)
    await needs_no_answer(people.office, held, uuid4())
    there = page.locator("[data-rows=waiting_for_client]")
    await expect(there.locator(f"#row-{people.conversation('linden')}")).to_be_visible()
    await mine.is_true()
    assert rows in mine.asked


async def test_a_group_that_comes_or_goes_and_a_held_letter_ask_for_the_whole_list(
    browser: Browser, site: str, people: Cast
) -> None:
    await letter(people, "ruth", "ruth", "From Ruth.")
    page = await browser.new_page(viewport={"width": 1280, "height": 820})
    await sign_in(page, site, people, "mira")
    mine = List(page)
    await page.goto(f"{site}/inbox")
    async with asyncio.timeout(SECONDS):
        while not people.house.hub.connections:
            await page.wait_for_timeout(20)
    mira, _ = await people.enter("mira", "linden", Deed.HOLD_SESSION)
    session = await open_session(people.office, mira)
    await expect(page.locator("[data-rows=live_now] li")).to_have_count(1)
    await mine.is_true()
    linden, _ = await people.enter("linden", "linden", Deed.SAY)
    await say(people.office, linden, uuid4(), "I am here.")
    await expect(page.locator("[data-rows=live_now] .last")).to_contain_text("I am here.")
    await mine.is_true()
    await end_session(people.office, mira, session)
    await expect(page.locator("[data-rows=live_now]")).to_have_count(0)
    await mine.is_true()
    await held_letter(people, "From elsewhere.", "ruth")
    await expect(page.locator(".to-screener")).to_contain_text("1 letter held")
    await mine.is_true()
