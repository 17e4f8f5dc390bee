"""What is left of a line when everything is taken away that mail programs change: two lines with one key say the same.

Blanks go, since every program wraps as it likes; quotes, dashes and dots become the plain ones; of a link that some
filter rewrote its target stays. Every other sign counts, and its case: a tick, a figure or one "x" may be an answer.
"""

import re
from typing import Final
from unicodedata import normalize
from urllib.parse import unquote

LINK_LIMIT: Final = 2000

_UNSEEN: Final = [
    0xAD,
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    0xFE0E,
    0xFE0F,
    0xFEFF,
]
_SAME: Final = dict.fromkeys(_UNSEEN, "")
_ALIKE: Final = str.maketrans(
    {
        **dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb\u2033", '"'),
        **dict.fromkeys("\u2018\u2019\u201a\u2039\u203a\u00b4`\u2032", "'"),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        "\u2026": "...",
        **{chr(code): sign for code, sign in _SAME.items()},
    }
)
_LINK: Final = re.compile(r"[<(\[]?\s?(?:https?://|mailto:)([^\s<>()\[\]]{1,2000})\s?[>)\]]?", re.IGNORECASE)
_WITHIN: Final = re.compile(r"https?(?::|%3A)(?:/|%2F){2}([^&\s]+?)(?:__;|&|\Z)", re.IGNORECASE)


def key(line: str) -> str:
    """The key of a line without its marks; empty if nothing is seen on it."""
    if "://" in line or "mailto:" in line:
        line = _without_wrappers(line)
    if not line.isascii():
        line = normalize("NFC", line).translate(_ALIKE)
    return "".join(line.replace("`", "'").split())


def _without_wrappers(line: str) -> str:
    """Links as they were before a filter rewrote them; a link that stands behind itself once more counts once."""
    last = ""

    def target(match: re.Match[str]) -> str:
        nonlocal last
        whole = match[1]
        within = _WITHIN.search(whole)
        found = unquote(within[1]) if within else whole
        if found == last:
            return ""
        before = line[: match.start()].rstrip()
        last = found
        # "x@example.org<mailto:x@example.org>", "www.example.org (http://www.example.org)"
        return "" if before.endswith(found) else found

    return _LINK.sub(target, line)
