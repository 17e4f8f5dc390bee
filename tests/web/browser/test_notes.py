"""Notes in a browser: what was written is not left by a slip, and each page is on its own ground."""

from playwright.async_api import Browser, Dialog, expect

from tests.cast import Cast
from tests.conftest import RunningServer
from tests.web.visitor import Visitor


async def test_what_was_written_is_not_left_by_a_slip_and_kept_at_once(
    server: RunningServer, cast: Cast, browser: Browser
) -> None:
    visitor = Visitor(server.http)
    await visitor.enter(cast, "mira")
    context = await browser.new_context()
    await context.add_cookies(
        [{"name": name, "value": value, "url": server.http} for name, value in visitor.cookies.items()]
    )
    page = await context.new_page()
    asked: list[str] = []

    async def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        await dialog.dismiss()

    page.on("dialog", stay)
    grounds = set()
    for kind, verb in (("progress", "Put it in the record"), ("process", "Keep for myself")):
        place = f"{server.http}/c/{cast.conversation('ruth')}/notes/{kind}"
        await page.goto(place)
        grounds.add(await page.evaluate("getComputedStyle(document.body).backgroundColor"))
        await page.get_by_role("textbox").fill("She walked through the gate.")
        await page.get_by_role("link", name="Ruth").click()
        assert asked == ["beforeunload"]
        assert page.url == place, "still here"
        await expect(page.get_by_role("textbox")).to_have_value("She walked through the gate.")
        await page.get_by_role("button", name=verb).click()
        await expect(page.get_by_role("article")).to_contain_text("She walked through the gate.")
        await expect(page.get_by_role("textbox")).to_have_value("")
        asked.clear()
    assert len(grounds) == 2
    await page.get_by_role("link", name="Ruth").click()
    await expect(page.get_by_role("link", name="My own pages")).to_be_visible()
    assert asked == []
    await context.close()
