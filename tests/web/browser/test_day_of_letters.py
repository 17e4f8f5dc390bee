"""A day of letters, counted: clicks, keys and full loads, as one answers from the list, and as the day opens them.

As many as QUIETLINE_LETTERS says; for docs/speed.md: QUIETLINE_LETTERS=22 pytest tests/web/browser/test_day_of_letters.py -s
"""

import os
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from playwright.async_api import Browser, Locator, Page, Response, expect
from sqlalchemy import update

from messaging.conversations import Conversation, Kind, Member
from messaging.letters.sending_later import pending_letters
from messaging.letters.writing import Letter, write_letter
from messaging.people import Role
from messaging.practice.founding import NewPerson, add_person, begin_conversation
from messaging.record.reading import enter
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.web.browsing import sign_in
from threads.tables.conversations import conversations

LETTERS = int(os.environ.get("QUIETLINE_LETTERS", "4"))


@dataclass
class Hand:
    """What one does: clicks, keys (a chord is one; the words of the letters are not counted) and pages waited for."""

    page: Page
    clicks: int = 0
    keys: int = 0
    loads: int = 0

    def __post_init__(self) -> None:
        self.page.on("response", self._came)

    def _came(self, came: Response) -> None:
        """A whole page; where a form leads on, the one it leads to."""
        self.loads += came.request.is_navigation_request() and came.status == 200

    async def click(self, what: Locator) -> None:
        self.clicks += 1
        await what.click()

    async def press(self, key: str) -> None:
        self.keys += 1
        await self.page.keyboard.press(key)

    @property
    def counted(self) -> tuple[int, int, int]:
        return self.clicks, self.keys, self.loads


async def caseload(people: Cast) -> list[Conversation]:
    """As many clients, each with a letter that is promised for today; nobody of them is called by a word of a letter."""
    office, made = people.office, []
    for number in range(LETTERS):
        new = NewPerson(Role.CLIENT, f"client{number}-{people.practice.slug}", f"Client{chr(65 + number)}")
        client = await add_person(office, people.practice.id, new)
        members = tuple(Member(one.id, one.role) for one in (client, people["mira"]))
        made.append(await begin_conversation(office, people.practice.id, Kind.INDIVIDUAL, members))
        held, circle = await enter(office, client, made[-1].id, Deed.WRITE)
        await write_letter(office, held, circle, Letter(uuid4(), "I keep going back to that evening."))
    database = office.memory.people._database  # type: ignore[attr-defined]
    late = office.clock() - timedelta(days=9)
    async with database.within(people.practice.id) as connection:
        ids = [one.id for one in made]
        await connection.execute(
            update(conversations).where(conversations.c.id.in_(ids)).values(waiting_since=late)
        )
    return made


async def all_go(people: Cast, made: list[Conversation]) -> None:
    for one in made:
        held, _ = await enter(people.office, people["mira"], one.id, Deed.WRITE)
        assert [letter.text for letter in await pending_letters(people.office, held)] == ["Thank you for it."]


async def hand_of(browser: Browser, site: str, people: Cast, start: str) -> Hand:
    page = await browser.new_page(viewport={"width": 1280, "height": 820})
    await sign_in(page, site, people, "mira")
    await page.goto(f"{site}{start}")
    return Hand(page)


def field(page: Page) -> Locator:
    return page.locator("#answer-text")


async def test_from_the_list(site: str, people: Cast, browser: Browser) -> None:
    made = await caseload(people)
    hand = await hand_of(browser, site, people, "/inbox")
    page = hand.page
    await hand.click(page.locator("[data-rows=waiting_for_you] a").first)
    for number in range(LETTERS):
        await hand.click(page.locator("[data-answer] > summary"))
        await field(page).fill("Thank you for it.")
        await hand.click(page.get_by_role("button", name="Send the letter"))
        await expect(page.locator(".pending")).to_be_visible()
        if number < LETTERS - 1:
            await hand.click(page.get_by_role("link", name="Next letter"))
            await expect(page.locator(".pending")).to_have_count(0)
    await all_go(people, made)
    print(f"\nfrom the list, {LETTERS} letters: clicks, keys, loads {hand.counted}")
    assert hand.counted == (3 * LETTERS, 0, 2 * LETTERS)


async def test_as_the_day_opens_them_by_mouse(site: str, people: Cast, browser: Browser) -> None:
    made = await caseload(people)
    hand = await hand_of(browser, site, people, "/today")
    page = hand.page
    await hand.click(page.get_by_role("link", name="Begin"))
    for number in range(1, LETTERS + 1):
        await expect(page.get_by_text(f"{number} of {LETTERS}", exact=True)).to_be_visible()
        await hand.click(field(page))
        await field(page).fill("Thank you for it.")
        await hand.click(page.get_by_role("button", name="Send and next"))
    await expect(page.get_by_role("heading", name="All promises of today are kept.")).to_be_visible()
    await all_go(people, made)
    print(f"\nas the day opens them, by mouse, {LETTERS} letters: clicks, keys, loads {hand.counted}")
    assert hand.counted == (2 * LETTERS + 1, 0, LETTERS + 1)


async def test_as_the_day_opens_them_by_keys(site: str, people: Cast, browser: Browser) -> None:
    made = await caseload(people)
    hand = await hand_of(browser, site, people, "/today")
    page = hand.page
    await hand.press("Enter")
    for number in range(1, LETTERS + 1):
        heading = page.get_by_role("heading", name=f"letter {number} of {LETTERS}")
        await expect(heading).to_be_focused()
        await hand.press("r")
        await expect(field(page)).to_be_focused()
        await field(page).fill("Thank you for it.")
        await hand.press("Control+Enter")
    await expect(page.get_by_role("heading", name="All promises of today are kept.")).to_be_focused()
    await all_go(people, made)
    print(f"\nas the day opens them, by keys, {LETTERS} letters: clicks, keys, loads {hand.counted}")
    assert hand.counted == (0, 2 * LETTERS + 1, LETTERS + 1)
