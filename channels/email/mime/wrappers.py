"""Letters within wrappers: Outlook's winmail.dat and S/MIME signatures, opened to the parts that are in them."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from channels.email.mime.headers import Field, Headers
from channels.email.mime.parts import Part, read_tree
from channels.email.mime.rich_text import rich_words
from channels.email.mime.smime import open_smime
from channels.email.mime.tnef import Wrapped, WrappedFile, read_tnef

TNEF: Final = "application/ms-tnef"
SMIME: Final = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
OPENED_LIMIT: Final = 8
"""Wrappers opened in one letter, beside and within each other: one or two in honest ones."""
RICH_LIMIT: Final = 2
"""Of those with words in rich text, which take long to read where they are made for it."""

RICH: Final = (
    "The letter's words are in Outlook's rich text, which could not be read here. The original is kept."
)
CUT: Final = "The letter is very long; its end is only in the original."
DAMAGED: Final = "An Outlook wrapper (winmail.dat) could not be opened to its end; it is kept as a file."
EMPTY: Final = "An Outlook wrapper (winmail.dat) came with this letter; neither words nor files are in it."


@dataclass(frozen=True, slots=True)
class Unwrapping:
    """The tree with its wrappers opened, and what is to be said of them."""

    root: Part
    too_many: bool = False
    """A letter within had more parts than we read."""
    problems: tuple[str, ...] = field(repr=False, default=())


def unwrap(root: Part) -> Unwrapping:
    """Open what can be opened. Takes any tree, never raises."""
    hands = _Hands()
    opened = hands.open(root)
    return Unwrapping(opened, hands.too_many, tuple(dict.fromkeys(hands.problems)))


def is_tnef(part: Part) -> bool:
    """Whether a part is Outlook's wrapper, by its type or its well-known name."""
    return part.content_type in (TNEF, "application/vnd.ms-tnef") or part.file_name.lower() == "winmail.dat"


def is_smime(part: Part) -> bool:
    """Whether a part is sealed or signed as a whole (RFC 8551 3.2: some programs only give the name)."""
    return part.content_type in SMIME or part.file_name.lower() == "smime.p7m"


class _Hands:
    """Opens wrappers, as many as one letter may have."""

    def __init__(self) -> None:
        self.problems: list[str] = []  # bound: OPENED_LIMIT
        self.too_many = False
        self._left = OPENED_LIMIT
        self._rich_left = RICH_LIMIT

    def open(self, part: Part) -> Part:
        if part.children:
            return replace(part, children=tuple(self.open(child) for child in part.children))
        if not (is_tnef(part) or is_smime(part)) or self._left <= 0:
            return part
        self._left -= 1
        return self._tnef(part) if is_tnef(part) else self._smime(part)

    def _smime(self, part: Part) -> Part:
        opened = open_smime(part.content)
        kind = opened.kind.value if opened.kind else part.parameters.get("smime-type", "").lower()
        named = replace(part, parameters={**part.parameters, "smime-type": kind})
        if not opened.content:
            return named
        within, too_many = read_tree(opened.content)
        self.too_many |= too_many
        return replace(named, children=(self.open(within),))

    def _tnef(self, part: Part) -> Part:
        wrapped = read_tnef(part.content)
        if wrapped is None:
            self.problems.append(DAMAGED)
            return part
        children = [*self._words(wrapped), *_files(wrapped)]
        if wrapped.damaged or not children:
            self.problems.append(DAMAGED if wrapped.damaged else EMPTY)
            children.append(
                replace(part, disposition="attachment", file_name=part.file_name or "winmail.dat")
            )
        return replace(part, content_type=TNEF, content=b"", children=tuple(children))

    def _words(self, wrapped: Wrapped) -> Iterator[Part]:
        plain = [_text("plain", wrapped.text.encode())] if wrapped.text.strip() else []
        pages = [_text("html", wrapped.html, wrapped.html_charset)] if wrapped.html else []
        if plain or pages:
            yield Part(Headers(), "multipart/alternative", {}, children=(*plain, *pages))
        elif wrapped.rich:
            words, more = rich_words(wrapped.rich) if self._rich_left > 0 else ("", False)
            self._rich_left -= 1
            if more:
                self.problems.append(CUT)
            yield _text("plain", (words if words.strip() else RICH).encode())


def _text(kind: str, content: bytes, charset: str = "utf-8") -> Part:
    return Part(Headers(), f"text/{kind}", {"charset": charset}, content=content)


def _files(wrapped: Wrapped) -> Iterator[Part]:
    for one in wrapped.files:
        if one.message is not None:
            yield from _message(one, one.message)
        elif one.content or one.name:
            yield _file(one)


def _file(one: WrappedFile) -> Part:
    shown_within = bool(one.content_id) and one.content_type.lower().startswith("image/")
    headers = Headers((Field("content-id", one.content_id.encode("utf-8", "replace")),))
    kind = one.content_type.lower() or "application/octet-stream"
    return Part(headers, kind, {}, "inline" if shown_within else "attachment", one.name, one.content)


def _message(one: WrappedFile, message: Wrapped) -> Iterator[Part]:
    """A message that was enclosed: its words as a file of their own, and its files beside it."""
    name = message.subject or one.name or "enclosed letter"
    if message.text.strip():
        yield replace(
            _text("plain", message.text.encode()), disposition="attachment", file_name=f"{name}.txt"
        )
    elif message.html:
        yield replace(_text("html", message.html), disposition="attachment", file_name=f"{name}.html")
    elif not message.files:
        yield _file(replace(one, name=f"{name}.dat"))
    yield from _files(message)
