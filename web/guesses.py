"""The failed guesses of a node, and how many there may be."""

from typing import Final

from messaging.trust.pace import Pace, Rate

PER_ACCOUNT: Final = Rate(burst=10, per_second=1 / 60)
"""Ten wrong guesses, then one a minute: no lock that others could turn against the account's owner for long."""
PER_ADDRESS: Final = Rate(burst=50, per_second=1 / 18)
"""Fifty in fifteen minutes from one address."""


class Guesses:
    """Counted by account (its keyed hash) and by address."""

    def __init__(self) -> None:
        self.by_account = Pace(PER_ACCOUNT)
        self.by_address = Pace(PER_ADDRESS)
