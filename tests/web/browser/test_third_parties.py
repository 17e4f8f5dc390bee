"""No page of ours asks anything of anybody else: every page, opened in a browser whose every request is looked at."""

import pytest
from playwright.sync_api import Browser

from tests.web.preview import ELSEWHERE
from tests.web.samples.pages import PAGES

PARTS = 4


@pytest.mark.parametrize("part", range(PARTS))
def test_no_page_asks_anything_of_anybody_else(window: Browser, base: str, part: int) -> None:
    # Without the content policy, which would keep what is asked from being seen here.
    page = window.new_context(bypass_csp=True).new_page()
    asked = list[str]()
    page.context.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda line: asked.append(line.url.replace("ws://", "http://")))
    names = sorted(PAGES.keys() - {ELSEWHERE})[part::PARTS]
    for name in names:
        page.goto(f"{base}/{name}")
    page.context.close()
    assert len(asked) > 3 * len(names)
    assert [url for url in asked if not url.startswith((f"{base}/", "data:"))] == []
