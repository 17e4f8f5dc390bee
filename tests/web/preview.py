"""Look at the pages without a server: python -m tests.web.preview DIRECTORY [page ...]

Renders every sample page, serves them with the real content policy from a small local server, and puts a picture of
each at 390 and 1280 px, light and dark, into the directory.
"""

import json
import sys
import threading
from contextlib import suppress
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, WebSocketRoute, sync_playwright

from tests.web.browsing import ARGUMENTS, PROGRAM
from tests.web.samples.cast import NOW
from tests.web.samples.pages import PAGES
from web.pages.parts.rendering import STATIC, environment

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
)
PLACES = {
    "/exit": "left",
    "/inbox/rows": "rows",
    "/search/look/c-ruth/39": "sought",
    "/c/c-ruth/lenses/14": "lenses",
    "/snippets": "snippets",
    "/search/look/c-ruth/process/n-2": "sought-note",
    "/c/c-ruth/entries": "entries",
    "/c/c-linden": "conversation-live",
}
ELSEWHERE = "left-elsewhere"
"""What signing out answers without scripts: it leads to the page one chose, at once, and is never put into another."""
FRAGMENTS = frozenset(
    {
        "rows",
        "entries",
        "single",
        "waits",
        "glance",
        "happening-in-room",
        "sought",
        "sought-note",
        "undo-bar",
        "undone-bar",
        ELSEWHERE,
    }
)
"""Samples that are parts of pages, and the page that goes on elsewhere at once."""
WIDTHS = {390: 844, 1280: 820}


templates = cache(environment)  # bound: one; to compile the templates costs more than to show a page


class Pages(SimpleHTTPRequestHandler):
    """/NAME is a sample page, /static/ the real files, which a browser keeps: each page has two dozen of them."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are written apart

    def do_GET(self) -> None:
        self.kept = False
        with suppress(BrokenPipeError):  # the browser has seen enough and left
            self.give()

    def give(self) -> None:
        path = urlsplit(self.path).path
        if path.startswith("/static/"):
            self.path = path.removeprefix("/static")
            self.kept = True
            super().do_GET()
            return
        if path == "/help-now.js":  # no worker may stand between a sample and who looks at it
            self.send_error(404)
            return
        template, view = PAGES.get(PLACES.get(path, path.strip("/")), PAGES["error"])
        self.hand_out(self.words(templates().get_template(template).render(view=view)))

    def hand_out(self, page: str) -> None:
        """With its length: the connection goes on, and a browser would wait for more."""
        body = page.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def words(self, page: str) -> str:
        """The page as it is served; tests put other words in."""
        return page

    def do_POST(self) -> None:
        self.kept = False
        self.send_response(204)
        self.send_header("Connection", "close")  # with what was sent, which nobody reads
        self.end_headers()

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Cache-Control", "max-age=3600" if self.kept else "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Quiet."""


def serve(pages: type[Pages] = Pages) -> ThreadingHTTPServer:
    """A server on a free port, running; the caller shuts it down."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(pages, directory=str(STATIC)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def answer(socket: WebSocketRoute) -> None:
    """A stand-in for /live: every conversation is open, the other side is here and writes."""

    def take(words: str | bytes) -> None:
        frame = json.loads(words)
        if frame["type"] != "open":
            return
        about = {"conversation": frame["conversation"]}
        live = {"id": "s-1", "state": "live", "starts": NOW.isoformat(), "minutes": 50}
        live |= {"ends": NOW.replace(minute=49).isoformat(), "server_time": NOW.isoformat()}
        is_live = frame["conversation"] == "c-linden" and frame["after"] == 27
        sent = [{"type": "opened", "last": frame["after"], "session": live if is_live else None}]
        if is_live:
            sent += [
                {"type": "presence", "person": "p-other", "here": True},
                {"type": "typing", "person": "p-other"},
            ]
        for one in sent:
            socket.send(json.dumps(one | about))

    socket.on_message(take)


def picture(browser: Browser, base: str, name: str, into: Path) -> list[str]:
    """The four pictures of one page; returns what the browser complained about."""
    complaints: list[str] = []
    for width, height in WIDTHS.items():
        for scheme in ("light", "dark"):
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
            page.on("console", lambda said: complaints.append(f"{name}: {said.text}"))
            page.on("pageerror", lambda error: complaints.append(f"{name}: {error}"))
            page.route_web_socket("**/live*", answer)
            page.goto(f"{base}/{name}", wait_until="load")
            page.wait_for_timeout(150)
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                complaints.append(f"{name}: {wide} px wide at {width}")
            page.screenshot(path=into / f"{name}-{width}-{scheme}.png")
            page.close()
    return complaints


def main(directory: str, *names: str) -> None:
    into = Path(directory)
    into.mkdir(parents=True, exist_ok=True)
    server = serve()
    base = f"http://127.0.0.1:{server.server_address[1]}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=ARGUMENTS)
        for name in names or [name for name in PAGES if name not in FRAGMENTS]:
            for complaint in sorted(set(picture(browser, base, name, into))):
                print(complaint)
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main(*sys.argv[1:])
