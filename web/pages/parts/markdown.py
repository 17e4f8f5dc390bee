"""Texts of the practice's own, in Markdown, as HTML: what they may hold is a list, and nothing of them is fetched or run."""

from typing import Final

import nh3
from markdown_it import MarkdownIt
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
LOWER: Final = {f"h{n}": f"h{min(n + 1, 4)}" for n in range(1, 7)}
"""The page's own heading is the first."""
SHOWN: Final = {NEW: "<ins>", NEW_ENDS: "</ins>", GONE: "<del>", GONE_ENDS: "</del>"}
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).disable(["image", "html_block", "html_inline"])


def as_html(text: str) -> Markup:
    """The text, where no signs of ours stand in it."""
    return marked_html(SIGNS.sub("", text))


def marked_html(text: str) -> Markup:
    """The same, with what is new and what is gone (`agreements.differences`). May take a while: beside the loop."""
    tokens = _MARKDOWN.parse(text)
    for token in tokens:
        token.tag = LOWER.get(token.tag, token.tag)
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
