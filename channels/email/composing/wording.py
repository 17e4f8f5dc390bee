"""A letter's words as mail programs show them: flowed plain text, and as little markup as a dialogue needs.

Both bear the same quotations. Plain text is format=flowed (RFC 3676): programs that know it fit the lines to the window
and draw a bar beside quotations; all others see lines short enough for every screen, each with its mark.
"""

import html
import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from messaging.letters.passages import Passage, passages

WIDTH: Final = 72
"""Columns of a line with its marks and its soft break; RFC 3676 section 4.2 asks for at most 78."""
SIGNATURE: Final = "-- "
"""The line of its own by which programs know that a signature begins; without its blank it is two dashes."""
MARKS: Final = 12
"""Marks of quotation a line may bear and still be broken: deeper ones are nobody's dialogue."""

_MARKS: Final = re.compile(r"(?:> ?)*")

# No colour but the bar's, which stands out on white and on black (3:1 and more); all else is the reader's own.
# A bar by border, since some programs draw none for a blockquote, and on the side where its words begin.
_BAR: Final = "margin:0 0 1em 0;padding-{side}:12px;border-{side}:3px solid #8a8a8a"
_HEAD: Final = (
    '<meta charset="utf-8"><meta name="color-scheme" content="light dark">'
    '<meta name="supported-color-schemes" content="light dark">'
)


def flowed(text: str) -> str:
    """Lines of at most WIDTH columns where there are blanks to break them at; joined again they are the same words."""
    return "\n".join(piece for line in text.split("\n") for piece in _flowed_line(line))


def _flowed_line(line: str) -> Iterator[str]:
    marks, words = _apart(line)
    if words == SIGNATURE:  # the one fixed line that keeps its blank (section 4.3)
        yield f"{marks} {words}" if marks else words
        return
    words = words.rstrip(" ")  # a blank at the end would join the next line to this one
    room = WIDTH - len(marks) - 2 if len(marks) <= MARKS else len(words)
    for piece in _pieces(words, room):
        if marks:
            yield f"{marks} {piece}" if piece else marks
        else:
            # What would be taken for a mark, a quotation or an mbox line is hidden behind a blank (section 4.4).
            yield f" {piece}" if piece.startswith((" ", ">", "From ")) else piece


def _apart(line: str) -> tuple[str, str]:
    """The marks of quotation in one row, as section 4.5 wants them, and the words."""
    marks = _MARKS.match(line)
    end = marks.end() if marks else 0
    return ">" * line.count(">", 0, end), line[end:]


def _pieces(words: str, room: int) -> Iterator[str]:
    """Broken at blanks; every piece but the last ends with the blank that says so."""
    piece: str | None = None
    for word in words.split(" "):
        if piece is None:
            piece = word
        elif (
            len(piece) + len(word) < room or piece == "--"
        ):  # "-- " alone would begin a signature (section 4.3)
            piece += f" {word}"
        else:
            yield f"{piece} "
            piece = word
    yield piece or ""


def markup(marker: str, text: str) -> str:
    """The words as a page: paragraphs and quotations, nothing fetched, light and dark both as the reader has them."""
    inner = "\n".join([f"<p><small>{html.escape(marker)}</small></p>", *map(_element, passages(text))])
    return f'<!doctype html>\n<html dir="auto"><head>{_HEAD}</head>\n<body>\n{inner}\n</body></html>\n'


def _element(passage: Passage) -> str:
    way = _direction(passage.text)
    if not passage.quoted:
        return f'<p dir="{way}">' + "<br>\n".join(map(html.escape, passage.text.split("\n"))) + "</p>"
    bar = _BAR.format(side="right" if way == "rtl" else "left")
    return (
        f'<blockquote dir="{way}" style="{bar}">\n'
        + "\n".join(map(_element, passage.inner))
        + "\n</blockquote>"
    )


def _direction(text: str) -> str:
    """By the first letter that has one, as dir="auto" would find it; some programs do not know that value."""
    for sign in text:
        match unicodedata.bidirectional(sign):
            case "L":
                return "ltr"
            case "R" | "AL":
                return "rtl"
    return "auto"
