"""Help now without a connection: after one visit to any page, and again after signing out, with the server gone."""

import pytest
from playwright.async_api import Browser, Page, expect

from messaging.people import HelpNumber
from messaging.practice.settings import PracticeChanges, change_practice
from tests.cast import Cast
from tests.web.browsing import sign_in_by_form
from web.app import application
from web.serve import web_running
from web.state import House

OURS = "0664 555 01 20"
KEEPERS = (
    "async () => (await navigator.serviceWorker.getRegistrations()).map((one) => one.active?.scriptURL ?? '')"
)


async def kept(page: Page) -> str:
    """The address of the worker, once it is at work."""
    await page.wait_for_function(
        "async () => (await navigator.serviceWorker.getRegistrations()).some((one) => one.active)"
    )
    [script] = await page.evaluate(KEEPERS)
    return str(script)


@pytest.mark.parametrize("signed_out", [False, True], ids=["signed-in", "signed-out"])
async def test_help_now_is_there_without_a_connection(
    people: Cast, built: House, browser: Browser, signed_out: bool
) -> None:
    changes = PracticeChanges(numbers=(HelpNumber("Our own line", OURS, "weekdays"),))
    await change_practice(people.office, people["nour"], changes)
    context = await browser.new_context(
        viewport={"width": 390, "height": 844}, timezone_id="Europe/Dublin", service_workers="allow"
    )
    page = await context.new_page()
    async with web_running(built, application(built)) as base:
        site = base.replace("127.0.0.1", "localhost")
        await page.goto(f"{site}/")
        assert "?" not in await kept(page), "who signs in here is not known yet"
        await sign_in_by_form(page, site, people, "ruth")
        await page.wait_for_function("""async () => (await navigator.serviceWorker.getRegistrations())
            .some((one) => one.active?.scriptURL.includes("?of="))""")
        if signed_out:
            await page.get_by_role("button", name="Exit").click()
            await page.wait_for_url("**/exit")
            await page.goto(f"{site}/")
        assert "?of=" in await kept(page), "neither leaving nor the entrance takes it away"
        assert await page.evaluate("caches.keys()") == []
    await page.goto(f"{site}/help-now")
    await expect(page.get_by_text("No connection. This page works without one.")).to_be_visible()
    await expect(page.get_by_role("link", name="Our own line")).to_have_attribute("href", "tel:06645550120")
    await expect(page.locator("[data-here-name]")).to_have_text("Ireland")
    await expect(page.locator("[data-here]")).to_contain_text("50808")
    await expect(page.locator(".sentence")).to_have_css("background-color", "oklch(0.945 0.022 195)")
    assert "Ruth" not in await page.content()
    await page.get_by_text("I am somewhere else").click()
    await page.get_by_text("Austria", exact=True).click()
    await expect(page.locator("[data-here]")).to_contain_text("142")
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    await context.close()
