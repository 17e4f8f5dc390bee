"""Letters in the making, on the pages: kept while one writes, on both devices, through every way out; and the answer bar."""

import re
from uuid import uuid4

from playwright.async_api import Browser, Page, expect

from messaging.letters.drafts import DraftKind, Writing, drafts_of, keep
from messaging.letters.writing import Letter, write_letter
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.web.browser.live_room import PHONE, live, therapist_in_room
from tests.web.browsing import sign_in
from tests.web.visitor import Visitor


async def writing(browser: Browser, site: str, people: Cast, name: str = "ruth") -> Page:
    """Somebody's letter page, on a device of its own."""
    page = await (await browser.new_context(viewport=PHONE)).new_page()  # type: ignore[arg-type]
    await sign_in(page, site, people, name)
    await page.goto(f"{site}/me/letters/write")
    return page


async def kept(people: Cast, name: str = "ruth", kind: DraftKind = DraftKind.LETTER) -> list[str]:
    """What the server holds of somebody's texts in Ruth's conversation."""
    held, _ = await people.enter(name, "ruth", Deed.WRITE)
    return [draft.text for draft in await drafts_of(people.office, held, kind)]


async def test_15_a_letter_begun_on_the_laptop_is_on_the_phone(
    site: str, people: Cast, browser: Browser
) -> None:
    laptop = await writing(browser, site, people)
    await laptop.get_by_label("Your letter").fill("Dear Mira, it is late.")
    await expect(laptop.locator("[data-kept]")).to_contain_text(re.compile(r"saved \d\d:\d\d:\d\d"))
    phone = await writing(browser, site, people)
    await expect(phone.get_by_label("Your letter")).to_have_value("Dear Mira, it is late.")
    await expect(phone.locator("[data-kept]")).to_contain_text(re.compile(r"saved \d\d:\d\d:\d\d"))
    # The phone goes on; the laptop, which does not know, too: both stay, and one can be chosen.
    await phone.get_by_label("Your letter").fill("Dear Mira, it is late, and I write on my phone.")
    await until_kept(phone, people, "Dear Mira, it is late, and I write on my phone.")
    await laptop.get_by_label("Your letter").fill("Dear Mira, it is late, and I write on my laptop.")
    await expect(laptop.locator("[data-beside]")).to_contain_text("Another version was saved at")
    await laptop.get_by_role("link", name="Go on with that one").click()
    await expect(laptop.get_by_label("Your letter")).to_have_value(
        "Dear Mira, it is late, and I write on my phone."
    )
    await expect(laptop.get_by_text("and I write on my laptop.")).to_be_visible()
    await laptop.get_by_role("button", name="Send").click()
    await expect(laptop.get_by_text("safely here")).to_be_visible()
    assert await kept(people) == ["Dear Mira, it is late, and I write on my laptop."]


async def until_kept(
    page: Page, people: Cast, text: str, name: str = "ruth", kind: DraftKind = DraftKind.LETTER
) -> None:
    """The server holds it."""
    for _ in range(500):
        if text in await kept(people, name, kind):
            return
        await page.wait_for_timeout(10)
    raise AssertionError(f"not kept: {await kept(people, name, kind)}")


async def test_what_another_device_wrote_on_meanwhile_is_still_there_when_one_sends(
    site: str, people: Cast, browser: Browser
) -> None:
    laptop = await writing(browser, site, people)
    await laptop.get_by_label("Your letter").fill("Dear Mira, it is late.")
    await until_kept(laptop, people, "Dear Mira, it is late.")
    phone = await writing(browser, site, people)
    await phone.get_by_label("Your letter").fill("Dear Mira, it is late, and I am afraid.")
    await until_kept(phone, people, "Dear Mira, it is late, and I am afraid.")
    assert len(await kept(people)) == 1
    await laptop.get_by_role("button", name="Send").click()
    await laptop.wait_for_url("**/me/letters?sent=1")
    assert await kept(people) == ["Dear Mira, it is late, and I am afraid."]


async def test_what_one_wrote_on_by_oneself_leaves_nothing_behind_when_it_is_sent(
    site: str, people: Cast, browser: Browser
) -> None:
    ruth = await writing(browser, site, people)
    for text in ("Dear Mira,", "Dear Mira, good night."):
        await ruth.get_by_label("Your letter").fill(text)
        await until_kept(ruth, people, text)
    await ruth.get_by_label("Your letter").fill("Dear Mira, good night. Ruth")
    await ruth.get_by_role("button", name="Send").click()
    await ruth.wait_for_url("**/me/letters?sent=1")
    assert await kept(people) == []


async def test_what_is_half_written_survives_the_quick_exit(
    site: str, people: Cast, browser: Browser
) -> None:
    ruth = await writing(browser, site, people)
    await ruth.get_by_label("Your letter").press_sequentially("He is coming up the")
    for _ in range(3):
        await ruth.keyboard.press("Shift")
    await ruth.wait_for_url(f"{site}/exit")
    await until_kept(ruth, people, "He is coming up the")
    back = await writing(browser, site, people)
    await expect(back.get_by_label("Your letter")).to_have_value("He is coming up the")


async def test_nothing_of_a_draft_is_stored_in_the_browser(site: str, people: Cast, browser: Browser) -> None:
    ruth = await writing(browser, site, people)
    await ruth.get_by_label("Your letter").fill("only on the server")
    await until_kept(ruth, people, "only on the server")
    stored = await ruth.evaluate(
        "async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length]"
    )
    assert stored == [0, 0, 0]


async def test_without_scripts_a_letter_is_kept_for_later_and_chosen_among_versions(
    ruth: Visitor, people: Cast
) -> None:
    kept_it = await ruth.submit(
        "/me/letters/write", "/me/letters/write", text="Dear Mira, tomorrow", deed="keep"
    )
    assert (kept_it.status, kept_it.place) == (303, "/me/letters/write")
    held, _ = await people.enter("ruth", "ruth", Deed.WRITE)
    await keep(people.office, held, Writing(uuid4(), DraftKind.LETTER, "Dear Mira, today"))
    page = await ruth.get("/me/letters/write")
    assert page.field("text") == "Dear Mira, today"
    other = re.search(r'href="(/me/letters/write\?draft=[^"]+)"', page.text)
    assert other is not None
    page = await ruth.get(other[1])
    assert page.field("text") == "Dear Mira, tomorrow"
    sent = await ruth.post(
        "/me/letters/write", page.hidden("/me/letters/write") | {"text": "Dear Mira, tomorrow then"}
    )
    assert sent.place == "/me/letters?sent=1"
    assert await kept(people) == ["Dear Mira, today"]


async def test_a_clinicians_answer_is_kept_while_it_is_written(
    site: str, people: Cast, browser: Browser
) -> None:
    mira = await therapist_in_room(browser, site, people)
    await mira.get_by_text("Write a letter", exact=True).click()
    await mira.get_by_label("Your letter to Ruth").fill("Dear Ruth, what strikes me")
    await expect(mira.locator("[data-kept]")).to_be_visible()
    await mira.reload()
    await mira.get_by_text("Write a letter", exact=True).click()
    await expect(mira.get_by_label("Your letter to Ruth")).to_have_value("Dear Ruth, what strikes me")


async def test_the_answer_bar_says_who_waits_as_it_changes_and_leaves_the_field_alone(
    site: str, people: Cast, browser: Browser
) -> None:
    mira = await therapist_in_room(browser, site, people)
    bar = mira.locator(".answer-bar")
    await expect(bar.get_by_text("Nothing waits for an answer here")).to_be_visible()
    held, circle = await people.enter("ruth", "ruth", Deed.WRITE)
    await write_letter(people.office, held, circle, Letter(uuid4(), "Are you there?"))
    await expect(bar.get_by_role("button", name="Needs no answer")).to_be_visible()
    await expect(bar.get_by_text("answer by")).to_be_visible()
    await bar.get_by_text("Write an answer", exact=True).click()
    await mira.get_by_label("Your letter to Ruth").fill("half a sentence")
    answer, circle = await people.enter("mira", "ruth", Deed.WRITE)
    await write_letter(people.office, answer, circle, Letter(uuid4(), "From another device."))
    await expect(bar.locator("[data-waits]")).to_have_count(0)
    await expect(mira.get_by_label("Your letter to Ruth")).to_have_value("half a sentence")


async def test_a_message_that_could_not_leave_is_kept_and_offered_after_a_crash(
    site: str, people: Cast, browser: Browser
) -> None:
    """It waits behind another that gets no answer, and the page dies without a word."""
    await live(people)
    mira = await therapist_in_room(browser, site, people)
    await mira.evaluate("WebSocket.prototype.send = () => undefined")
    for text in ("gets no answer", "waits behind it"):
        await mira.locator("#words-field").fill(text)
        await mira.keyboard.press("Control+Enter")
    await until_kept(mira, people, "waits behind it", "mira", DraftKind.CHAT)
    again = await mira.context.new_page()
    await again.goto(mira.url)
    await expect(again.locator("#words-field")).to_have_value("waits behind it")


async def test_what_one_began_to_write_is_on_the_home_page_until_it_is_sent(
    people: Cast, ruth: Visitor
) -> None:
    held, circle = await people.enter("ruth", "ruth", Deed.WRITE)
    key = people.office.new_id()
    await keep(people.office, held, Writing(key, DraftKind.LETTER, "Dear Mira, I nearly did not write"))
    home = await ruth.get("/me")
    assert "Go on with the letter you began" in home.text
    assert f"/me/letters/write?draft={key}" in home.text
    assert "I nearly did not write" in (await ruth.get(f"/me/letters/write?draft={key}")).text
    await write_letter(people.office, held, circle, Letter(key, "Dear Mira, here it is."))
    assert "Go on with the letter you began" not in (await ruth.get("/me")).text
