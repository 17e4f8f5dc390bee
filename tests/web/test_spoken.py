"""What comes into a room that stands open, line by line, in a real browser against a stand-in for /live."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.web.preview import ARGS, serve
from tests.web.test_room import enter


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    server = serve()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(browser: Browser, base: str) -> Iterator[Page]:
    context = browser.new_context(base_url=base, viewport={"width": 390, "height": 700})
    yield context.new_page()
    context.close()


def test_breaks_that_follow_each_other_are_one_line_as_on_a_fresh_page(page: Page) -> None:
    far = enter(page)
    for number, event in enumerate(("connection_lost", "connection_back", "connection_lost"), 28):
        far.say(type="event", number=number, event=event, author={"id": "p-mira"})
    line = page.locator("#n30")
    expect(line).to_contain_text("lost the connection 2 times since 18:18")
    expect(page.locator("#n28, #n29")).to_have_count(0)
    far.message(31, "here again")
    far.say(type="event", number=32, event="connection_back", author={"id": "p-mira"})
    expect(page.locator("#n32")).to_contain_text("is back")
    expect(line).to_contain_text("2 times")
