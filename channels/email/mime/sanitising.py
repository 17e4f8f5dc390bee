"""HTML that may be shown: a short allow-list, nothing active, nothing fetched from outside.

The sanitiser itself is quadratic in nesting, so the nesting is measured first: a tangle is not shown as HTML,
its words are still read from the plain text.
"""

import re
from urllib.parse import urlsplit

import nh3

HTML_LIMIT = 256 * 1024
NESTING_LIMIT = 256
FORMATTING_LIMIT = 40  # unclosed <b>, <font> ... are repeated by the parser in every paragraph that follows

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")
_LEAVES = {"br", "hr", "img", "input", "meta", "link", "area", "base", "col", "embed", "source", "wbr"}
_SELF_CLOSING = {"p", "li", "td", "th", "tr", "dt", "dd", "option", "thead", "tbody", "tfoot"}
_FORMATTING = {
    "a",
    "b",
    "big",
    "code",
    "em",
    "font",
    "i",
    "nobr",
    "s",
    "small",
    "strike",
    "strong",
    "tt",
    "u",
}
_TAGS = {
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "cite",
    "code",
    "dd",
    "del",
    "div",
    "dl",
    "dt",
    "em",
    "h1",
    "h2",
}
_TAGS |= {"h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "li", "ol", "p", "pre", "q", "s", "small", "span"}
_TAGS |= {"strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul"}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_DROPPED_WHOLE = {
    "script",
    "style",
    "title",
    "template",
    "noscript",
    "iframe",
    "object",
    "svg",
    "math",
    "textarea",
}
_CONTENT_ID = re.compile(r"cid:[A-Za-z0-9!#$%&'*+/=?^_`{|}~.@-]{1,200}")
_SMALL_NUMBER = re.compile(r"[0-9]{1,4}")
_LINK_LIMIT = 2000


def sanitise(markup: str) -> str | None:
    """Return HTML fit to be shown in a sandboxed frame, or None when it is too long or too tangled to be safe."""
    if len(markup) > HTML_LIMIT or tangled(markup):
        return None
    cleaned = nh3.clean(
        markup,
        tags=_TAGS,
        clean_content_tags=_DROPPED_WHOLE,
        attributes=_ATTRIBUTES,
        attribute_filter=_kept,
        url_schemes={"http", "https", "mailto", "cid"},
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )
    return cleaned.replace("<img>", "")  # what is left of a picture that would have been fetched


def tangled(markup: str) -> bool:
    """Say whether tags are opened so deeply that cleaning them would take longer than a reader waits."""
    nesting = formatting = 0
    for match in _TAG.finditer(markup):
        tag = match[2].lower()
        if tag in _LEAVES or tag in _SELF_CLOSING:
            continue
        step = -1 if match[1] else 1
        if tag in _FORMATTING:
            formatting = max(0, formatting + step)
        else:
            nesting = max(0, nesting + step)
        if nesting > NESTING_LIMIT or formatting > FORMATTING_LIMIT:
            return True
    return False


def _kept(tag: str, attribute: str, value: str) -> str | None:
    match attribute:
        case "href":
            return value if _absolute(value) else None
        case "src":  # only pictures that came with the letter: any other tells its sender when it is read
            return value if _CONTENT_ID.fullmatch(value) else None
        case "width" | "height" | "colspan" | "rowspan" | "start":
            return value if _SMALL_NUMBER.fullmatch(value) else None
        case _:
            return value


def _absolute(link: str) -> bool:
    if len(link) > _LINK_LIMIT:
        return False
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    return (parts.scheme in ("http", "https") and bool(parts.netloc)) or parts.scheme == "mailto"
