"""Whole stories about one's own way in, in a real browser, with scripts and without."""

import re

import pytest
from playwright.async_api import Browser, Page, expect

from messaging.people import Role
from messaging.practice.founding import NewPerson
from messaging.practice.joining import join
from tests.cast import PASSWORD, Cast
from tests.web.browsing import sign_in_ended
from tests.web.phone import Phone, phone_in

CHOSEN = "four grey herons on thin ice"


async def someone(browser: Browser, *, scripts: bool) -> tuple[Page, list[str]]:
    """A browser of somebody's own, and what it complained about."""
    context = await browser.new_context(
        java_script_enabled=scripts, viewport={"width": 390, "height": 800}, color_scheme="dark"
    )
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    return page, complaints


async def sign_in(page: Page, site: str, username: str, password: str) -> None:
    await page.goto(f"{site}/")
    await page.get_by_label("Username").fill(username)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()


async def set_up(page: Page, phone: Phone) -> list[str]:
    """From the account to the recovery codes; everything by the keyboard."""
    await page.get_by_role("link", name="Set it up").press("Enter")
    await page.get_by_role("button", name="Show me the secret").press("Enter")
    await expect(page.get_by_role("img", name=re.compile("secret as a picture"))).to_be_visible()
    phone.scan(await page.locator(".secret code").inner_text())
    await page.get_by_label("The six digits").fill(phone.later())
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    return await page.locator(".codes code").all_inner_texts()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
async def test_from_an_invitation_to_the_inbox_and_back_in_by_a_code(
    site: str, people: Cast, browser: Browser, scripts: bool
) -> None:
    phone = phone_in(people)
    username = f"kim-{people.practice.slug}"
    new = NewPerson(Role.THERAPIST, username, "Kim")
    invited = (await join(phone.office, people["nour"], new)).invited
    assert invited is not None
    kim, trouble = await someone(browser, scripts=scripts)
    await kim.goto(f"{site}/invitation" + (f"#{invited.token}" if scripts else f"?token={invited.token}"))
    await kim.get_by_label("Password").fill(CHOSEN)
    await kim.get_by_role("button", name="Keep this password").click()
    await sign_in(kim, site, username, CHOSEN)
    await expect(kim.get_by_text("One thing first")).to_be_visible()
    codes = await set_up(kim, phone)
    assert len(codes) == 10
    await kim.get_by_role("link", name="I have them").click()
    await expect(kim.get_by_role("link", name="Inbox")).to_be_visible()

    away, more_trouble = await someone(browser, scripts=scripts)
    await sign_in(away, site, username, CHOSEN)
    await away.get_by_label("Code", exact=True).fill("000000")
    await away.keyboard.press("Enter")
    await expect(away.get_by_role("alert")).to_contain_text("This code is not right")
    await away.get_by_label("Code", exact=True).fill(phone.later())
    await away.keyboard.press("Enter")
    await expect(away.get_by_role("link", name="Inbox")).to_be_visible()
    await away.goto(f"{site}/account")
    await away.get_by_role("button", name="End all others").click()
    await expect(away.get_by_text("It is over there")).to_be_visible()
    await kim.goto(f"{site}/inbox")
    await expect(kim.get_by_role("heading", name="Sign in")).to_be_visible()
    await sign_in(kim, site, username, CHOSEN)
    await kim.get_by_text("No phone at hand").click()
    await kim.get_by_label("Recovery code").fill(codes[3])
    await kim.keyboard.press("Enter")
    await expect(kim.get_by_role("link", name="Inbox")).to_be_visible()
    assert [one for one in trouble + more_trouble if "401" not in one] == []


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
async def test_a_client_has_a_code_for_a_while_and_another_password(
    site: str, people: Cast, browser: Browser, scripts: bool
) -> None:
    phone = phone_in(people)
    ruth, trouble = await someone(browser, scripts=scripts)
    await sign_in(ruth, site, f"ruth-{people.practice.slug}", PASSWORD)
    await ruth.get_by_role("link", name="Settings").click()
    await ruth.get_by_role("link", name="A code beside the password").click()
    await expect(ruth).to_have_title("Notes")
    await set_up(ruth, phone)
    await ruth.get_by_role("link", name="I have them").click()
    await ruth.get_by_role("link", name="Do without").click()
    await ruth.get_by_label("Password").fill(PASSWORD)
    await ruth.get_by_label("Code").fill(phone.later())
    await ruth.get_by_role("button", name="Go on").click()
    await ruth.get_by_role("button", name="Do without").click()
    await expect(ruth.get_by_text("From now on your password is enough")).to_be_visible()
    await ruth.get_by_label("The password you have now").fill(PASSWORD)
    await ruth.get_by_label("The new one").fill(CHOSEN)
    await ruth.get_by_role("button", name="Change the password").click()
    await expect(ruth.get_by_text("Your new password is kept")).to_be_visible()
    await expect(ruth.get_by_role("link", name="Help now")).to_be_visible()
    await ruth.get_by_role("button", name="Exit").click()
    await expect(ruth.get_by_text("This page is empty")).to_be_visible()
    await sign_in_ended(ruth, site)
    await sign_in(ruth, site, f"ruth-{people.practice.slug}", CHOSEN)
    await expect(ruth.get_by_role("heading", name="Hello Ruth")).to_be_visible()
    assert trouble == []
