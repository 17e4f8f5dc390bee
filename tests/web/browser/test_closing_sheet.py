"""The end of the hour, on the client's side: a sheet one can go back from, that keeps what one takes along."""

from datetime import timedelta

from playwright.async_api import Browser, expect

from messaging.sessions.holding import end_session
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.web.browser.live_room import client_in_room, live, therapist_in_room


async def test_goodbye_is_still_possible_and_what_one_takes_along_is_kept_in_leaving(
    site: str, people: Cast, browser: Browser
) -> None:
    await live(people, left=timedelta(minutes=9))
    ruth = await client_in_room(browser, site, people)
    mira = await therapist_in_room(browser, site, people)
    await ruth.get_by_text("What I take with me", exact=True).click()
    await expect(ruth.get_by_role("heading", name="Our hour is coming to its end.")).to_be_focused()
    await expect(ruth.get_by_text("Dr Mira is still here.")).to_be_visible()
    for way in ("Help now", "Exit"):
        box = await ruth.locator(".ways-out").get_by_text(way, exact=True).bounding_box()
        assert box is not None
        assert await ruth.evaluate(
            "([x, y]) => document.elementFromPoint(x, y)?.closest('.ways-out') !== null",
            [box["x"] + 4, box["y"] + 4],
        ), f"{way} is in reach"
    await ruth.get_by_role("button", name="Say goodbye").click()
    field = ruth.get_by_role("textbox", name="Your message")
    await expect(field).to_be_focused()
    await field.fill("Goodbye, and thank you.")
    await ruth.get_by_role("button", name="Send").click()
    await expect(mira.get_by_text("Goodbye, and thank you.").first).to_be_visible()
    held, circle = await people.enter("mira", "ruth", Deed.HOLD_SESSION)
    assert circle.conversation.live is not None
    await end_session(people.office, held, circle.conversation.live)
    await expect(ruth.locator("[data-ended]")).to_be_visible()
    await ruth.get_by_text("What I take with me", exact=True).click()
    await expect(ruth.get_by_role("heading", name="That was our hour.")).to_be_visible()
    await ruth.get_by_label("What I take with me from this session").fill("the edge of the table")
    await ruth.get_by_role("link", name="Leave the room").click()
    await ruth.wait_for_url("**/me")
    await expect(mira.locator("blockquote.taken", has_text="the edge of the table")).to_be_visible()
