"""Two sides of a live session in real browsers, as the tests of the room use them."""

import asyncio
import re
from collections.abc import Callable
from datetime import timedelta

from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from messaging.conversations import Session, SessionState
from messaging.ids import SessionId
from messaging.sessions.checking_in import let_in
from messaging.sessions.holding import open_session
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.web.browsing import sign_in

PHONE = {"width": 390, "height": 844}


async def live(
    people: Cast, name: str = "ruth", *, left: timedelta | None = None, checked_in: bool = True
) -> Session:
    """A session with Dr Mira, begun so long ago that this much of its time is left; everybody is let in."""
    held, circle = await people.enter("mira", name, Deed.HOLD_SESSION)
    now = people.office.clock()
    begun = now + (left or timedelta(minutes=50)) - timedelta(minutes=50)
    session = Session(
        SessionId(people.office.new_id()), held.conversation, SessionState.BOOKED, begun, 50, opened_at=begun
    )
    opened = await open_session(people.office, held, session, beside=True)
    for client in circle.clients if checked_in else ():
        await let_in(people.office, held, circle, opened, client.id, people.office.new_id())
    return opened


async def client_in_room(
    browser: Browser, site: str, people: Cast, name: str = "ruth", context: BrowserContext | None = None
) -> Page:
    """The client's page on a phone, in the session."""
    context = context or await browser.new_context(viewport=PHONE, has_touch=True)  # type: ignore[arg-type]
    page = await context.new_page()
    await sign_in(page, site, people, name)
    await page.goto(f"{site}/me/session/{people.conversation(name)}")
    await connected(page)
    return page


async def therapist_in_room(
    browser: Browser, site: str, people: Cast, name: str = "ruth", context: BrowserContext | None = None
) -> Page:
    """Dr Mira's page with this conversation open."""
    context = context or await browser.new_context(viewport={"width": 1280, "height": 820})
    page = await context.new_page()
    await sign_in(page, site, people, "mira")
    await page.goto(f"{site}/c/{people.conversation(name)}")
    await connected(page)
    return page


async def connected(page: Page) -> None:
    """The page follows its conversation."""
    await expect(page.locator("[data-room]")).to_have_attribute("data-followed", "")


def bubbles(page: Page, text: str | re.Pattern[str] | None = None) -> Locator:
    """What was said, as it stands on the page."""
    said = page.locator("[data-list] li.bubble")
    return said.filter(has_text=text) if text else said


def texts(page: Page) -> Locator:
    """The words alone."""
    return page.locator('[data-list] li.bubble [data-part="text"]')


async def write(page: Page, words: str) -> None:
    """Into the field, and Send."""
    await page.locator("#words-field").fill(words)
    await page.get_by_role("button", name="Send", exact=True).click()


async def speak(page: Page, words: str) -> None:
    """Live words, and the server's word that it has them."""
    await write(page, words)
    await expect(bubbles(page, words).last).to_have_attribute("data-number", re.compile(r"\d+"))


async def until(page: Page, true: Callable[[], object], seconds: float = 10) -> None:
    """Until it is so; the browser and the server run meanwhile."""
    async with asyncio.timeout(seconds):
        while not true():
            await page.wait_for_timeout(10)
