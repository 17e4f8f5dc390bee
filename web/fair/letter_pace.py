"""How many letters one person may write on pages and by programs (`messaging.letters.sending`).

A letter by mail is never held up by this: it was sent, and its writer would not know. Nor is one that was planned before.
"""

import time
from typing import Final

from messaging.ids import PersonId
from messaging.people import Role
from messaging.trust.pace import Pace, Paces, Rate, own_pace
from web.settings import WebSettings

HOUR: Final = 3600


class LetterPace:
    """The letters of a server's writers: as many at once as an hour holds, then one as each hour's share comes back."""

    def __init__(self, settings: WebSettings, paces: Paces = own_pace) -> None:
        clients, clinicians = settings.letters_per_hour, settings.clinician_letters_per_hour
        self._clients = paces("letters of clients", Rate(clients, clients / HOUR))
        self._clinicians = paces("letters of clinicians", Rate(clinicians, clinicians / HOUR))

    def take(self, role: Role, person: PersonId) -> None:
        """One more. Raises TooFast."""
        self._of(role).take(person, time.monotonic())

    def give_back(self, role: Role, person: PersonId) -> None:
        """It was not sent."""
        self._of(role).give_back(person, time.monotonic())

    def _of(self, role: Role) -> Pace:
        return self._clients if role is Role.CLIENT else self._clinicians
