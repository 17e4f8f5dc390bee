"""The sample pages in a Chromium that is asked step by step, without a loop."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.web.browsing import ARGUMENTS, PROGRAM
from tests.web.preview import Pages, serve


@pytest.fixture(scope="module")
def window() -> Iterator[Browser]:
    """Ends with the module: while it is open, this thread has a running loop, and no other test could begin its own."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=PROGRAM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def base(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where the sample pages are served: `SHOWN` of the module, or as they are."""
    server = serve(getattr(request.module, "SHOWN", Pages))
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(window: Browser, base: str) -> Iterator[Page]:
    """A page of a telephone's size, with nothing in it yet."""
    context = window.new_context(base_url=base, viewport={"width": 390, "height": 700})
    yield context.new_page()
    context.close()
