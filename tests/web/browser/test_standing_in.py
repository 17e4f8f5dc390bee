"""A whole cover in three browsers: said, asked, agreed, stood in, and over, on pages that stand open."""

import re
from datetime import timedelta

from playwright.async_api import Browser, Page, expect

from messaging.absence.declaring import today
from messaging.conversations import CoverScope
from tests.cast import Cast
from tests.messaging.absence.away import runs, writes
from tests.web.browsing import sign_in

PHONE = {"width": 390, "height": 844}


async def at(browser: Browser, site: str, people: Cast, who: str, place: str) -> Page:
    """Somebody's page."""
    narrow = who == "ruth"
    context = await browser.new_context(viewport=PHONE if narrow else None)  # type: ignore[arg-type]
    page = await context.new_page()
    await sign_in(page, site, people, who)
    await page.goto(f"{site}{place}")
    return page


async def test_a_colleague_stands_in_by_the_clients_yes_and_is_out_by_her_no(
    site: str, people: Cast, browser: Browser
) -> None:
    await writes(people, words="I keep going back to that evening.")
    mira = await at(browser, site, people, "mira", "/cover")
    day = today(people.practice, people.office.clock())
    await mira.get_by_label("First day").fill(day.isoformat())
    await mira.get_by_label("Last day").fill((day + timedelta(days=6)).isoformat())
    await mira.get_by_label("Who stands in").select_option(label="Eli")
    await mira.get_by_label("Take over").check()
    await mira.get_by_role("button", name="Say it").click()
    await expect(mira.get_by_text("has been asked.")).to_be_visible()
    eli = await at(browser, site, people, "eli", "/cover")
    await eli.get_by_role("button", name="Yes, I do").click()
    await expect(eli.get_by_text("You stand in nowhere yet.")).to_be_visible()
    ruth = await at(browser, site, people, "ruth", "/me")
    await expect(ruth.get_by_text("is away for a time.")).to_be_visible()
    await ruth.get_by_role("button", name="Yes, they may").click()
    await expect(ruth.get_by_text("answers here meanwhile")).to_be_visible()
    await eli.goto(f"{site}/today")
    await eli.goto(f"{site}/c/{people.conversation('ruth')}")
    await expect(eli.locator("[data-list]").get_by_text("I keep going back to that evening.")).to_be_visible()
    await expect(eli.get_by_text("You stand in here until")).to_be_visible()
    await expect(eli.get_by_text("My own pages")).to_be_hidden()
    await mira.reload()
    await expect(mira.get_by_role("row", name=re.compile("Ruth"))).to_contain_text("Eli stands in")
    await ruth.get_by_role("button", name="Not any longer").click()
    await expect(ruth.get_by_text("answers here meanwhile")).to_be_hidden()
    await expect(eli.get_by_text("This conversation is no longer open to you.")).to_be_visible()
    gone = await eli.goto(f"{site}/c/{people.conversation('ruth')}")
    assert gone is not None
    assert gone.status == 404


async def test_who_looks_in_reads_and_finds_nothing_to_write_with(
    site: str, people: Cast, browser: Browser
) -> None:
    await writes(people, words="I keep going back to that evening.")
    await runs(people, CoverScope.LOOK_IN)
    eli = await at(browser, site, people, "eli", f"/c/{people.conversation('ruth')}")
    await expect(eli.locator("[data-list]").get_by_text("I keep going back to that evening.")).to_be_visible()
    await expect(eli.get_by_text("You look in here until")).to_be_visible()
    for name in ("Open a session now", "Write an answer", "Arrange", "Check-ins and code words"):
        await expect(eli.get_by_text(name)).to_be_hidden()
