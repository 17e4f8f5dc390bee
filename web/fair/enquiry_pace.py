"""How often strangers may ask by a practice's public page, and look at what they asked."""

from typing import Final

from messaging.ids import PracticeId
from messaging.trust.pace import Paces, Rate, own_pace

PER_ADDRESS: Final = Rate(burst=30, per_second=30 / 3_600)
"""Thirty in an hour from one network, at whatever practices."""
PER_PRACTICE: Final = Rate(burst=100, per_second=100 / 3_600)
"""From everywhere together: beyond that nobody there could read them, and each is a record of its own."""


class EnquiryPace:
    """Counted before anything is kept."""

    def __init__(self, paces: Paces = own_pace) -> None:
        self._by_address = paces("enquiries by address", PER_ADDRESS)
        self._by_practice = paces("enquiries by practice", PER_PRACTICE)

    def take(self, network: str, practice: PracticeId, now: float) -> None:
        """One enquiry. Raises TooFast."""
        self._by_address.take(network, now)
        self._by_practice.take(practice, now)
