"""A letter that is held, as a therapist meets it: in the open inbox, at once, on the row of its client."""

import ast
from collections.abc import Callable

import pytest
from playwright.async_api import Browser, expect

from channels.email.senders.admitting import Reason
from messaging.arriving.screening import ANOTHERS
from tests.cast import Cast
from tests.channels.email.post import open_post
from tests.house.tree import sources
from tests.web.browsing import sign_in
from tests.web.visitor import Visitor
from web.pages.staff.screening import SENTENCES

SAID = "A letter is held: look"
STRANGER = "Ruth <ruth@evil.example>"


@pytest.mark.parametrize("width", [390, 1280])
async def test_an_open_inbox_says_at_once_that_a_letter_is_held(
    people: Cast, site: str, browser: Browser, width: int
) -> None:
    page = await browser.new_page(viewport={"width": width, "height": 800})
    await sign_in(page, site, people, "mira")
    await page.goto(f"{site}/inbox")
    row = page.locator(f"#row-{people.conversation('ruth')}")
    await expect(row).not_to_contain_text(SAID)
    await expect(row.locator(".wait.promised")).to_have_count(0)
    async with open_post(people) as post:
        for number in range(3):
            letter = post.letter("ruth", f"secret words {number}", From=STRANGER)
            assert (await post.offer(letter, await post.address("ruth"))).startswith("250")
        await post.read_all()
    await expect(row).to_contain_text(SAID)
    await expect(row.locator(".wait.promised")).to_contain_text("answer by")
    await expect(page.get_by_text(SAID)).to_have_count(1)
    await expect(page.locator("[data-group-waiting='1']").get_by_text("Ruth")).to_be_visible()
    assert "secret" not in await page.content()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await row.locator("a").click()
    await page.locator(".waiting-bar").get_by_role("link", name=SAID).click()
    await expect(page.get_by_role("heading", name="Screener")).to_be_visible()
    for left in (2, 1, 0):
        await page.get_by_role("button", name="Refuse").first.click()
        await expect(page.get_by_role("button", name="Refuse")).to_have_count(left)
    await page.goto(f"{site}/inbox")
    await expect(row).not_to_contain_text(SAID)


def reasons_given() -> set[str]:
    """Every reason for which a letter is held, as it stands in the source."""
    calls = [
        call
        for file in sources(".py")
        if file.place.startswith(
            ("channels/email/arriving", "channels/email/reading", "channels/email/workers", "messaging/mail")
        )
        for call in ast.walk(file.tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] == "hold"
    ]
    said = [one.value for call in calls for one in call.args if isinstance(one, ast.Constant) and one.value]
    return {*map(str, said), *(one.value for one in Reason), ANOTHERS}


def test_every_reason_is_said_in_plain_words() -> None:
    assert {"encrypted", "bounce_address", "no_member", "unreadable", "not_to_us"} <= reasons_given()
    assert [one for one in sorted(reasons_given()) if one not in SENTENCES] == []
    assert all(one.endswith(".") and "DKIM" not in one for one in SENTENCES.values())


async def test_nobody_else_is_told(people: Cast, mira: Visitor, visitor: Callable[[], Visitor]) -> None:
    eli, ruth = visitor(), visitor()
    await eli.enter(people, "eli")
    await ruth.enter(people, "ruth")
    async with open_post(people) as post:
        letter = post.letter("ruth", From=STRANGER)
        assert (await post.offer(letter, await post.address("ruth"))).startswith("250")
        await post.read_all()
    assert SAID in (await mira.get("/inbox")).words
    assert SAID in (await mira.get(f"/c/{people.conversation('ruth')}")).words
    assert SAID in (await mira.get(f"/c/{people.conversation('ruth')}/waits")).words
    assert SAID not in (await mira.get(f"/c/{people.conversation('linden')}/waits")).words
    assert SAID not in (await eli.get("/inbox")).words
    assert SAID not in (await ruth.get("/me")).words
