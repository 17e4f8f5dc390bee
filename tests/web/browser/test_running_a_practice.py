"""A practice is run in a browser: from nothing to a first letter; the card alone on paper; a name found on the page."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from messaging.backup.sheet import written
from tests.bench.machine import clean_environment
from tests.cast import PASSWORD, Cast
from tests.web.browsing import sign_in
from web.app import application
from web.house import house
from web.master_key import read_master_key
from web.serve import web_running
from web.settings import read_settings

NAME = "Wilhelmine Charlotte von Hohenzollern-Sigmaringen"


@pytest.fixture
async def empty_site(tmp_path: Path) -> AsyncIterator[str]:
    """The one-time link of an installation nobody has set up yet."""
    settings = read_settings({"QUIETLINE_DATA_DIR": str(tmp_path), "QUIETLINE_HTTP": "127.0.0.1:0"})
    async with house(settings, migrates=True) as built:
        built.setup_token = "once-and-never-again"
        async with web_running(built, application(built)) as base:
            yield f"{base}/set-up?token={built.setup_token}"


async def someone(browser: Browser, *, scripts: bool = True) -> tuple[Page, list[str]]:
    """A browser of somebody's own, and what it complained about."""
    context = await browser.new_context(java_script_enabled=scripts)
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    return page, complaints


async def set_up(page: Page, link: str, *, sees_clients: bool = True, sheet: bool = False) -> None:
    """Founded; the recovery sheet is put off, or the page that offers it is open."""
    await page.goto(link)
    if not sees_clients:
        await page.get_by_label("No. I administer it").check()
    await page.get_by_label("Name of the practice").fill("Praxis für Ruhe")
    await page.get_by_label("Your name, as clients see it").fill("Dr Mira")
    await page.get_by_label("Username").fill("mira")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Set up and sign in").click()
    if not sheet:
        await page.get_by_role("link", name="Later").click()


@pytest.mark.parametrize("scripts", [True, False])
async def test_the_recovery_sheet_is_printed_and_asked_back(
    empty_site: str, browser: Browser, scripts: bool
) -> None:
    mira, trouble = await someone(browser, scripts=scripts)
    await set_up(mira, empty_site, sheet=True)
    await mira.get_by_role("button", name="Show me the sheet").click()
    groups = await mira.locator(".groups code").all_inner_texts()
    assert len(groups) == 14
    await expect(mira.get_by_role("button", name="Print the sheet")).to_be_visible(visible=scripts)
    await mira.emulate_media(media="print")
    words = " ".join((await mira.locator("body").inner_text()).split())
    assert words.startswith("Recovery sheet Praxis für Ruhe")
    assert "I have it on paper" not in words
    assert "Inbox" not in words
    await mira.emulate_media(media="screen")
    await mira.get_by_role("link", name="I have it on paper").click()
    for number, wrong in ((0, True), (0, False), (1, False)):
        label = mira.locator("label").filter(has_text="Group").nth(number)
        asked = int((await label.inner_text()).split()[-1])
        await mira.locator("input.code").nth(number).fill("2222" if wrong else groups[asked - 1].lower())
        if wrong:
            await mira.locator("input.code").nth(1).fill("2222")
            await mira.get_by_role("button", name="It is on paper").click()
            await expect(mira.get_by_text("look at the paper once more")).to_be_visible()
    await mira.get_by_role("button", name="It is on paper").click()
    await expect(mira.get_by_text("What remains")).to_be_visible()
    await expect(mira.get_by_text("It is on paper: with it, and a backup")).to_be_visible()
    assert [one for one in trouble if "422" not in one] == []


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_backup_is_the_other_way_in(
    empty_site: str, browser: Browser, tmp_path: Path, scripts: bool
) -> None:
    """Up to where the server ends and begins again (tests/journeys/test_set_up_from_a_backup.py)."""
    file, paper = tmp_path / "kept", await backed_up(tmp_path)
    mira, trouble = await someone(browser, scripts=scripts)
    await mira.goto(empty_site)
    await mira.get_by_role("link", name="I have a backup").click()
    await mira.get_by_label("The backup").set_input_files(file)
    await mira.get_by_role("button", name="Bring it here").click()
    await mira.get_by_label("The fourteen groups").fill(f"{paper}A")
    await mira.get_by_role("button", name="Look it through").click()
    await expect(mira.get_by_role("alert")).to_contain_text("14 groups of 4")
    await mira.get_by_label("The fourteen groups").fill(paper)
    await mira.get_by_role("button", name="Look it through").click()
    await expect(mira.get_by_text("It is whole, and everything in it opens:")).to_be_visible()
    await mira.get_by_role("button", name="Restore it").click()
    await expect(mira.get_by_text("It is being restored.")).to_be_visible()
    assert [one for one in trouble if "422" not in one] == []


async def backed_up(folder: Path) -> str:
    """A backup of the installation there, in `kept`, and the sheet of its key: what is lost is served from no more."""
    args = ("-m", "web.cli", "backup", "-o", str(folder / "kept"))
    environment = clean_environment({"QUIETLINE_DATA_DIR": str(folder)})
    made = await asyncio.create_subprocess_exec(sys.executable, *args, env=environment)
    assert await made.wait() == 0
    return written(read_master_key(folder / "master.key").secret)


async def test_from_nothing_to_a_clients_first_letter(empty_site: str, browser: Browser) -> None:
    mira, trouble = await someone(browser)
    client, more_trouble = await someone(browser)
    await set_up(mira, empty_site)
    await mira.get_by_role("link", name="To your inbox").click()
    await expect(mira.get_by_text("Nobody is in your care here yet.")).to_be_visible()
    await mira.get_by_role("main").get_by_role("link", name="Add a client").last.click()
    await mira.get_by_label("Name or pseudonym").fill(NAME)
    await mira.get_by_role("button", name="Add a client").click()
    await expect(mira.get_by_role("heading", name=f"{NAME}, this is the way to Dr Mira")).to_be_visible()
    await expect(mira.get_by_role("button", name="Print the card")).to_be_visible()
    link = await mira.locator(".invitation-card .link bdi").inner_text()
    username = await mira.locator(".way-in dd").nth(0).inner_text()

    # The base URL of this server names no port yet: it is the system's choice.
    await client.goto(f"{empty_site.partition('/set-up')[0]}/invitation#{link.partition('#')[2]}")
    await client.get_by_label("Password").fill(PASSWORD)
    await client.get_by_role("button", name="Keep this password").click()
    await expect(client.get_by_text(username)).to_be_visible()
    await client.get_by_role("link", name="Sign in").click()
    await client.get_by_label("Username").fill(username)
    await client.get_by_label("Password").fill(PASSWORD)
    await client.get_by_role("button", name="Sign in").click()
    await client.get_by_role("link", name="Write a letter").click()
    await client.get_by_label("Your letter").fill("Dear Mira,\n\nthis is the first.")
    await client.get_by_role("button", name="Send").click()
    await expect(client.get_by_text("safely here")).to_be_visible()

    await mira.get_by_role("link", name="Inbox").first.click()
    await mira.get_by_role("link", name=NAME).click()
    await expect(mira.locator("[data-log]").get_by_text("this is the first.")).to_be_visible()
    assert trouble + more_trouble == []


async def test_who_sees_clients_also_administers_and_keeps_the_two_apart(
    empty_site: str, browser: Browser
) -> None:
    mira, trouble = await someone(browser)
    await set_up(mira, empty_site)
    await mira.get_by_role("button", name="Administer the practice").click()
    await mira.get_by_role("link", name="Rules").click()
    await mira.get_by_label("Days on which nobody works").fill("2031-12-24 Christmas Eve")
    await mira.get_by_role("button", name="Keep these days").click()
    await expect(mira.get_by_text("It is kept. Whatever was promised")).to_be_visible()
    await mira.locator("details.you > summary").click()
    await mira.get_by_role("link", name="Your account").click()
    await mira.get_by_role("button", name="Back to your clients").click()
    await expect(mira.get_by_text("Nobody is in your care here yet.")).to_be_visible()
    assert trouble == []


async def test_who_sees_no_clients_administers_alone(empty_site: str, browser: Browser) -> None:
    jo, trouble = await someone(browser)
    await set_up(jo, empty_site, sees_clients=False)
    await jo.get_by_role("link", name="To the people").click()
    await expect(jo.get_by_role("link", name="Add a clinician")).to_be_visible()
    assert trouble == []


async def test_the_card_is_alone_on_paper(site: str, people: Cast, browser: Browser) -> None:
    mira, trouble = await someone(browser)
    await sign_in(mira, site, people, "mira")
    await mira.goto(f"{site}/clients/add")
    await mira.get_by_label("Name or pseudonym").fill(NAME)
    await mira.get_by_role("button", name="Add a client").click()
    await expect(mira.locator(".invitation-card")).to_be_visible()
    await mira.emulate_media(media="print")
    words = " ".join((await mira.locator("body").inner_text()).split())
    assert words.startswith(f"{NAME}, this is the way to Dr Mira at Haus Linde.")
    for hidden in ("Inbox", "Print the card", "Withdraw", "Name and mail"):
        assert hidden not in words
    assert "Help now" in words
    assert trouble == []


async def test_a_name_is_found_on_the_page_and_asked_of_nobody(
    site: str, people: Cast, browser: Browser
) -> None:
    nour, trouble = await someone(browser)
    await sign_in(nour, site, people, "nour")
    await nour.goto(f"{site}/admin")
    asked: list[str] = []
    nour.on("request", lambda request: asked.append(request.url))
    await expect(nour.locator("tr[data-person]:visible")).to_have_count(8)
    await nour.keyboard.press("/")
    await nour.keyboard.type("rÚth")
    await expect(nour.locator("tr[data-person]:visible")).to_have_count(1)
    await nour.keyboard.type("x")
    await expect(nour.get_by_text("Nobody of that name is here.")).to_be_visible()
    await nour.keyboard.press("Escape")
    await expect(nour.locator("tr[data-person]:visible")).to_have_count(8)
    assert asked == []
    assert nour.url == f"{site}/admin"
    assert trouble == []


async def test_without_scripts_everything_is_there_and_a_name_is_found_by_a_press(
    site: str, people: Cast, browser: Browser
) -> None:
    nour, _ = await someone(browser, scripts=False)
    await sign_in(nour, site, people, "nour")
    await nour.goto(f"{site}/admin")
    await nour.get_by_label("Find a name").fill("ruth")
    await nour.get_by_role("button", name="Find").click()
    await expect(nour.get_by_role("link", name="Dr Mira")).to_have_count(0)
    await nour.get_by_role("link", name="Ruth").click()
    await nour.get_by_text("Let them go …").click()
    await nour.get_by_role("button", name="Yes, let them go").click()
    await expect(nour.get_by_text("They are let go, and signed out everywhere.")).to_be_visible()
    await nour.get_by_role("button", name="Let them in again").click()
    await nour.get_by_role("button", name="Make a fresh card").click()
    await expect(nour.get_by_role("img", name="The link below")).to_be_visible()
