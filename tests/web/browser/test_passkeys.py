"""Passkeys in a real Chromium with a device of its own (CDP WebAuthn): made, used, removed; without scripts not seen."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.cast import PASSWORD, Cast
from tests.web.browsing import sign_in_by_form

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def named(site: str) -> str:
    """The site by a name: passkeys are for names, and not for addresses."""
    return site.replace("127.0.0.1", "localhost")


async def with_device(page: Page) -> tuple[object, str]:
    """A device in this page's browser, and how to speak with it."""
    spoken = await page.context.new_cdp_session(page)
    await spoken.send("WebAuthn.enable")
    added = await spoken.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return spoken, added["authenticatorId"]


async def test_made_on_the_account_it_signs_in_alone_until_it_is_removed(
    named: str, people: Cast, browser: Browser
) -> None:
    page = await (await browser.new_context(viewport={"width": 390, "height": 800})).new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await with_device(page)
    await sign_in_by_form(page, named, people, "ruth")
    await page.goto(f"{named}/account")
    await page.get_by_role("link", name="Your passkeys").click()
    await page.get_by_role("link", name="Make or remove passkeys").click()
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Go on").click()
    await expect(page.get_by_text("This browser cannot make passkeys here")).to_be_hidden()
    await page.get_by_role("button", name="Make a passkey").click()
    await expect(page.get_by_text("The passkey is kept")).to_be_visible()
    await page.context.clear_cookies()
    await page.goto(f"{named}/?next=/me/letters")
    await page.get_by_role("button", name="Use a passkey").click()
    await page.wait_for_url(f"{named}/me/letters")  # and not the sign-in that leads there
    await page.goto(f"{named}/account/again?do=passkeys")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Go on").click()
    await expect(page.get_by_text("last used")).to_be_visible()
    await page.get_by_role("button", name="Remove").click()
    await expect(page.get_by_text("It lets nobody in any more")).to_be_visible()
    await page.context.clear_cookies()
    await page.goto(f"{named}/")
    await page.get_by_role("button", name="Use a passkey").click()
    await expect(page.get_by_text("This passkey could not be used")).to_be_visible()
    assert complaints == []


async def test_who_does_not_show_the_device_who_they_are_does_not_come_in(
    named: str, people: Cast, browser: Browser
) -> None:
    page = await (await browser.new_context()).new_page()
    spoken, device = await with_device(page)
    await spoken.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})  # type: ignore[attr-defined]
    await page.goto(f"{named}/")
    await page.get_by_role("button", name="Use a passkey").click()
    await expect(page.get_by_text("The device showed no passkey")).to_be_visible()
    assert page.url == f"{named}/"


@pytest.mark.parametrize("where", ["no scripts", "an address"])
async def test_where_they_cannot_be_nothing_of_them_is_seen(
    site: str, named: str, people: Cast, browser: Browser, where: str
) -> None:
    context = await browser.new_context(java_script_enabled=where != "no scripts")
    page = await context.new_page()
    await page.goto(f"{named if where == 'no scripts' else site}/")
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    await expect(page.get_by_role("button", name="Use a passkey")).to_be_hidden()
