"""Exit with a page that was chosen: at once, signed out, what was written kept, and Back shows the sign-in."""

from collections.abc import Iterator
from dataclasses import replace
from time import monotonic

import pytest
from playwright.async_api import Browser, expect

from messaging.people import ExitPage
from tests.cast import Cast
from tests.web.browsing import sign_in_by_form, sign_in_ended
from tests.web.preview import serve

WORDS = "I did not want to stop here."


@pytest.fixture
def elsewhere() -> Iterator[int]:
    """The port of somebody else's pages."""
    server = serve()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


async def test_three_shifts_lead_to_the_page_chosen_and_back_shows_the_sign_in(
    people: Cast, site: str, browser: Browser, elsewhere: int
) -> None:
    weather = f"http://localhost:{elsewhere}/left"
    # Past the act, which takes https alone. Were it answered by the test (route), the page's last request would be lost.
    practice = replace(people.practice, exits=(ExitPage("The weather", weather),))
    await people.office.memory.people.set_practice(practice)
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    page = await context.new_page()
    await sign_in_by_form(page, site, people, "ruth")
    await page.goto(f"{site}/me/letters/write")
    field = page.get_by_role("textbox", name="Your letter")
    await field.fill(WORDS)
    await field.focus()
    began = monotonic()
    for _ in range(3):
        await page.keyboard.press("Shift")
    await page.wait_for_url(weather)
    assert monotonic() - began < 5, "at once; half a second where nobody else is at work"
    await sign_in_ended(page, site)
    await page.go_back()
    await expect(page.get_by_label("Username")).to_be_visible()
    await sign_in_by_form(page, site, people, "ruth")
    await page.goto(f"{site}/me/letters/write")
    await expect(page.get_by_role("textbox", name="Your letter")).to_have_value(WORDS)
    await context.close()
