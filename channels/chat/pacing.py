"""How fast one person may speak, over all of their connections."""

from collections.abc import Callable
from typing import Final

from messaging.ids import PersonId
from messaging.trust.pace import Paces, Rate, own_pace

SAYING: Final = Rate(burst=100, per_second=50)
"""Per person: no one types like this; a flooder slows only himself."""
SIGNING: Final = Rate(burst=5, per_second=1)
"""Typing signs and one-tap words beyond this are dropped: they are not worth a refusal."""

Monotonic = Callable[[], float]


class Pacing:
    """The paces all connections of a server share, by person."""

    def __init__(self, paces: Paces = own_pace) -> None:
        self.saying = paces("saying", SAYING)
        self.signing = paces("signing", SIGNING)

    def may_sign(self, person: PersonId, now: float) -> bool:
        """Whether a sign of theirs is passed on; then it counts."""
        if self.signing.left(person, now) < 1:
            return False
        self.signing.take(person, now)
        return True
