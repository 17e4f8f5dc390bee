"""The failed guesses of a server, and how many there may be.

A guess is counted before it is tried and given back if it was right: many at once are many, too.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Final

from messaging.errors import TooFast
from messaging.ids import PersonId
from messaging.trust.pace import Pace, Paces, Rate, own_pace

PER_NAME_AND_NETWORK: Final = Rate(burst=10, per_second=1 / 60)
"""Ten wrong guesses at a name from one network, then one a minute: they close that network's way to it, nobody else's."""
PER_NETWORK: Final = Rate(burst=50, per_second=1 / 18)
"""Fifty in fifteen minutes from one network, at whatever names."""
PER_NAME: Final = Rate(burst=100, per_second=1 / 36)
"""A hundred at one name from all strangers together (NIST SP 800-63B, 5.2.2), then a hundred an hour. Known devices pass."""
PER_DEVICE: Final = Rate(burst=10, per_second=1 / 60)
"""From one known device, which nobody else's guesses touch: who has stolen it has these."""

PER_PERSON: Final = Rate(burst=10, per_second=1 / 60)
"""What somebody signed in may get wrong with their own password, or ask of others in their name."""
PER_WORD: Final = Rate(burst=5, per_second=1 / 60)
"""Code words a person may have compared; right and wrong ones count alike, so that the pace tells nothing."""


@dataclass(frozen=True, slots=True)
class Guesser:
    """Who guesses at which name: from a network, or from a device its owner has signed in from."""

    name: bytes = field(repr=False)
    network: str
    device: bytes | None = field(default=None, repr=False)


class Guesses:
    """Counted by name (its keyed hash), network and known device; by person for those who are signed in."""

    def __init__(self, paces: Paces = own_pace, of: str = "guesses") -> None:
        self.by_name_and_network = paces(f"{of} by name and network", PER_NAME_AND_NETWORK)
        self.by_network = paces(f"{of} by network", PER_NETWORK)
        self.by_name = paces(f"{of} by name", PER_NAME)
        self.by_device = paces(f"{of} by device", PER_DEVICE)
        self.by_person = paces(f"{of} by person", PER_PERSON)
        self.words = paces(f"{of} at words", PER_WORD)

    def guess(self, who: Guesser, now: float) -> "Guess":
        """One guess, counted. Raises TooFast."""
        if who.device is not None:
            return _counted([(self.by_device, who.device)], now)
        counts: list[tuple[Pace, Hashable]] = [
            (self.by_name_and_network, (who.name, who.network)),
            (self.by_network, who.network),
            (self.by_name, who.name),
        ]
        return _counted(counts, now)

    def code(self, person: PersonId, device: bytes | None, now: float) -> "Guess":
        """One code of a second factor, counted for whose it would be: whoever tries them knows the password.

        From a device of theirs (its nonce) it counts there, so that strangers cannot use up the owner's tries.
        Raises TooFast.
        """
        if device is not None:
            return _counted([(self.by_device, device)], now)
        return self.of_person("code", person, now)

    def of_person(self, what: str, person: PersonId, now: float) -> "Guess":
        """One try of somebody signed in, counted. Raises TooFast."""
        return _counted([(self.by_person, (what, person))], now)


@dataclass(frozen=True, slots=True)
class Guess:
    """A guess that is counted already: a hundred sent at once are a hundred, not as many as fit before the first fails."""

    _counts: Sequence[tuple[Pace, Hashable]]

    def give_back(self, now: float) -> None:
        """It was right, or was never tried."""
        for pace, subject in self._counts:
            pace.give_back(subject, now)


def _counted(counts: Sequence[tuple[Pace, Hashable]], now: float) -> Guess:
    for pace, subject in counts:
        pace.check(subject, now)
    for pace, subject in counts:
        pace.take(subject, now)
    return Guess(counts)


def may_compare(guesses: Guesses, person: PersonId, word: str, now: float) -> bool:
    """Whether a code word is still compared; beyond the pace a check-in is taken without a look at it."""
    if not word.strip():
        return True
    try:
        guesses.words.take(person, now)
    except TooFast:
        return False
    return True
