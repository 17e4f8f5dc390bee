"""Several tabs of one browser share one connection: all stay live, and the hand-over loses and doubles nothing."""

from contextlib import suppress

from playwright.async_api import Browser, BrowserContext, Error, Page, Route, expect

from messaging.record.posting import say
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.web.browser.live_room import (
    bubbles,
    client_in_room,
    connected,
    live,
    speak,
    texts,
    therapist_in_room,
    until,
    write,
)
from web.state import House


async def more_tabs(first: Page, count: int, address: str = "") -> list[Page]:
    """More tabs of the same browser, at the same or another conversation."""
    tabs = []
    for _ in range(count):
        tab = await first.context.new_page()
        await tab.goto(address or first.url)
        await connected(tab)
        tabs.append(tab)
    return tabs


async def say_as(people: Cast, name: str, text: str, conversation: str = "ruth") -> None:
    """From elsewhere, by the act itself."""
    held, _ = await people.enter(name, conversation, Deed.SAY)
    await say(people.office, held, people.office.new_id(), text)


async def test_a_tab_that_closes_hands_over_and_nothing_is_missed(
    site: str, people: Cast, browser: Browser, built: House
) -> None:
    await live(people)
    leader = await therapist_in_room(browser, site, people)
    second, third = await more_tabs(leader, 2)
    assert len(built.hub.connections) == 1
    await say_as(people, "ruth", "one")
    await expect(bubbles(third, "one")).to_be_visible()
    # While the leading tab is going, words come: the moment of the hand-over.
    await leader.close()
    await say_as(people, "ruth", "two")
    for tab in (second, third):
        await expect(bubbles(tab, "two")).to_be_visible()
    await say_as(people, "ruth", "three")
    for tab in (second, third):
        await expect(texts(tab)).to_have_text(["one", "two", "three"])
    assert len(built.hub.connections) == 1


async def test_a_tab_that_crashes_hands_over_too(
    site: str, people: Cast, browser: Browser, built: House
) -> None:
    await live(people)
    leader = await therapist_in_room(browser, site, people)
    (second,) = await more_tabs(leader, 1)
    async with leader.expect_event("crash"):
        with suppress(Error):  # the page that would answer is gone
            await leader.goto("chrome://crash", wait_until="commit")
    await say_as(people, "ruth", "still there?")
    await expect(bubbles(second, "still there?")).to_be_visible()
    await speak(second, "I am here.")
    await until(second, lambda: len(built.hub.connections) == 1)


async def test_what_is_said_in_one_tab_stands_in_the_others_once(
    site: str, people: Cast, browser: Browser
) -> None:
    await live(people)
    first = await therapist_in_room(browser, site, people)
    second, third = await more_tabs(first, 2)
    for number, tab in enumerate((second, first, third)):
        await speak(tab, f"from tab {number}")
    expected = [f"from tab {number}" for number in range(3)]
    for tab in (first, second, third):
        await expect(texts(tab)).to_have_text(expected)
        await expect(tab.locator("[data-list] li.bubble.mine[data-number]")).to_have_count(3)
        await expect(tab.get_by_text("sending", exact=True).locator("visible=true")).to_have_count(0)
    await first.close()
    for tab in (second, third):
        await tab.reload()
        await expect(texts(tab)).to_have_text(expected)


async def test_a_refusal_comes_to_the_tab_that_asked(site: str, people: Cast, browser: Browser) -> None:
    await live(people)
    first = await therapist_in_room(browser, site, people)
    (second,) = await more_tabs(first, 1)
    # The page's own check is set aside, so that the server's is seen.
    await second.evaluate("document.querySelector('#words-field').form.noValidate = true")
    await write(second, "x" * 16_001)
    await expect(bubbles(second).last).to_contain_text("Not sent")
    await expect(second.get_by_role("alert").filter(has_text="too long")).to_be_visible()
    await expect(bubbles(first)).to_have_count(0)
    await expect(first.get_by_role("alert").filter(has_text="too long")).to_have_count(0)


async def test_tabs_follow_different_conversations_over_the_same_connection(
    site: str, people: Cast, browser: Browser, built: House
) -> None:
    await live(people, "ruth")
    await live(people, "linden")
    ruth_tab = await therapist_in_room(browser, site, people)
    (linden_tab,) = await more_tabs(ruth_tab, 1, f"{site}/c/{people.conversation('linden')}")
    await say_as(people, "linden", "only for linden's page", "linden")
    await say_as(people, "ruth", "only for ruth's page")
    await expect(texts(linden_tab)).to_have_text(["only for linden's page"])
    await expect(texts(ruth_tab)).to_have_text(["only for ruth's page"])
    assert len(built.hub.connections) == 1
    # Nobody looks at Linden's any more: Dr Mira must not seem to be there still.
    await linden_tab.close()
    await until(ruth_tab, lambda: built.hub.stream_of(people.conversation("linden")) is None)
    assert built.hub.stream_of(people.conversation("ruth")) is not None


async def test_signing_out_reaches_every_tab_and_none_comes_back(
    site: str, people: Cast, browser: Browser, built: House
) -> None:
    await live(people)
    first = await therapist_in_room(browser, site, people)
    second, third = await more_tabs(first, 2)
    await third.locator("#words-field").fill("half a sentence")
    await second.goto(f"{site}/inbox")
    await second.locator(".you summary").click()
    await second.get_by_role("button", name="Sign out").click()
    for tab in (first, third):
        await expect(tab.get_by_text("You are signed out.")).to_be_visible()
    await expect(third.locator("#words-field")).to_have_value("half a sentence")
    await first.evaluate("dispatchEvent(new Event('online'))")
    await until(first, lambda: not built.hub.connections)
    await third.evaluate("new Promise((done) => requestAnimationFrame(done))")
    assert not built.hub.connections


async def test_the_next_person_in_the_same_browser_shares_nothing(
    site: str, people: Cast, browser: Browser, built: House
) -> None:
    """Both belong to this conversation, so that nothing but the tabs themselves keeps them apart."""
    await live(people)
    miras = await therapist_in_room(browser, site, people)
    context: BrowserContext = miras.context
    await sign_in_again(await context.new_page(), site, people)
    await expect(miras.get_by_text("You are signed out.")).to_be_visible()
    ruths = await client_in_room_of(context, site, people)
    await speak(ruths, "only now, by Ruth")
    await say_as(people, "mira", "and an answer")
    await expect(texts(ruths)).to_have_text(["only now, by Ruth", "and an answer"])
    await miras.evaluate("dispatchEvent(new Event('online'))")
    await expect(texts(miras)).to_have_count(0)
    assert [connection.person for connection in built.hub.connections] == [people["ruth"].id]


async def sign_in_again(page: Page, site: str, people: Cast) -> None:
    """By the form of another tab, without having signed out."""
    await page.route(f"{site}/", lambda route: route.fulfill(path="/dev/null"))
    await page.goto(f"{site}/help-now")
    body = f"username=ruth-{people.practice.slug}&password=a long enough password"
    await page.evaluate(
        "(body) => fetch('/sign-in', {method: 'POST', body: new URLSearchParams(body), redirect: 'manual'})",
        body,
    )
    await page.close()


async def client_in_room_of(context: BrowserContext, site: str, people: Cast) -> Page:
    """The client's room, for whoever this browser is signed in as by now."""
    page = await context.new_page()
    await page.goto(f"{site}/me/session/{people.conversation('ruth')}")
    await connected(page)
    return page


async def test_without_locks_each_tab_has_its_own_connection(
    site: str, people: Cast, browser: Browser, built: House
) -> None:
    await live(people)
    context = await browser.new_context()
    await context.add_init_script("Object.defineProperty(navigator, 'locks', { value: undefined })")
    first = await therapist_in_room(browser, site, people, context=context)
    (second,) = await more_tabs(first, 1)
    assert len(built.hub.connections) == 2
    await speak(first, "to both")
    await expect(texts(second)).to_have_text(["to both"])


async def test_a_tab_opened_later_is_told_what_it_missed_and_nothing_twice(
    site: str, people: Cast, browser: Browser
) -> None:
    """Its page is older than what the connection has told the others."""
    await live(people)
    first = await therapist_in_room(browser, site, people)
    late = await first.context.new_page()
    held: list[Route] = []
    await late.route("**/static/js/tabs.js*", lambda route: held.append(route))  # noqa: PLW0108 - it looks into the function
    await late.goto(first.url, wait_until="commit")
    await until(late, lambda: held)
    for text in ("one", "two"):
        await say_as(people, "ruth", text)
    await expect(texts(first)).to_have_text(["one", "two"])
    await held[0].continue_()
    await expect(texts(late)).to_have_text(["one", "two"])
    await say_as(people, "ruth", "three")
    for tab in (first, late):
        await expect(texts(tab)).to_have_text(["one", "two", "three"])


async def test_a_therapist_who_looks_at_her_calendar_is_still_here_and_nobody_reads_of_plan_b(
    site: str, people: Cast, browser: Browser, built: House
) -> None:
    await live(people)
    ruth = await client_in_room(browser, site, people)
    mira = await therapist_in_room(browser, site, people)
    about = built.hub.signs._about
    for place in ("/calendar", "/today", "/screener", "/inbox"):
        await mira.goto(f"{site}{place}")
        await until(mira, lambda: people["mira"].id in about)
        await expect(ruth.get_by_role("heading", name="Dr Mira is here")).to_be_visible()
    await mira.close()
    await until(ruth, lambda: people["mira"].id not in about)
    await expect(ruth.get_by_role("heading", name="Dr Mira is not here at the moment")).to_be_visible()
    for place in ("/me", "/me/letters", "/me/letters/write", "/me/sessions"):
        await ruth.goto(f"{site}{place}")
        await until(ruth, lambda: people["ruth"].id in about)
