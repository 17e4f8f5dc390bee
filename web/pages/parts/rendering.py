"""The template environment: escaping always on, times and words put plainly, assets by content hash."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, PrefixLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from channels.language.catalogues import Domain, catalogue
from channels.language.speaking import direction_of, spoken, tag_of
from messaging.ids import SYSTEM
from messaging.letters.passages import own_words, passages, quoted
from messaging.messages import CHAT_LIMIT, LETTER_LIMIT
from messaging.notes.note import NOTE_LIMIT
from messaging.people import Language
from messaging.sessions.closing import HOMEWORK_LIMIT
from web.pages.parts.boundary import Apart
from web.pages.parts.breaks import joined
from web.pages.parts.dates import (
    clock_seconds,
    clock_time,
    dated,
    day,
    hour,
    is_due,
    moment,
    short_day,
    soon,
    waiting_words,
)
from web.pages.parts.facts import size
from web.pages.parts.saying import TITLES, _, called
from web.pages.parts.views import ChatMessage, Entry, Event, Here, Letter, Timeline, Unshown

WEB = Path(__file__).parents[2]
STATIC = WEB / "static"
ROOMS = {room: WEB / "pages" / room for room in ("admin", "client", "parts", "public", "staff")}
ROOMS |= {"demo": WEB / "demo", "exporting": WEB / "exporting"}
"""A template lies beside the page that shows it, and is asked for by room and name: `client/letters.html`."""

# One line, no nesting, short: a client's long remark in brackets is a remark, not a tone of voice.
ASIDE = r"\[[^\[\]\n]{1,120}\]"
# No blanks, no signs that cannot be seen or turn the direction of writing: what is pressed is what is read.
ADDRESS = r'https://[^\x00-\x20\x7f-\xa0\u061c\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff<>"[\]\\^`{|}]+'
MARKED = re.compile(f"({ASIDE})|({ADDRESS})", re.IGNORECASE)
AS_ASIDE = '<em class="aside">{0}</em>'
LINK = '<a href="{0}" target="_blank" rel="noopener noreferrer nofollow">{0}</a>'
AFTER = ".,;:!?'*_\u2019\u201d\u00bb\u2026\u3002\u060c\u061f"
BLANKS = "\u115f\u1160\u2800\u3164\uffa0"
HELD = frozenset({"session_opened", "session_ended"})


class Templates:
    """The templates in every language. Each has an environment: what a template imports is made once there."""

    def __init__(self) -> None:
        self._made: dict[Language, Environment] = {}  # bound: languages

    def get_template(self, name: str) -> Template:
        """In the language of this moment."""
        language = spoken()
        if language not in self._made:
            self._made[language] = environment(language)
        return self._made[language].get_template(name)


def environment(language: Language = Language.ENGLISH) -> Environment:
    """All pages in one language. Undefined names are errors: a page with a hole is never sent."""
    made = Environment(
        loader=PrefixLoader({room: FileSystemLoader(folder) for room, folder in ROOMS.items()}),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", Apart],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    said = catalogue(Domain.PAGES, language)
    made.install_gettext_translations(said, newstyle=True)  # type: ignore[attr-defined]
    made.globals |= {"language": tag_of(language), "direction": direction_of(language)}
    made.globals["asset"] = asset
    made.globals["system"] = str(SYSTEM)
    limits = {"chat": CHAT_LIMIT, "letter": LETTER_LIMIT, "homework": HOMEWORK_LIMIT, "note": NOTE_LIMIT}
    made.globals["most"] = limits
    made.filters |= FILTERS
    return made


@cache  # bound: files of static/
def asset(name: str) -> str:
    """The URL of a static file with the hash of its content, so that it may be cached for ever."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:12]}"


# ---------------------------------------------------------------- words


def brackets(text: str) -> Markup:
    """Escaped text with `[a long breath]` set apart, brackets and all: it is read, not decorated away.

    An https address is a link that shows all of itself, and opens beside: a session is not left. The same as in words.js.
    A text of nothing but signs that leave no mark is said to be one: an empty bubble is nothing anybody can explain.
    """
    if text and not any(map(leaves_a_mark, text)):
        return escape(_("[only signs that cannot be seen]"))
    # Joined as plain strings: `Markup` looks at each part once more, and a text may have sixty thousand of them.
    parts: list[str] = []
    end = 0
    for found in MARKED.finditer(text):
        marked = found[1] or address(found[0])
        if not marked:
            continue
        inside = escape(marked)
        parts += escape(text[end : found.start()]), (AS_ASIDE if found[1] else LINK).format(inside)
        end = found.start() + len(marked)
    return Markup("".join([*parts, escape(text[end:])]))  # noqa: S704 - each part is escaped, or ours


def address(found: str) -> str:
    """Without what ends the sentence around it: stops, quotation marks, a bracket not opened in it. Empty: it is none."""
    surplus, end = found.count(")") - found.count("("), len(found)
    while found[end - 1] in AFTER or (found[end - 1] == ")" and surplus > 0):
        surplus -= found[end - 1] == ")"
        end -= 1
    return found[:end] if found[8:end][:1].isalnum() else ""


def leaves_a_mark(sign: str) -> bool:
    """Whether a sign can be seen: the same rule as in words.js."""
    return not (sign.isspace() or unicodedata.category(sign) in ("Cf", "Cc", "Mn") or sign in BLANKS)


def word_count(text: str) -> int:
    return len(text.split())


def initials(name: str) -> str:
    """At most three signs to know a person by: Ruth → R, Dr Mira Engel → ME, Ben and Tess → B·T."""
    words = [word for word in name.split() if word.lower() not in TITLES]
    if "and" in words or "&" in words:
        return "·".join(word[0].upper() for word in words if word not in ("and", "&", ","))[:3] or "?"
    chosen = words if len(words) < 2 else [words[0], words[-1]]
    return "".join(word[0].upper() for word in chosen) or "?"


# ---------------------------------------------------------------- a timeline, in the order it is read


@dataclass(frozen=True, slots=True)
class DayHead:
    """The first line of a new day."""

    at: datetime
    kind: str = "day"


@dataclass(frozen=True, slots=True)
class PastSession:
    """A live session that is over: one quiet line that opens."""

    entries: tuple[Entry, ...]
    kind: str = "past_session"

    @property
    def at(self) -> datetime:
        return self.entries[0].at

    @property
    def until(self) -> datetime:
        return self.entries[-1].at

    @property
    def messages(self) -> int:
        return sum(isinstance(entry, ChatMessage) for entry in self.entries)


Line = Entry | DayHead | PastSession


def lines(timeline: Timeline, here: Here) -> Iterator[Line]:
    """The entries with a head where the day changes and each past session gathered into one line."""
    said: date | None = None
    for line in _gathered(timeline, here.zone):
        on = line.at.astimezone(here.zone).date()
        if on != said:
            said = on
            yield DayHead(line.at)
        yield line


def after_each(found: Iterable[Line]) -> Iterator[tuple[Line | None, Line]]:
    """Each with the one before it; before the first there is none, on whichever entry a page begins."""
    before: Line | None = None
    for line in found:
        yield before, line
        before = line


def _gathered(timeline: Timeline, zone: ZoneInfo) -> Iterator[Entry | PastSession]:
    run: list[Entry] = []
    for entry in joined(timeline.entries, zone):
        past = _session(entry) not in ("", timeline.live_session)
        if run and (not past or _session(entry) != _session(run[0])):
            yield from _closed(run)
            run = []
        if past:
            run.append(entry)
        else:
            yield entry
    yield from _closed(run)


def _closed(run: list[Entry]) -> Iterator[Entry | PastSession]:
    """A session that was held, as one line. Who only checked in for one that is still to open stands in the open."""
    if any(isinstance(one, ChatMessage) or (isinstance(one, Event) and one.what in HELD) for one in run):
        yield PastSession(tuple(run))
    else:
        yield from run


def _session(entry: Entry) -> str:
    match entry:
        case ChatMessage() | Event():
            return entry.session
        case Letter() | Unshown():
            return ""


FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "brackets": brackets,
    "own_words": own_words,
    "passages": passages,
    "quoted": quoted,
    "initials": initials,
    "called": called,
    "day": day,
    "short_day": short_day,
    "clock_time": clock_time,
    "clock_seconds": clock_seconds,
    "hour": hour,
    "moment": moment,
    "dated": dated,
    "soon": soon,
    "is_due": is_due,
    "waiting_words": waiting_words,
    "iso": datetime.isoformat,
    "lines": lines,
    "after_each": after_each,
    "word_count": word_count,
    "octets": size,
}
"""What templates do to values."""
