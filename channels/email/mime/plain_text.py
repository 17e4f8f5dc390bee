"""HTML to plain text, in one pass: what a reader would read, with quotations marked by `> ` as in plain mail.

Written by hand because it must be linear on hostile input (the standard HTML parser is not) and must know
the marks by which mail programs fence off what they quote.
"""

import html
import re
from dataclasses import dataclass, field

QUOTE_DEPTH_LIMIT = 10
LINK_LIMIT = 300
SIGNATURE = "-- "  # RFC 3676 section 4.3
ORIGINAL = "-----Original Message-----"

# A tag never reaches over the next "<", so that a thousand broken ones cost no more than a thousand whole ones.
_TOKEN = re.compile(
    r"""<!--.*?(?:-->|\Z)|<[!?][^>]*(?:>|\Z)"""
    r"""|<(?P<close>/?)(?P<tag>[a-zA-Z][a-zA-Z0-9:-]{0,30})(?P<rest>(?:[^<>"']|"[^"<>]*"|'[^'<>]*'|["'])*+)>"""
    r"""|(?P<text>(?:[^<]|<(?![a-zA-Z/!?]))+|<)""",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]{1,30})\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_HUGE_NUMBER = re.compile(r"&#[xX]?[0-9a-fA-F]{9,}")  # int() refuses thousands of digits with an exception
_NO_MARGIN = re.compile(r"margin(?:-top)?\s{0,9}:\s{0,9}0", re.IGNORECASE)
# A paragraph of one's own, moved to the right: by Apple Mail, Gmail and by Outlook on the web.
_INDENTED = re.compile(
    r"\s{0,9}(?:margin:\s{0,9}0(?:px)?\s{1,9}0(?:px)?\s{1,9}0(?:px)?\s{1,9}40px|margin-top:\s{0,9}0(?:px)?;\s{0,9}"
    r"margin-bottom:\s{0,9}0(?:px)?;?\s{0,9}\Z)",
    re.IGNORECASE,
)
_UNREAD = {"script", "style", "title", "template"}
_VOID = {"br", "hr", "img", "input", "meta", "link", "area", "base", "col", "embed", "source", "wbr"}
_BLOCKS = {
    "address",
    "article",
    "aside",
    "blockquote",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "footer",
}
_BLOCKS |= {
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
}
_BLOCKS |= {"table", "tr", "ul", "body", "html"}
_SPACED = {"p", "ul", "ol", "dl", "table", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6"}
# From one of these ids on, everything is the letter being answered.
_REST_IS_QUOTED = {"appendonsend", "divrplyfwdmsg", "outlookmessageheader"}
# These hold the answered letter: all of it, or its introduction and then block quotations with answers between.
_QUOTE_HOLDERS = {
    "gmail_quote",
    "yahoo_quoted",
    "zmail_extra",
    "protonmail_quote",
    "moz-cite-prefix",
    "gmail_attr",
}
_SIGNATURES = {"gmail_signature", "zm-_id_-sgn"}
_QUOTE_HOLDERS |= {
    "name:quote",
    "tutanota_quote",
    "ms-outlook-mobile-reference-message",
    "mail-editor-reference-message-container",
}


def html_to_text(markup: str) -> str:
    """Turn HTML into readable lines; never raises, one pass."""
    writer = _Writer()
    place = 0
    unclosed: set[str] = set()
    while match := _TOKEN.match(markup, place):
        place = match.end()
        if text := match["text"]:
            writer.write(text)
        elif match["tag"]:
            tag = match["tag"].lower()
            if match["close"]:
                writer.close(tag)
                continue
            if tag in _UNREAD and tag not in unclosed:
                end = re.compile(rf"</{tag}", re.IGNORECASE).search(markup, place)
                if end is not None:
                    place = end.start()
                else:
                    unclosed.add(
                        tag
                    )  # searched once only, or a thousand of them would each search to the end
            writer.open(tag, match["rest"])
    return writer.finished()


@dataclass(slots=True)
class _Open:
    tag: str
    quotes: bool = False  # adds one level of quotation while open
    holder: bool = False  # stops adding it at the first block quotation inside
    link: str = ""
    text_before: int = 0


@dataclass(slots=True)
class _Writer:
    lines: list[str] = field(default_factory=list)  # bound: the letter
    # bound: the letter
    line: list[str] = field(default_factory=list)  # pieces, since a line of a million grows no faster so
    words: int = 0
    depth: int = 0
    gap: bool = False
    preformatted: int = 0
    rest_is_quoted: bool = False
    stack: list[_Open] = field(default_factory=list)  # bound: the letter's tags
    open_tags: dict[str, int] = field(default_factory=dict)  # bound: the letter's tags
    pieces: list[str] = field(default_factory=list)  # bound: the letter

    def write(self, text: str) -> None:
        text = html.unescape(_HUGE_NUMBER.sub("\ufffd", text))
        if self.preformatted:
            first, *others = text.split("\n")
            self._add(first)
            for other in others:
                self._end_line()
                self._add(other)
            return
        self._add(_BLANKS.sub(" ", text))

    def open(self, tag: str, rest: str) -> None:
        attributes = _attributes(rest) if "=" in rest else {}
        if tag in _BLOCKS:
            self._end_block(gap=tag in _SPACED and not _tight(attributes))
        self._mark_quotation(tag, attributes)
        match tag:
            case "br":
                self._end_line()
            case "hr":
                self._end_block(gap=False)
                self._add("________________________________")
                self._end_line()
            case "img":
                self._picture(attributes)
            case "li":
                self._add("- ")
            case "td" | "th":
                self._add(" ")
            case "pre":
                self.preformatted += 1
            case _:
                pass

    def close(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._end_block(gap=tag in _SPACED and tag != "p")
        if not self.open_tags.get(tag):
            return
        while self.stack:
            closed = self.stack.pop()
            self.open_tags[closed.tag] -= 1
            self._closed(closed)
            if closed.tag == tag:
                return

    def finished(self) -> str:
        self._end_block(gap=False)
        return "\n".join(self.lines).strip("\n")

    def _closed(self, closed: _Open) -> None:
        if closed.quotes:
            self._end_block(gap=False)
            self.depth -= 1
        if closed.tag == "pre":
            self.preformatted -= 1
        if closed.link and self.words > closed.text_before:
            shown = "".join(self.pieces)
            if closed.link not in shown and not closed.link.endswith(shown.strip()):
                self._add(f" ({closed.link})")

    def _mark_quotation(self, tag: str, attributes: dict[str, str]) -> None:
        marks = {
            attributes.get("id", "").lower(),
            f"name:{attributes.get('name', '').lower()}",
            *attributes.get("class", "").lower().split(),
        }
        if not self.rest_is_quoted and marks & _REST_IS_QUOTED:
            # A divider, not a mark on each line: people write their answers into what stands below.
            self.rest_is_quoted = True
            self._end_block(gap=True)
            self._add(ORIGINAL)
            self._end_line()
        if marks & _SIGNATURES and not (self.lines and self.lines[-1].rstrip().endswith("--")):
            self._end_block(gap=False)
            self._end_line(SIGNATURE)
        if tag in _VOID:
            return
        quotes = tag == "blockquote" and _INDENTED.match(attributes.get("style", "")) is None
        holder = tag != "blockquote" and bool(marks & _QUOTE_HOLDERS) and self._holder() is None
        if quotes:
            self._leave_introduction()
        link = attributes.get("href", "")[:LINK_LIMIT] if tag == "a" else ""
        opened = _Open(tag, quotes or holder, holder, link if link.startswith("http") else "", self.words)
        self.stack.append(opened)
        self.open_tags[tag] = self.open_tags.get(tag, 0) + 1
        if opened.quotes:
            self._end_block(gap=False)
            self.depth += 1
        if opened.link:
            self.pieces = []  # bound: the letter

    def _holder(self) -> _Open | None:
        return next((one for one in reversed(self.stack[-20:]) if one.holder and one.quotes), None)

    def _leave_introduction(self) -> None:
        holder = self._holder()
        if holder is not None:
            self._end_block(gap=False)
            holder.quotes = False
            self.depth -= 1

    def _picture(self, attributes: dict[str, str]) -> None:
        alternative = _BLANKS.sub(" ", attributes.get("alt", "")).strip()
        if alternative or attributes.get("src", "").startswith("cid:"):
            self._add(f"[{html.unescape(alternative[:LINK_LIMIT]) or 'image'}]")

    def _add(self, text: str) -> None:
        if not text:
            return
        if not self.preformatted and (not self.line or self.line[-1].endswith(" ")):
            text = text.lstrip(" ")
        if text:
            self.line.append(text)
        self.pieces.append(text)
        self.words += bool(text.strip())

    def _end_block(self, *, gap: bool) -> None:
        if any(map(str.strip, self.line)):
            self._end_line()
        self.line = []  # bound: the letter
        self.gap = self.gap or gap

    def _end_line(self, known: str = "") -> None:
        prefix = "> " * min(self.depth, QUOTE_DEPTH_LIMIT)
        if self.gap and self.lines and self.lines[-1].strip("> "):
            self.lines.append(prefix.rstrip())
        self.gap = False
        text = known or "".join(self.line).replace("\xa0", " ")
        text = (prefix + text).rstrip() if text != SIGNATURE else prefix + text
        self.lines.append(text)
        self.line = []  # bound: the letter


def _attributes(rest: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(rest):
        found.setdefault(match[1].lower(), match[2] or match[3] or match[4] or "")
    return found


def _tight(attributes: dict[str, str]) -> bool:
    return "mso" in attributes.get("class", "").lower() or bool(
        _NO_MARGIN.search(attributes.get("style", ""))
    )
