"""Assertions in pairs: what one side of a seam wrote, the other side insists on, in production too.

An assertion that fails means a fault of ours. The deed is refused, so that nothing is kept that cannot be read, told out of
order, or sent to somebody else; an alarm rings with the seam's name, and the next one goes on.
"""

from enum import StrEnum

from messaging.errors import Busy
from messaging.trust.alarms import Alarm, ring


class Seam(StrEnum):
    """Two places that must agree."""

    SEALED = "sealed, and opens again"
    ADMITTED = "admitted as whom, and an entry of whom"
    OWED = "owed to whom, and addressed to whom"
    WRITTEN = "asked to be written, and answered as written"
    TOLD = "told the last number, and the next one"


class SeamBroken(Busy):
    """A fault of ours, found before it could do harm. Nothing was kept or sent; the same request may come again."""

    def __init__(self, seam: Seam) -> None:
        super().__init__()
        self.seam = seam


def insist(seam: Seam, fits: bool) -> None:
    """Raises SeamBroken unless the two sides agree."""
    if not fits:
        ring(Alarm.SEAM, what=seam.name.lower())
        raise SeamBroken(seam)
