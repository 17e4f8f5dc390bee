"""What is said in each language: the catalogues under `locales`, read as they are written, when first they are asked for.

Two domains: `pages`, and `mails`, which the processes that read letters know too, for our own words come back in quotations.
"""

import re
from enum import StrEnum
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from channels.language.speaking import direction_of, tag_of
from messaging.people import Language

LOCALES: Final = Path(__file__).parent / "locales"
TRANSLATED: Final = tuple(one for one in Language if one is not Language.ENGLISH)
"""English is what the program says itself."""
_PLACE: Final = re.compile(r"%\(\w+\)s")


class Domain(StrEnum):
    """A catalogue's file."""

    PAGES = "pages"
    MAILS = "mails"


def file_of(domain: Domain, language: Language) -> Path:
    """Where a catalogue lies."""
    return LOCALES / language.replace("-", "_") / "LC_MESSAGES" / f"{domain}.po"


def falls_back(language: Language) -> Language | None:
    """A catalogue that holds only what is said otherwise than in another: which one."""
    return Language.GERMAN if language is Language.GERMAN_DU else None


def written(domain: Domain, language: Language) -> Catalog:
    """A catalogue as it is written. Raises PoFileError for what is none."""
    with file_of(domain, language).open("rb") as file:
        return read_po(file, locale=tag_of(language), abort_invalid=True)


@cache  # bound: domains times languages
def catalogue(domain: Domain, language: Language) -> NullTranslations:
    """What is said. What a catalogue lacks is said in English."""
    if language is Language.ENGLISH:
        return NullTranslations()
    held = written(domain, language)
    if direction_of(language) == "rtl":
        _isolate(held)
    packed = BytesIO()
    write_mo(packed, held)
    packed.seek(0)
    made = GNUTranslations(packed)
    if other := falls_back(language):
        made.add_fallback(catalogue(domain, other))
    return made


def _isolate(held: Catalog) -> None:
    """Names, numbers and times keep their own direction within a sentence (Unicode UAX 9: U+2068, U+2069)."""
    for message in held:
        said = message.string
        if isinstance(said, str):
            message.string = _isolated(said)
        else:
            message.string = tuple(map(_isolated, said or ()))


def _isolated(sentence: str) -> str:
    """Of a mere form, a day and a time, the values speak the language themselves; isolated they would have no direction."""
    if not any(map(str.isalpha, _PLACE.sub("", sentence))):
        return sentence
    return _PLACE.sub("\u2068\\g<0>\u2069", sentence)
