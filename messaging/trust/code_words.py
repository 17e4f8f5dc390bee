"""Code words: a word a client has chosen, by which their therapist knows at each check-in that it is them.

Nobody can read it: it is kept as an argon2id hash of its folded form. It is said aloud, typed on a phone and
remembered for months, so that case, width, accents' spelling and blanks must not matter (Unicode NFKC, UAX #15).
"""

import unicodedata
from enum import StrEnum
from typing import Final

from messaging.errors import Malformed

SHORTEST: Final = 3
LONGEST: Final = 100
"""Characters of the folded word."""


class WordVerdict(StrEnum):
    """What is known of the word in a check-in. Only clinicians are told."""

    MATCHES = "matches"
    DIFFERS = "differs"
    NOT_GIVEN = "not_given"
    CHOSEN = "chosen"
    """It was chosen in this very check-in: there was nothing to compare."""
    NOT_COMPARED = "not_compared"
    """Too many tries within minutes; it is not looked at, so that trying cannot find it."""
    NONE_SET = "none_set"


def folded(raw: str) -> str:
    """The word as it is compared: NFKC, without case, runs of blanks as one. A lone surrogate becomes `?`."""
    whole = raw.encode("utf-8", "replace").decode()
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", whole).casefold()).split())


def checked_word(raw: object) -> str:
    """The folded form of a word that may be chosen. Raises Malformed."""
    word = folded(raw) if isinstance(raw, str) and len(raw) <= 4 * LONGEST else ""
    if not SHORTEST <= len(word) <= LONGEST:
        raise Malformed(
            "A code word has %(shortest)s to %(longest)s characters.",
            {"shortest": SHORTEST, "longest": LONGEST},
        )
    return word
