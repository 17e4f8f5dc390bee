"""No page of ours asks anything of anybody else: every page, opened in a browser whose every request is looked at."""

from urllib.parse import urlsplit

from playwright.sync_api import Browser, Route

from tests.web.preview import ELSEWHERE
from tests.web.samples.pages import PAGES


def test_no_page_asks_anything_of_anybody_else(window: Browser, base: str) -> None:
    # Without the content policy, which would keep what is asked from being seen here.
    page = window.new_context(bypass_csp=True).new_page()
    strange, asked = list[str](), list[str]()

    def look(route: Route) -> None:
        asked.append(route.request.url)
        own = urlsplit(route.request.url).netloc == urlsplit(base).netloc
        if own or route.request.url.startswith("data:"):
            route.continue_()
        else:
            strange.append(route.request.url)
            route.abort()

    page.context.route("**/*", look)
    page.on("websocket", lambda line: asked.append(line.url.replace("ws://", "http://")))
    for name in PAGES.keys() - {ELSEWHERE}:
        page.goto(f"{base}/{name}")
    page.context.close()
    assert len(asked) > 3 * len(PAGES)
    assert strange + [url for url in asked if not url.startswith((f"{base}/", "data:"))] == []
