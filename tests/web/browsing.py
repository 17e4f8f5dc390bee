"""A real Chromium for the journeys over the pages."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Page, async_playwright, expect

from messaging.entrance.signing_in import ABSOLUTE, begin
from messaging.memory.sign_ins import SignInKind
from tests.cast import PASSWORD, Cast

# What is waited for comes in a moment; a machine with other work gets more than the five seconds that are usual.
expect.set_options(timeout=20_000)

ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


PROGRAM = (
    os.environ.get("QUIETLINE_CHROMIUM")
    or shutil.which("chromium-headless-shell")
    or shutil.which("chromium")
    or "/usr/bin/chromium"
)
"""The browser QUIETLINE_CHROMIUM names, or the one of this machine."""


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A Chromium of one's own."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=PROGRAM, args=ARGUMENTS)
        yield browser
        await browser.close()


async def sign_in(page: Page, site: str, cast: Cast, name: str) -> None:
    """As if they had signed in a while ago. The form and the page it leads to cost more than many tests beside."""
    person = cast[name]
    made = await begin(cast.office, person.practice, person.id, SignInKind.COOKIE, ABSOLUTE[True])
    await page.context.add_cookies([{"name": "quietline", "value": made.text, "url": site}])


async def sign_in_by_form(page: Page, site: str, cast: Cast, name: str, *, own: bool = False) -> None:
    """As people do; they are at home then. `own`: at a device that is only theirs."""
    await page.goto(f"{site}/")
    await page.get_by_label("Username").fill(f"{name}-{cast.practice.slug}")
    await page.get_by_label("Password").fill(PASSWORD)
    if own:
        await page.get_by_label("This device is only mine").check()
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(lambda url: not url.endswith(("/", "/sign-in")))


async def sign_in_ended(page: Page, site: str) -> None:
    """Exit leaves at once: the sign-in ends behind the page that has gone, soon, and not before it."""
    async with asyncio.timeout(20):
        while (await page.context.request.get(f"{site}/me")).url.split("?")[0] != f"{site}/":
            await page.wait_for_timeout(50)


async def check_in(page: Page) -> None:
    """In the waiting room: at home, alone, with a number for plan B."""
    await page.get_by_label("Place").fill("home, Graz")
    await page.get_by_label("Country or region").select_option("AT")
    await page.get_by_label("Yes").check()
    await page.get_by_label("Telephone").fill("+43 660 123 45 67")
    await page.get_by_role("button", name="Ready").click()
