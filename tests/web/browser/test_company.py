"""Two clinicians have the same letter open, in two browsers: each sees the other, before a word is written."""

from playwright.async_api import Browser, Page, expect

from tests.cast import Cast
from tests.messaging.absence.away import runs, writes
from tests.web.browsing import sign_in


async def at(browser: Browser, site: str, people: Cast, who: str, place: str, width: int = 1280) -> Page:
    """Somebody's page, whose clock can be put forward."""
    context = await browser.new_context(viewport={"width": width, "height": 844})
    page = await context.new_page()
    await sign_in(page, site, people, who)
    await page.clock.install()
    await page.goto(f"{site}{place}")
    return page


async def test_a_colleague_who_writes_is_seen_before_one_does_and_gone_when_they_say_nothing_more(
    site: str, people: Cast, browser: Browser
) -> None:
    await writes(people, words="I keep going back to that evening.")
    await runs(people)
    place = f"/c/{people.conversation('ruth')}"
    ruth = await at(browser, site, people, "ruth", "/me")
    told: list[str] = []
    ruth.on("websocket", lambda socket: socket.on("framereceived", lambda frame: told.append(str(frame))))
    await ruth.goto(f"{site}{place}")
    eli = await at(browser, site, people, "eli", place)
    await eli.locator("[data-answer] > summary").click()
    await eli.get_by_label("Your letter to Ruth").fill("Dear Ruth,")

    inbox = await at(browser, site, people, "mira", "/inbox", width=390)
    row = inbox.locator(f"#row-{people.conversation('ruth')}")
    await expect(row.locator(".company")).to_have_text("Eli is writing an answer")
    mira = await at(browser, site, people, "mira", place)
    line = mira.locator("[data-company]")
    await expect(line).to_have_text("Eli is writing an answer")
    await expect(eli.locator("[data-company]")).to_contain_text("is reading this")

    await eli.close()
    await expect(line).to_be_hidden()
    await expect(row.locator(".company")).to_have_count(0)

    eli = await at(browser, site, people, "eli", place)
    await expect(line).to_have_text("Eli is reading this")
    await eli.clock.pause_at(
        await eli.evaluate("Date.now() + 1000")
    )  # the lid is shut: nothing runs any more
    await mira.clock.run_for(12_000)
    await expect(line).to_be_hidden()
    assert [frame for frame in told if "company" in frame] == []
