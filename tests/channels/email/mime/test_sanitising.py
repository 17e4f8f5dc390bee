"""HTML of letters: nothing active, nothing fetched, nothing that takes long."""

import json
import time
from html.parser import HTMLParser

import pytest

from channels.email.mime.sanitising import sanitise
from tests.channels.email.letters import CORPORA, NO_CORPORA

ACTIVE = {
    "script",
    "iframe",
    "object",
    "embed",
    "form",
    "svg",
    "math",
    "style",
    "link",
    "base",
    "meta",
    "input",
}


class Tree(HTMLParser):
    """Collects what in the cleaned HTML could act or fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ACTIVE:
            self.found.append(tag)
        for name, value in attrs:
            allowed = ("http:", "https:", "mailto:") if name == "href" else ("cid:",)
            links = name in ("href", "src") and not (value or "").lower().startswith(allowed)
            if name.startswith("on") or name in ("style", "srcset", "background", "action") or links:
                self.found.append(f"{tag} {name}")


def dangers(markup: str) -> list[str]:
    tree = Tree()
    tree.feed(sanitise(markup) or "")
    return tree.found


@pytest.mark.parametrize(
    "markup",
    [
        "<img src=x onerror=alert(1)>",
        "<img src='https://tracker.test/p.gif'><img srcset='https://tracker.test/p.gif 2x'>",
        "<a href='javascript:alert(1)'>x</a><a href='&#106;avascript:alert(1)'>y</a><a href='//evil.test'>z</a>",
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "<p style='background:url(https://tracker.test/x)'>x</p><body background=https://tracker.test/x>",
        "<form action=https://evil.test><input name=a></form><iframe src=https://evil.test></iframe>",
        "<img src='data:image/svg+xml,<svg onload=alert(1)>'><base href=https://evil.test>",
    ],
)
def test_nothing_active_and_nothing_remote_is_left(markup: str) -> None:
    assert dangers(markup) == []
    assert "tracker.test" not in (sanitise(markup) or "")


def test_words_links_and_own_pictures_stay() -> None:
    markup = (
        "<p>Hello <b>you</b> <a href='https://example.org/'>there</a> <img src='cid:a@b.test' alt='tree'></p>"
    )
    cleaned = sanitise(markup) or ""
    assert "<b>you</b>" in cleaned
    assert 'href="https://example.org/"' in cleaned
    assert 'rel="noopener noreferrer nofollow"' in cleaned
    assert 'src="cid:a@b.test"' in cleaned


@pytest.mark.parametrize("markup", ["<div>" * 300, "<b>" * 50, "<p>x</p>" * 40_000])
def test_a_tangle_or_a_flood_is_not_shown_as_html(markup: str) -> None:
    assert sanitise(markup) is None


@pytest.mark.parametrize(
    "markup",
    [
        "".join(f"<b a={n}>" for n in range(39)) + "<p>x" * 20_000,
        "<div>" * 250 + "<p>x" * 20_000,
        "<table><tr><td>" * 60 + "<p>x" * 20_000,
    ],
)
def test_the_worst_that_is_let_through_takes_a_moment(markup: str) -> None:
    begun = time.process_time()
    sanitise(markup)
    assert time.process_time() - begun < 2.0


@pytest.mark.skipif(not CORPORA.is_dir(), reason=NO_CORPORA)
def test_no_payload_of_the_corpora_stays_active() -> None:
    payloads = json.loads((CORPORA / "xss" / "files" / "dompurify_payloads.json").read_text("utf-8"))
    assert payloads
    for one in payloads:
        assert dangers(one["payload"]) == []
