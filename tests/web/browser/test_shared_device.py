"""At a device that others use too: what a browser holds while a letter is written, and after."""

import json
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.cast import PASSWORD, Cast

WORDS = "Nobody who sits down here after me may read this."
HELD = """async () => JSON.stringify({
    local: {...localStorage}, session: {...sessionStorage},
    databases: (await indexedDB.databases()).map((one) => one.name),
    caches: window.caches ? await caches.keys() : [],
    workers: (await navigator.serviceWorker?.getRegistrations() ?? []).map((one) => new URL(one.scope).pathname)
        .filter((scope) => scope !== "/help-now"),
    name: window.name,
})"""
NOTHING = {"local": {}, "session": {}, "databases": [], "caches": [], "workers": [], "name": ""}


@pytest.mark.parametrize("own", [False, True], ids=["shared", "own"])
async def test_no_word_is_kept_in_the_browser_while_a_letter_is_written(
    people: Cast, site: str, browser: Browser, own: bool
) -> None:
    """The draft is on the server alone; where the device is not only theirs, so is every trace of having been here."""
    site = site.replace("127.0.0.1", "localhost")
    context = await browser.new_context(viewport={"width": 390, "height": 800})
    page = await context.new_page()
    await page.goto(f"{site}/")
    tick = page.get_by_label("This device is only mine")
    await expect(tick).not_to_be_checked()
    await tick.set_checked(own)
    await page.get_by_label("Username").fill(f"ruth-{people.practice.slug}")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await page.wait_for_url("**/me")
    kept = {one.get("name", ""): one.get("expires", 0.0) for one in await context.cookies()}
    assert (kept["quietline"] == -1) is not own, "it ends with the browser"
    assert ("quietline-device" in kept) is own
    await page.goto(f"{site}/me/letters/write")
    field = page.get_by_role("textbox", name="Your letter")
    await field.fill(WORDS)
    await field.blur()
    await expect(page.locator("[data-kept]").first).to_be_visible()
    held: dict[str, Any] = json.loads(await page.evaluate(HELD))
    assert held == NOTHING
    await page.goto(f"{site}/me")
    assert json.loads(await page.evaluate(HELD)) == NOTHING
    state = json.dumps(await context.storage_state(indexed_db=True))
    assert WORDS not in state
    await context.close()
