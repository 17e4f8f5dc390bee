"""Sentences in the language of this moment. English ones are their own names; `%(name)s` stands where a value goes.

For pages `_ = PAGES.gettext`, for mails `_ = MAILS.gettext`. `N_` marks a sentence that is said later.
"""

from dataclasses import dataclass
from gettext import NullTranslations
from typing import Final

from channels.language.catalogues import Domain, catalogue
from channels.language.speaking import spoken


def N_(sentence: str) -> str:
    """For the catalogues: this is said with `_` where the language is known."""
    return sentence


@dataclass(frozen=True, slots=True)
class Saying:
    """One domain's sentences."""

    domain: Domain

    @property
    def _catalogue(self) -> NullTranslations:
        return catalogue(self.domain, spoken())

    def gettext(self, sentence: str, **values: object) -> str:
        """The sentence with its values; a percent sign stands doubled in it. Of an empty one catalogues know their head."""
        return self._catalogue.gettext(sentence) % values if sentence else ""

    def ngettext(self, one: str, more: str, num: int, **values: object) -> str:
        """For so many of it, which is `%(num)d` there."""
        return self._catalogue.ngettext(one, more, num) % {"num": num, **values}

    def pgettext(self, context: str, sentence: str, **values: object) -> str:
        """Where English says several things alike."""
        return self._catalogue.pgettext(context, sentence) % values


PAGES: Final = Saying(Domain.PAGES)
MAILS: Final = Saying(Domain.MAILS)
