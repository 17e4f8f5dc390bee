"""The failed guesses of a node, and how many there may be."""

from typing import Final

from messaging.errors import TooFast
from messaging.ids import PersonId
from messaging.trust.pace import Pace, Rate

PER_ACCOUNT: Final = Rate(burst=10, per_second=1 / 60)
"""Ten wrong guesses, then one a minute: no lock that others could turn against the account's owner for long."""
PER_ADDRESS: Final = Rate(burst=50, per_second=1 / 18)
"""Fifty in fifteen minutes from one address."""

PER_WORD: Final = Rate(burst=5, per_second=1 / 60)
"""Code words a person may have compared; right and wrong ones count alike, so that the pace tells nothing."""


class Guesses:
    """Counted by account (its keyed hash), by address, and code words by person."""

    def __init__(self) -> None:
        self.by_account = Pace(PER_ACCOUNT)
        self.by_address = Pace(PER_ADDRESS)
        self.words = Pace(PER_WORD)


def may_compare(guesses: Guesses, person: PersonId, word: str, now: float) -> bool:
    """Whether a code word is still compared; beyond the pace a check-in is taken without a look at it."""
    if not word.strip():
        return True
    try:
        guesses.words.take(person, now)
    except TooFast:
        return False
    return True
