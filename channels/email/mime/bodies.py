"""The words of a letter: the best plain text, the HTML to show, and what cannot be read here."""

import html
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from channels.email.mime import charsets
from channels.email.mime.calendars import invitation_line
from channels.email.mime.parts import Part
from channels.email.mime.plain_text import html_to_text
from channels.email.mime.sanitising import sanitise

MARKUP_LIMIT = 1024 * 1024  # read for its words; what may be shown as HTML is bounded by the sanitiser
TANGLED = "The formatted version was too long or too tangled to show; its words are shown as plain text."
CUT = "The letter is very long; its end is only in the original."


class Unreadable(StrEnum):
    """Why a letter has no words we can read."""

    SMIME = "smime"
    OPENPGP = "openpgp"
    SIGNED_WRAPPER = "signed_wrapper"

    @property
    def notice(self) -> str:
        """The sentence to show in place of the words."""
        return _NOTICES[self]


_NOTICES = {
    Unreadable.SMIME: "This letter is encrypted (S/MIME) and cannot be read here. The original is kept.",
    Unreadable.OPENPGP: "This letter is encrypted (OpenPGP) and cannot be read here. The original is kept.",
    Unreadable.SIGNED_WRAPPER: "This letter is inside a signature (S/MIME) that is not opened here. The original is kept.",
}
_HIDDEN_TYPES = {"application/pkcs7-mime", "application/x-pkcs7-mime"}


@dataclass(slots=True)
class Words:
    """What a letter says, gathered from its parts."""

    text: str = field(repr=False, default="")
    html: str | None = field(repr=False, default=None)
    unreadable: Unreadable | None = None
    problems: list[str] = field(repr=False, default_factory=list)


@dataclass(slots=True)
class _Block:
    text: str | None = None
    markup: str | None = None

    def as_text(self) -> str:
        if self.text is not None and (self.text.strip() or not self.markup):
            return self.text
        return html_to_text(self.markup or "")

    def as_markup(self) -> str:
        if self.markup is not None:
            return self.markup
        return "<div>" + "<br>".join(html.escape(self.text or "").splitlines()) + "</div>"


def read_words(root: Part) -> Words:
    """Gather the words of a letter in the order in which its parts stand."""
    words = Words(unreadable=_unreadable(root))
    blocks = list(_blocks(root, words.problems))
    words.text = "\n".join(filter(None, (block.as_text().strip("\n") for block in blocks)))
    if any(block.markup for block in blocks):
        words.html = sanitise("".join(block.as_markup() for block in blocks))
        if words.html is None:
            words.problems.append(TANGLED)
    if words.unreadable is None and words.text.lstrip().startswith("-----BEGIN PGP MESSAGE-----"):
        words.unreadable = Unreadable.OPENPGP
    return words


def is_words(part: Part) -> bool:
    """Say whether a leaf is shown as words rather than kept as a file."""
    if part.disposition == "attachment":
        return False
    if part.content_type == "text/plain":
        return not part.file_name or part.alone
    if part.content_type == "text/html":
        return not part.file_name or part.alone or part.disposition != "inline"
    return part.content_type == "text/calendar" or (
        part.content_type == "text/enriched" and not part.file_name
    )


def _blocks(part: Part, problems: list[str]) -> Iterator[_Block]:
    if part.content_type == "multipart/alternative":
        yield from _alternative(part, problems)
    elif part.children:
        for child in part.children:
            yield from _blocks(child, problems)
    elif is_words(part):
        yield _leaf(part, problems)


def _alternative(part: Part, problems: list[str]) -> Iterator[_Block]:
    """Of versions of the same words take the plain one, and keep the HTML beside it (RFC 2046 section 5.1.4)."""
    blocks = [block for child in part.children for block in _blocks(child, problems)]
    plain = [block.text for block in blocks if block.text is not None and block.text.strip()]
    markup = [block.markup for block in blocks if block.markup is not None]
    if plain or markup:
        yield _Block("\n".join(plain) if plain else None, "".join(markup) if markup else None)


def _leaf(part: Part, problems: list[str]) -> _Block:
    text = charsets.decode(part.content, part.parameters.get("charset"))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if part.content_type == "text/calendar":
        return _Block(invitation_line(text))
    if part.content_type == "text/html":
        if len(text) > MARKUP_LIMIT:
            problems.append(CUT)
        return _Block(markup=text[:MARKUP_LIMIT])
    if part.parameters.get("format", "").lower() == "flowed":
        text = _unflowed(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
    return _Block(text)


def _unflowed(text: str, *, delete_space: bool) -> str:
    """Join soft line ends within paragraphs of equal quote depth (RFC 3676 section 4)."""
    lines: list[str] = []
    soft_depth = -1  # the quote depth of a line that continues, or -1
    for line in text.split("\n"):
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        bare = bare.removeprefix(" ")
        if soft_depth == depth and bare != "-- ":
            lines[-1] += bare
        else:
            lines.append(line if depth == 0 and bare == line else ">" * depth + (" " if depth else "") + bare)
        soft = bare.endswith(" ") and bare != "-- "
        soft_depth = depth if soft else -1
        if soft and delete_space:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)


def _unreadable(root: Part) -> Unreadable | None:
    for part in root.walk():
        if part.content_type == "multipart/encrypted":
            return Unreadable.OPENPGP
        if part.content_type in _HIDDEN_TYPES or part.file_name.lower() == "smime.p7m":
            kind = part.parameters.get("smime-type", "").lower()
            return Unreadable.SIGNED_WRAPPER if kind == "signed-data" else Unreadable.SMIME
    return None
