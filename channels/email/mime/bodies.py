"""The words of a letter: the best plain text, the HTML to show, and what cannot be read here."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from channels.email.mime import charsets
from channels.email.mime.calendars import invitation_line
from channels.email.mime.guessing import page_charset
from channels.email.mime.parts import Part
from channels.email.mime.plain_text import html_to_text
from channels.email.mime.sanitising import sanitise
from channels.email.mime.wrappers import is_smime, is_tnef

MARKUP_LIMIT = 1024 * 1024  # read for its words; what may be shown as HTML is bounded by the sanitiser
_READ = frozenset({"text/plain", "text/html", "text/calendar", "text/enriched"})
_FILES_OF_TEXT = frozenset(
    f"text/{kind}"
    for kind in (
        *("calendar", "comma-separated-values", "css", "csv", "directory", "ecmascript", "javascript", "ics"),
        *("rfc822-headers", "tab-separated-values", "vcard", "x-vcalendar", "x-vcard", "xml", "xsl"),
    )
)
"""Text that is for programs: kept as files, like everything else that is none of the letter's words."""
TANGLED = "The formatted version was too long or too tangled to show; its words are shown as plain text."
CUT = "The letter is very long; its end is only in the original."


class Unreadable(StrEnum):
    """Why a letter has no words we can read."""

    SMIME = "smime"
    OPENPGP = "openpgp"
    SIGNED_WRAPPER = "signed_wrapper"
    PACKED = "packed"

    @property
    def notice(self) -> str:
        """The sentence to show in place of the words."""
        return _NOTICES[self]


_UNSEEN = re.compile("[\u00ad\u034f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")

_NOTICES = {
    Unreadable.SMIME: "This letter is encrypted (S/MIME) and cannot be read here. The original is kept.",
    Unreadable.OPENPGP: "This letter is encrypted (OpenPGP) and cannot be read here. The original is kept.",
    Unreadable.SIGNED_WRAPPER: (
        "This letter is inside a signature (S/MIME) that could not be opened. The original is kept."
    ),
    Unreadable.PACKED: "This letter is packed (S/MIME) in a way not read here. The original is kept.",
}
_UNOPENED = {"signed-data": Unreadable.SIGNED_WRAPPER, "compressed-data": Unreadable.PACKED}
BESIDE_WORDS = frozenset({Unreadable.SMIME, Unreadable.SIGNED_WRAPPER, Unreadable.PACKED})
PART_SEALED = (
    "A part of the letter is encrypted or signed (S/MIME) and could not be read here; it is kept as a file."
)
SIGNED = "The letter is signed; the signature was not checked here."


@dataclass(slots=True)
class Words:
    """What a letter says, gathered from its parts."""

    text: str = field(repr=False, default="")
    html: str | None = field(repr=False, default=None)
    unreadable: Unreadable | None = None
    problems: list[str] = field(repr=False, default_factory=list)  # bound: a few for each part that is read


@dataclass(slots=True)
class _Block:
    text: str | None = None
    markup: str | None = None

    def as_text(self) -> str:
        if self.text is not None and (visible(self.text) or not self.markup):
            return self.text
        return html_to_text(self.markup or "")

    def as_markup(self) -> str:
        if self.markup is not None:
            return self.markup
        return "<div>" + "<br>".join(html.escape(self.text or "").splitlines()) + "</div>"


def read_words(root: Part) -> Words:
    """Gather the words of a letter in the order in which its parts stand."""
    words = Words()
    blocks = list(_blocks(root, words.problems))
    if not visible(
        _text_of(blocks)
    ):  # Outlook's wrapper says the same once more, so only where nothing else is said
        blocks = list(_wrapped_blocks(root, words.problems)) or blocks
    words.text = _text_of(blocks)
    if any(block.markup for block in blocks):
        words.html = sanitise("".join(block.as_markup() for block in blocks))
        if words.html is None:
            words.problems.append(TANGLED)
    _note_wrappers(words, root)
    return words


def _note_wrappers(words: Words, root: Part) -> None:
    """Say what was sealed or signed. Words that stand beside a sealed part are read like any others."""
    sealed = _unreadable(root)
    if words.text.lstrip().startswith("-----BEGIN PGP MESSAGE-----"):
        sealed = Unreadable.OPENPGP
    elif sealed in BESIDE_WORDS and words.text.strip():
        words.problems.append(PART_SEALED)
        sealed = None
    words.unreadable = sealed
    if any(
        part.content_type == "multipart/signed" or (is_smime(part) and part.children) for part in root.walk()
    ):
        words.problems.append(SIGNED)


def _text_of(blocks: list[_Block]) -> str:
    return "\n".join(filter(None, (block.as_text().strip("\n") for block in blocks)))


def is_words(part: Part) -> bool:
    """Say whether a leaf is shown as words rather than kept as a file."""
    if part.disposition == "attachment":
        return False
    if part.content_type == "text/plain":
        return not part.file_name or part.alone
    if part.content_type == "text/html":
        return not part.file_name or part.alone or part.disposition != "inline"
    if part.content_type == "text/calendar":
        return True
    unknown = part.content_type.startswith("text/") and part.content_type not in _FILES_OF_TEXT
    return unknown and not part.file_name  # plain text, then (RFC 2046 section 4.1.4)


def versions(root: Part) -> list[Part]:
    """Parts that say once more what another part of their alternative says, for programs that are not ours.

    They are neither words nor files: Gmail's reaction, pages for watches and for AMP.
    """
    return [
        child
        for part in root.walk()
        if part.content_type == "multipart/alternative" and any(map(_known_words, part.children))
        for child in part.children
        if _is_version(child)
    ]


def _is_version(part: Part) -> bool:
    named = part.disposition == "attachment" or part.file_name
    return not named and part.content_type.startswith("text/") and part.content_type not in _READ


def _known_words(part: Part) -> bool:
    """Whether words stand in a version we know, somewhere within."""
    return any(
        is_words(one) and one.content_type in ("text/plain", "text/html") and _says_something(one)
        for one in part.walk()
    )


def _says_something(part: Part) -> bool:
    return visible(charsets.decode(part.content, part.parameters.get("charset")))


def visible(text: str) -> bool:
    """Whether there is anything to read: marks without width and joiners alone are nothing."""
    return bool(_UNSEEN.sub("", text).strip())


def _blocks(part: Part, problems: list[str]) -> Iterator[_Block]:
    if is_tnef(part):
        return
    if part.content_type == "multipart/alternative":
        yield from _alternative(part, problems)
    elif part.children:
        for child in part.children:
            yield from _blocks(child, problems)
    elif is_words(part):
        yield _leaf(part, problems)


def _wrapped_blocks(root: Part, problems: list[str]) -> Iterator[_Block]:
    for part in root.walk():
        if is_tnef(part):
            for child in part.children:
                yield from _blocks(child, problems)


def _alternative(part: Part, problems: list[str]) -> Iterator[_Block]:
    """Of versions of the same words take the plain one, and keep the HTML beside it (RFC 2046 section 5.1.4)."""
    spare = versions(part)
    blocks = [block for child in part.children if child not in spare for block in _blocks(child, problems)]
    plain = [block.text for block in blocks if block.text is not None and visible(block.text)]
    markup = [block.markup for block in blocks if block.markup is not None]
    if plain or markup:
        yield _Block("\n".join(plain) if plain else None, "".join(markup) if markup else None)


def _leaf(part: Part, problems: list[str]) -> _Block:
    text = charsets.decode(part.content, _charset(part), guess=True)
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


def _charset(part: Part) -> str | None:
    """As labelled; of a page whose mail does not say, or says less than it is, as the page has it."""
    label = part.parameters.get("charset")
    says_nothing = not label or label.strip("\"' ").lower() in ("us-ascii", "ascii")
    return (
        page_charset(part.content) if says_nothing and part.content_type == "text/html" else None
    ) or label


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
        if is_smime(part) and not part.children:
            return _UNOPENED.get(part.parameters.get("smime-type", ""), Unreadable.SMIME)
    return None
