"""An end is planned on a page of who cares, and read by who is in care before it and after it."""

from datetime import timedelta

from playwright.async_api import Browser, expect

from messaging.ending.planning import end_as_planned
from tests.cast import Cast
from tests.messaging.sessions.booked import office_at
from tests.web.browser.live_room import PHONE
from tests.web.browsing import sign_in


async def test_an_end_is_planned_read_kept_and_still_read(site: str, people: Cast, browser: Browser) -> None:
    mira, ruth = [await (await browser.new_context(viewport=PHONE)).new_page() for _ in range(2)]  # type: ignore[arg-type]
    await sign_in(mira, site, people, "mira")
    await mira.goto(f"{site}/c/{people.conversation('ruth')}/ending")
    day = people.office.clock() + timedelta(days=9)
    await mira.get_by_label("Last day").fill(day.date().isoformat())
    await mira.get_by_label("Letters until then").fill("two")
    await mira.get_by_label("Where else there is help").fill("Haus Linde, weekdays from nine.")
    await mira.get_by_label("Care ends when that day is over").check()
    await mira.get_by_role("button", name="Keep it").click()
    await expect(mira.get_by_role("alert")).to_contain_text("How many remain is a number, or nothing.")
    await mira.get_by_label("Letters until then").fill("2")
    await mira.get_by_role("button", name="Keep it").click()
    await expect(mira.get_by_text("2 letters are planned until then")).to_be_visible()
    await sign_in(ruth, site, people, "ruth")
    await ruth.goto(f"{site}/me")
    await ruth.get_by_role("link", name="How this ends").click()
    await expect(ruth.get_by_text("The last day is")).to_be_visible()
    await expect(ruth.get_by_text("Haus Linde, weekdays from nine.")).to_be_visible()
    over = office_at(people.office, day + timedelta(days=2))
    assert await end_as_planned(over, people.practice.id, people.conversation("ruth")) is None
    await ruth.reload()
    await expect(ruth.get_by_text("Care ended on")).to_be_visible()
    await expect(ruth.get_by_text("Haus Linde, weekdays from nine.")).to_be_visible()
    await mira.reload()
    await expect(mira.get_by_text("Care has ended here, so nothing is planned any more.")).to_be_visible()
