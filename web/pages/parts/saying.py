"""What pages say, in the reader's language: `_("Kept %(time)s", time=…)`, and refusals in words."""

from typing import Final

from channels.language.catalogues import Domain, catalogue
from channels.language.saying import PAGES
from channels.language.speaking import spoken
from messaging.errors import Refusal

_: Final = PAGES.gettext
ngettext: Final = PAGES.ngettext
pgettext: Final = PAGES.pgettext


def refusal_said(refusal: Refusal) -> str:
    """Its sentence, in the language spoken."""
    sentence = catalogue(Domain.PAGES, spoken()).gettext(refusal.sentence)
    return sentence % refusal.values if refusal.values else sentence
