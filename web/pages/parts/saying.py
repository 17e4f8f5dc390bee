"""What pages say, in the reader's language: `_("Kept %(time)s", time=…)`, and refusals in words."""

from typing import Final, assert_never

from channels.language.catalogues import Domain, catalogue
from channels.language.saying import PAGES
from channels.language.speaking import spoken
from messaging.errors import Refusal
from messaging.people import Language

TITLES: Final = frozenset({"dr", "dr.", "prof", "prof.", "mr", "mr.", "mrs", "mrs.", "ms", "ms."})

_: Final = PAGES.gettext
ngettext: Final = PAGES.ngettext
pgettext: Final = PAGES.pgettext


def refusal_said(refusal: Refusal) -> str:
    """Its sentence, in the language spoken."""
    sentence = catalogue(Domain.PAGES, spoken()).gettext(refusal.sentence)
    return sentence % refusal.values if refusal.values else sentence


def called(name: str) -> str:
    """Somebody's name as the language calls them: by title and surname with *Sie*, by first name with *du*."""
    words = name.split()
    title = [word for word in words if word.lower() in TITLES]
    own = [word for word in words if word.lower() not in TITLES]
    if not own:
        return name
    match spoken():
        case Language.GERMAN:
            return " ".join([*(f"{word.rstrip('.')}." for word in title), own[-1]]) if title else name
        case Language.GERMAN_DU:
            return own[0]
        case Language.ENGLISH | Language.ARABIC:
            return name
        case other:
            assert_never(other)
