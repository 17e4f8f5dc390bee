"""Texts of the practice's own, in Markdown, as HTML: what they may hold is a list, and nothing of them is fetched or run."""

from typing import Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from messaging.agreements.differences import GONE, GONE_ENDS, NEW, NEW_ENDS, SIGNS

TAGS: Final = {
    "p",
    "h2",
    "h3",
    "h4",
    "ul",
    "ol",
    "li",
    "blockquote",
    "strong",
    "em",
    "br",
    "hr",
    "a",
    "ins",
    "del",
}
LAST: Final = 4
"""The lowest heading that a text is shown with."""
SHOWN: Final = {NEW: "<ins>", NEW_ENDS: "</ins>", GONE: "<del>", GONE_ENDS: "</del>"}
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).disable(["image", "html_block", "html_inline"])


def as_html(text: str, below: int = 1) -> Markup:
    """The text, where no signs of ours stand in it. `below`: the level of the heading that it stands under."""
    return marked_html(SIGNS.sub("", text), below)


def marked_html(text: str, below: int = 1) -> Markup:
    """The same, with what is new and what is gone (`agreements.differences`). May take a while: beside the loop."""
    tokens = _MARKDOWN.parse(text)
    _place_headings(tokens, below)
    html = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    for sign, tag in SHOWN.items():
        html = html.replace(sign, tag)
    # Cleaned last: what a tag of ours has cut through is mended there, and nothing but the list stays.
    cleaned = nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"https", "http", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
    )
    return Markup(cleaned)  # noqa: S704 - of the list above alone


def _place_headings(tokens: list[Token], below: int) -> None:
    """The highest of the text stands right below the page's, whatever it began with, and none skips a level."""
    heads = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    highest = min((int(head.tag[1]) for head in heads), default=1)
    level = below
    for head in heads:
        if head.nesting == 1:
            level = min(int(head.tag[1]) - highest + below + 1, level + 1, LAST)
        head.tag = f"h{level}"
