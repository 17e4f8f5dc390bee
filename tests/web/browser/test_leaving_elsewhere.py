"""Exit with a page that was chosen: at once, signed out, what was written kept, and Back shows the sign-in."""

from time import monotonic

from playwright.async_api import Browser, expect

from messaging.people import ExitPage
from messaging.practice.settings import PracticeChanges, change_practice
from tests.cast import Cast
from tests.web.browsing import sign_in_by_form

WEATHER = "https://www.example.org/weather"
WORDS = "I did not want to stop here."


async def test_three_shifts_lead_to_the_page_chosen_and_back_shows_the_sign_in(
    people: Cast, site: str, browser: Browser
) -> None:
    pages = (ExitPage("The weather", WEATHER), ExitPage("Trains", "https://www.example.org/trains"))
    await change_practice(people.office, people["nour"], PracticeChanges(exits=pages))
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    await context.route("https://www.example.org/*", lambda route: route.fulfill(body="Sunny."))
    page = await context.new_page()
    await sign_in_by_form(page, site, people, "ruth")
    await page.goto(f"{site}/me/letters/write")
    field = page.get_by_role("textbox", name="Your letter")
    await field.fill(WORDS)
    await field.focus()
    began = monotonic()
    for _ in range(3):
        await page.keyboard.press("Shift")
    await page.wait_for_url(WEATHER)
    assert monotonic() - began < 5, "at once; half a second where nobody else is at work"
    await page.go_back()
    await expect(page.get_by_label("Username")).to_be_visible()
    await sign_in_by_form(page, site, people, "ruth")
    await page.goto(f"{site}/me/letters/write")
    await expect(page.get_by_role("textbox", name="Your letter")).to_have_value(WORDS)
    await context.close()
