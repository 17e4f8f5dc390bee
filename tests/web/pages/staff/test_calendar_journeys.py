"""Booking in a real browser: with scripts and without, by keyboard alone, on a phone, and far from the practice."""

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Page, expect

from messaging.sessions.booking import book
from messaging.sessions.offering import Range, offer
from messaging.trust.access import Deed, Work, errand
from tests.cast import Cast
from tests.web.browsing import chromium, sign_in
from tests.web.pages.staff.test_calendar_pages import VIENNA, day_ahead


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A Chromium of the test's own."""
    async with chromium() as opened:
        yield opened


async def at(
    browser: Browser, site: str, people: Cast, who: str, **context: object
) -> tuple[Page, list[str]]:
    """Somebody's own browser, signed in, and what it complained about."""
    opened = await browser.new_context(**context)  # type: ignore[arg-type]  # what the library takes, by name
    page = await opened.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    await sign_in(page, site, people, who)
    return page, complaints


async def booked(people: Cast, starts: datetime) -> None:
    held, _ = await people.enter("mira", "ruth", Deed.HOLD_SESSION)
    await book(people.office, held, starts, 50)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
async def test_times_are_offered_and_one_is_taken_moved_and_called_off(
    browser: Browser, people: Cast, site: str, scripts: bool
) -> None:
    mira, fault = await at(browser, site, people, "mira", java_script_enabled=scripts)
    await mira.goto(f"{site}/calendar")
    await mira.get_by_text("Offer times", exact=True).last.click()
    form = mira.locator("#offer")
    await form.get_by_label("Day", exact=True).fill(f"{day_ahead():%Y-%m-%d}")
    await form.get_by_label("From", exact=True).fill("10:00")
    await form.get_by_label("Until", exact=True).fill("12:00")
    await form.get_by_role("button", name="Offer").click()
    await expect(mira.get_by_role("status")).to_contain_text("These times are offered")
    await expect(mira.get_by_text("offered, 50 minutes")).to_have_count(2)

    ruth, complaints = await at(browser, site, people, "ruth", java_script_enabled=scripts)
    await ruth.goto(f"{site}/me")
    await ruth.get_by_role("link", name="All sessions, and free times").click()
    await ruth.get_by_role("radio", name=re.compile("^10:00")).check()
    await ruth.get_by_role("button", name="Book this time").click()
    await expect(ruth.get_by_role("status")).to_contain_text("Your session is booked")
    card = ruth.get_by_role("article")
    await expect(card).to_contain_text("10:00")
    await card.get_by_text("Move", exact=True).click()
    await card.get_by_label("To another free time").select_option(index=1)
    await card.get_by_role("button", name="Move the session").click()
    await expect(ruth.get_by_role("article")).to_contain_text("11:00")
    async with ruth.expect_download() as saving:
        await ruth.get_by_role("link", name="Calendar file").click()
    assert (await saving.value).suggested_filename == "appointment.ics"
    await mira.reload()
    await expect(mira.get_by_role("link", name="Ruth")).to_be_visible()
    await ruth.get_by_role("article").get_by_text("Cancel", exact=True).click()
    await ruth.get_by_role("button", name="Cancel the session").click()
    await expect(ruth.get_by_role("status")).to_contain_text("Your session is cancelled")
    await expect(ruth.get_by_role("radio")).to_have_count(2)
    assert (fault, complaints) == ([], [])


async def tab_to(page: Page, name: str) -> None:
    """A date has several parts, and how many differs between browsers."""
    for _ in range(8):
        if await page.evaluate("document.activeElement?.getAttribute('name')") == name:
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"no way to {name}")


async def test_a_session_is_booked_by_keyboard_alone(browser: Browser, people: Cast, site: str) -> None:
    mira, complaints = await at(browser, site, people, "mira")
    await mira.goto(f"{site}/calendar")
    await mira.get_by_label("With").focus()
    await mira.keyboard.type("Ruth")
    await mira.keyboard.press("Tab")
    at_ten = day_ahead()
    await mira.keyboard.type(f"{at_ten:%m%d%Y}")
    await mira.keyboard.press("Tab")
    await tab_to(mira, "time")
    await mira.keyboard.type("1000AM")
    await tab_to(mira, "minutes")
    await mira.keyboard.press("Enter")
    await expect(mira.get_by_role("status")).to_contain_text("The session is booked")
    (session,) = await people.office.memory.sessions.of_conversation(
        errand(people.practice.id, people.conversation("ruth"), Work.KEEPING_TIME), 5
    )
    assert session.starts == at_ten
    assert complaints == []


@pytest.mark.parametrize(
    ("zone", "said"),
    [("Asia/Kolkata", True), ("America/New_York", True), ("Europe/Berlin", False), ("Europe/Vienna", False)],
)
async def test_who_is_elsewhere_sees_their_own_time_beside_the_practices(
    browser: Browser, people: Cast, site: str, zone: str, said: bool
) -> None:
    """Berlin's clocks show what Vienna's do: the same time is not said twice."""
    starts = day_ahead()
    await booked(people, starts)
    ruth, complaints = await at(browser, site, people, "ruth", timezone_id=zone)
    for place in ("/me", "/me/sessions"):
        await ruth.goto(f"{site}{place}")
        own = ruth.locator("[data-elsewhere]").first
        if said:
            there = starts.astimezone(ZoneInfo(zone))
            await expect(own).to_have_text(f"{there:%H:%M} where you are")
        else:
            await expect(own).to_be_hidden()
        await expect(ruth.locator("time").first).to_contain_text("10:00")
        assert await ruth.locator("time").first.get_attribute("datetime") is not None
    assert complaints == []


async def test_a_day_that_is_another_one_elsewhere_is_named(
    browser: Browser, people: Cast, site: str
) -> None:
    late = day_ahead().replace(hour=22)
    await booked(people, late)
    ruth, _ = await at(browser, site, people, "ruth", timezone_id="Asia/Kolkata")
    await ruth.goto(f"{site}/me/sessions")
    there = late.astimezone(VIENNA) + timedelta(days=1)
    await expect(ruth.locator("[data-elsewhere]").first).to_have_text(
        re.compile(rf"^{there:%A} \d\d:\d\d where you are$")
    )


@pytest.mark.parametrize(("who", "place"), [("mira", "/calendar"), ("ruth", "/me/sessions")])
@pytest.mark.parametrize("width", [390, 320])
async def test_a_phone_shows_all_of_it_without_sideways_scrolling(
    browser: Browser, people: Cast, site: str, who: str, place: str, width: int
) -> None:
    starts = day_ahead()
    await booked(people, starts)
    wanted = Range(starts + timedelta(hours=2), starts + timedelta(hours=6), 50)
    await offer(people.office, people["mira"], wanted)
    page, _ = await at(browser, site, people, who, viewport={"width": width, "height": 800})
    await page.goto(f"{site}{place}")
    await page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    targets = "main :is(button, summary, select, input:not([type=hidden], [type=radio]))"
    small = await page.locator(targets).evaluate_all(
        "all => all.filter(e => e.offsetParent && e.getBoundingClientRect().height < 36).map(e => e.outerHTML)"
    )
    assert small == []


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
async def test_a_session_is_booked_for_every_other_week(
    browser: Browser, people: Cast, site: str, scripts: bool
) -> None:
    page, complaints = await at(browser, site, people, "mira", java_script_enabled=scripts)
    await page.goto(f"{site}/calendar")
    form = page.locator("#book")
    await form.get_by_label("With").select_option(label="Ruth")
    await form.get_by_label("Day", exact=True).fill(f"{day_ahead():%Y-%m-%d}")
    await form.get_by_label("Start").fill("07:05")
    await form.get_by_text("Repeat", exact=True).click()
    await form.get_by_label("Sessions in all").fill("3")
    await form.get_by_label("Weeks from one to the next").fill("2")
    await form.get_by_role("button", name="Book", exact=True).click()
    await expect(page.get_by_role("status")).to_contain_text("booked")
    way = errand(people.practice.id, people.conversation("ruth"), Work.KEEPING_TIME)
    found = sorted(one.starts for one in await people.office.memory.sessions.of_conversation(way, 9))
    shown = [one.astimezone(VIENNA).replace(tzinfo=None) for one in found]
    assert [b - a for a, b in pairwise(shown)] == [timedelta(weeks=2)] * 2
    assert {(one.hour, one.minute) for one in shown} == {(7, 5)}
    assert complaints == []


async def test_an_open_page_says_of_a_booking_what_a_fresh_one_says(
    browser: Browser, people: Cast, site: str
) -> None:
    mira, complaints = await at(browser, site, people, "mira", timezone_id="Asia/Kolkata")
    await mira.goto(f"{site}/c/{people.conversation('ruth')}")
    await booked(people, day_ahead(200))
    line = mira.locator("li.event")
    await expect(line).to_contain_text("A session was booked: ")
    told = await line.locator('[data-part="text"]').inner_text()
    await mira.reload()
    await expect(line).to_have_count(1)
    assert await line.locator('[data-part="text"]').inner_text() == told
    assert told.endswith(", 10:00")
    assert complaints == []
