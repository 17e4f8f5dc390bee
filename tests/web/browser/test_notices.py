"""Notices on one's own device, in a real Chromium: asked for on the page, shown in the fixed words under the chosen name.

No push service is asked: the browser's subscription is invented, and the message comes from the browser's own tools (CDP).
Without a screen a Chromium shows no notices: what the worker would have shown is kept aside in it.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.async_api import Browser, CDPSession, Page, expect

from messaging.entrance.own_choices import OwnChoices, choose_own
from messaging.people import AppName
from messaging.pushing.sealing import CURVE, SenderKey, plain_base64
from tests.cast import Cast
from tests.web.browsing import sign_in_by_form
from web.outbound.push import BODY, words
from web.state import House

DEVICE = ec.generate_private_key(CURVE)
SUBSCRIBED = """([point, secret]) => {
    const given = {
        endpoint: "https://fcm.googleapis.com/fcm/send/heron",
        toJSON: () => ({endpoint: given.endpoint, keys: {p256dh: point, auth: secret}}),
        unsubscribe: async () => { sessionStorage.clear(); return true; },
    };
    Object.defineProperty(Notification, "permission", {get: () => "default"});
    PushManager.prototype.getSubscription = async () => sessionStorage.given ? given : null;
    PushManager.prototype.subscribe = async () => { sessionStorage.given = "yes"; return given; };
}"""
KEPT_ASIDE = """() => {
    self.registration.showNotification = async (title, options) => { self.shown = {title, ...options}; };
    self.clients.openWindow = async (place) => { self.opened = place; };
}"""
TAPPED = """() => {
    const tapped = Object.assign(new Event("notificationclick"), {notification: {close() {}}, waitUntil() {}});
    self.dispatchEvent(tapped);
    return self.opened;
}"""
LEFT_OVER = """async () => {
    const ours = trustedTypes.createPolicy("push", {createScriptURL: (url) => url});
    await navigator.serviceWorker.register(ours.createScriptURL("/static/js/push_worker.js"));
}"""


@pytest.fixture
async def key(built: House) -> AsyncIterator[str]:
    """The server's, for as long as the test."""
    before, built.push.key = built.push.key, SenderKey(ec.generate_private_key(CURVE))
    yield built.push.key.public
    built.push.key = before


async def deliver(spoken: CDPSession, site: str, data: str) -> None:
    """A message to the worker of notices."""
    ours: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def known(told: dict[str, Any]) -> None:
        for one in told["registrations"]:
            if one["scopeURL"].endswith("/static/js/") and not ours.done():
                ours.set_result(one["registrationId"])

    spoken.on("ServiceWorker.workerRegistrationUpdated", known)
    await spoken.send("ServiceWorker.enable")
    about = {"origin": site, "registrationId": await asyncio.wait_for(ours, 10), "data": data}
    await spoken.send("ServiceWorker.deliverPushMessage", about)


async def prepared(browser: Browser, site: str) -> Page:
    """A telephone whose owner allows notices."""
    context = await browser.new_context(viewport={"width": 390, "height": 844}, service_workers="allow")
    await context.grant_permissions(["notifications"], origin=site)
    point = DEVICE.public_key().public_numbers()
    octets = b"\x04" + point.x.to_bytes(32, "big") + point.y.to_bytes(32, "big")
    keys = f"['{plain_base64(octets)}', '{plain_base64(b'a' * 16)}']"
    await context.add_init_script(f"({SUBSCRIBED})({keys})")
    return await context.new_page()


async def test_a_notice_has_the_fixed_words_under_the_chosen_name(
    key: str, people: Cast, site: str, browser: Browser
) -> None:
    site = site.replace("127.0.0.1", "localhost")
    ruth = people["ruth"]
    await choose_own(people.office, ruth, people.practice, OwnChoices(AppName.GARDEN, "", None))
    page = await prepared(browser, site)
    await sign_in_by_form(page, site, people, "ruth", own=True)
    await page.goto(f"{site}/me/settings")
    part = page.locator("#push")
    await expect(part.get_by_text("This device is not told.")).to_be_visible()
    await expect(part).to_contain_text("fcm.googleapis.com")
    await part.get_by_role("button", name="Tell me on this device").click()
    await expect(part.get_by_text("This device is told.")).to_be_visible()
    [worker] = [one for one in page.context.service_workers if "/push_worker.js" in one.url]
    await worker.evaluate(KEPT_ASIDE)
    spoken = await page.context.new_cdp_session(page)
    await deliver(spoken, site, words(f"{site}/").decode())
    assert await worker.evaluate("self.shown") == {
        "title": "Garden",
        "body": BODY,
        "icon": "/static/app/garden-192.png",
        "silent": True,
        "tag": "new",
    }
    assert await worker.evaluate(TAPPED) == "/?app=garden"
    await part.get_by_role("button", name="Do not tell me on any device").click()
    await expect(part.get_by_text("This device is not told.")).to_be_visible()
    assert await page.evaluate("navigator.serviceWorker.getRegistration('/static/js/')") is None
    await page.context.close()


async def test_a_device_of_others_too_is_told_nothing_and_keeps_nothing(
    key: str, people: Cast, site: str, browser: Browser
) -> None:
    site = site.replace("127.0.0.1", "localhost")
    page = await prepared(browser, site)
    await sign_in_by_form(page, site, people, "mira")
    await page.evaluate(LEFT_OVER)
    await page.goto(f"{site}/account")
    await expect(page.locator("#push")).to_contain_text("Such a device is never told anything.")
    await expect(page.locator("#push").get_by_role("button")).to_have_count(0)
    await page.wait_for_function(
        "async () => !(await navigator.serviceWorker.getRegistration('/static/js/'))"
    )
    await page.context.close()
