"""Something is happening now: where each client said they are, by which telephone, and whom to call there.

For the moment in which a therapist must act outside of the conversation. Each look is a line in the trail, before anything
is shown: where somebody is, is told to who cares for them, and that it was looked up stands there.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from messaging.conversations import Circle
from messaging.errors import NotFound
from messaging.office import Office
from messaging.people import Person
from messaging.sessions.countries import emergency_number
from messaging.sessions.standings import CheckIn, answers_in
from messaging.trust.access import Deed, Pass
from messaging.trust.noted import Noted

FRESH: Final = timedelta(hours=12)
"""For which somebody may still be where they said: a session and the evening after it."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """One client's latest check-in that was answered, in whichever session of the conversation; None: there is none."""

    person: Person
    check_in: CheckIn | None = None
    emergency: str = field(default="", repr=False)
    """The number by which an ambulance comes where they said they are; empty where we know none."""

    def is_fresh(self, now: datetime) -> bool:
        """Whether it was said so lately that they may still be there."""
        return self.check_in is not None and now - self.check_in.at <= FRESH


async def whereabouts(office: Office, held: Pass, circle: Circle) -> tuple[Whereabouts, ...]:
    """Every client's, for who holds the sessions. Noted in the trail first. Raises NotFound, Busy."""
    if held.deed is not Deed.HOLD_SESSION:
        raise NotFound
    await office.memory.trail.note(
        held.practice, office.clock(), held.person, Noted.WHEREABOUTS_OPENED, held.conversation
    )
    return await last_answers(office, held, circle)


async def last_answers(office: Office, held: Pass, circle: Circle) -> tuple[Whereabouts, ...]:
    """The same for the file, where it stands among what was agreed: that the record was opened is noted with the page."""
    if held.deed is not Deed.HOLD_SESSION:
        raise NotFound
    newest = await answers_in(office, held)
    return tuple(_of(client, newest.get(client.id)) for client in circle.clients)


def _of(client: Person, check_in: CheckIn | None) -> Whereabouts:
    return Whereabouts(client, check_in, emergency_number(check_in.answers.region) if check_in else "")
