"""The language of this moment: of the reader whose page is made, or whose mail is composed."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, assert_never

from babel import Locale

from messaging.people import Language

_SPOKEN: Final[ContextVar[Language]] = ContextVar("spoken", default=Language.ENGLISH)
OFFERED: Final = {"en": Language.ENGLISH, "de": Language.GERMAN, "ar": Language.ARABIC}
"""By what a browser asks for. None asks to be called by its first name."""
WISHES: Final = 20
"""Of a browser's languages, so many are looked at."""


def spoken() -> Language:
    """What is spoken now."""
    return _SPOKEN.get()


def speak(language: Language) -> None:
    """From here to the end of the task, or of `speaking` around it."""
    _SPOKEN.set(language)


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Within, this one."""
    before = _SPOKEN.set(language)
    try:
        yield
    finally:
        _SPOKEN.reset(before)


def asked_for(header: str) -> Language:
    """What a browser would rather read (RFC 9110 12.5.4), of what there is; English where there is none of it."""
    best, found = 0.0, Language.ENGLISH
    for wish in header[:500].split(",")[:WISHES]:
        tag, _, weight = wish.strip().partition(";")
        language = OFFERED.get(tag.strip().lower().partition("-")[0])
        rank = _rank(weight)
        if language is not None and rank > best:
            best, found = rank, language
    return found


def _rank(weight: str) -> float:
    """`q=0.8`; one where none is given, and none where it is no number from 0 to 1."""
    name, _, number = weight.strip().partition("=")
    if not name:
        return 1.0
    digits = number.strip()
    if name.strip().lower() != "q" or not digits.replace(".", "", 1).isascii() or len(digits) > 5:
        return 0.0
    try:
        return float(digits) if 0 <= float(digits) <= 1 else 0.0
    except ValueError:
        return 0.0


def tag_of(language: Language) -> str:
    """As a page says it (BCP 47)."""
    return locale_of(language).language


def direction_of(language: Language) -> str:
    """ltr or rtl."""
    return str(locale_of(language).text_direction)


def locale_of(language: Language) -> Locale:
    """Whose dates and plurals it has."""
    match language:
        case Language.ENGLISH:
            return Locale("en")
        case Language.GERMAN | Language.GERMAN_DU:
            return Locale("de")
        case Language.ARABIC:
            return Locale("ar")
        case _:
            assert_never(language)
