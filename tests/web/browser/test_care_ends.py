"""Care that ends while pages stand open: no page goes on promising what is over."""

import re
from datetime import timedelta

from playwright.async_api import Browser, Page, expect

from messaging.ending.care import begin_care_again, end_care
from messaging.sessions.booking import book
from messaging.sessions.holding import end_session
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.messaging.sessions.booked import by
from tests.web.browser.live_room import PHONE, client_in_room, live, therapist_in_room
from tests.web.browsing import sign_in

OVER = "Care with Dr Mira has ended. What was written stays readable here."
PROMISED = "becomes a letter, answered by"


async def end(people: Cast) -> None:
    await end_care(people.office, people["mira"], people.conversation("ruth"))


async def test_both_rooms_say_it_at_once_and_take_it_back_when_care_goes_on(
    site: str, people: Cast, browser: Browser
) -> None:
    ruth = await client_in_room(browser, site, people)
    mira = await therapist_in_room(browser, site, people)
    await expect(ruth.get_by_text(PROMISED)).to_be_visible()
    await expect(mira.get_by_role("button", name="Open a session now")).to_be_visible()
    await end(people)
    await expect(ruth.get_by_text(OVER)).to_be_visible()
    for page in (ruth, mira):
        await expect(page.locator('[data-list] [data-event="care_ended"]')).to_contain_text(
            re.compile("(You|Dr Mira\\W*) ended care here")
        )
    await expect(ruth.get_by_text(PROMISED)).to_be_hidden()
    await expect(ruth.get_by_text("What you write now becomes a letter.")).to_be_visible()
    await expect(mira.get_by_text("Care has ended here. What they write is kept")).to_be_visible()
    await expect(mira.get_by_role("button", name="Open a session now")).to_be_hidden()
    await begin_care_again(people.office, people["mira"], people.conversation("ruth"))
    await expect(ruth.get_by_text(PROMISED)).to_be_visible()
    await expect(ruth.get_by_text(OVER)).to_be_hidden()
    await expect(mira.get_by_role("button", name="Open a session now")).to_be_visible()


async def test_a_room_whose_session_has_just_ended_promises_nothing_any_more(
    site: str, people: Cast, browser: Browser
) -> None:
    session = await live(people)
    ruth = await client_in_room(browser, site, people)
    held, _ = await people.enter("mira", "ruth", Deed.HOLD_SESSION)
    await end_session(people.office, held, session)
    await expect(ruth.get_by_text("What you send now becomes a letter, answered by")).to_be_visible()
    await end(people)
    await expect(ruth.get_by_text(OVER)).to_be_visible()
    await expect(ruth.get_by_text("What you send now becomes a letter, answered by")).to_be_hidden()
    await expect(ruth.get_by_role("button", name="Send as a letter")).to_be_visible()


async def test_a_page_that_was_away_meanwhile_knows_it_when_it_is_back(
    site: str, people: Cast, browser: Browser
) -> None:
    ruth = await client_in_room(browser, site, people)
    await ruth.context.set_offline(True)
    await end(people)
    await ruth.context.set_offline(False)
    await expect(ruth.get_by_text(OVER)).to_be_visible()


async def waiting(browser: Browser, site: str, people: Cast) -> Page:
    context = await browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    page = await context.new_page()
    await sign_in(page, site, people, "ruth")
    await page.goto(f"{site}/me/session/{people.conversation('ruth')}")
    return page


async def test_nobody_goes_on_waiting_for_a_session_that_is_called_off(
    site: str, people: Cast, browser: Browser
) -> None:
    soon = people.office.clock() + timedelta(minutes=5)
    await book(people.office, await by(people, "mira", "ruth"), soon, 50)
    page = await waiting(browser, site, people)
    await expect(page.get_by_role("heading", name="Before your session")).to_be_visible()
    await end(people)
    await expect(page.get_by_text(OVER)).to_be_visible()
    await expect(page.get_by_role("heading", name="Before your session")).to_be_hidden()
