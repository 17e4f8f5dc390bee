"""What the tests of bookings share: times ahead, admissions, and what came of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from messaging.facts import as_texts
from messaging.memory.bookings import Slot
from messaging.office import Office
from messaging.record.reading import entries_after
from messaging.sessions.offering import Range, offer
from messaging.trust.access import Deed, Pass, Work, errand
from tests.cast import Cast

HOUR = timedelta(hours=1)


STARTED = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
"""Read once: in a test that sees an hour end, two times asked for one after the other would not fit together."""


def tomorrow(hours: float = 0) -> datetime:
    """A full hour, a day and a bit ahead."""
    return STARTED + timedelta(days=2, hours=hours)


async def by(cast: Cast, who: str, conversation: str, deed: Deed | None = None) -> Pass:
    clinician = cast[who].role.is_clinician
    held, _ = await cast.enter(who, conversation, deed or (Deed.HOLD_SESSION if clinician else Deed.BOOK))
    return held


async def slots(cast: Cast, hours: int = 3, who: str = "mira") -> list[Slot]:
    return await offer(cast.office, cast[who], Range(tomorrow(), tomorrow(hours), 60))


async def told(cast: Cast, conversation: str = "ruth", who: str = "mira") -> list[tuple[str, str]]:
    held, _ = await cast.enter(who, conversation)
    entries = await entries_after(cast.office, held, 0)
    return [(one.body.event or "", as_texts(one.body.facts).get("starts", "")) for one in entries]


async def owed(cast: Cast) -> list[str]:
    """Whom mails were owed to so far, one name a mail."""
    names = {person.id: name for name, person in cast.people.items()}
    mailbox, found = cast.office.memory.mailbox, list[str]()
    for one in cast.conversations.values():
        found += [
            names[m.person]
            for m in await mailbox.mail_of(errand(cast.practice.id, one.id, Work.LEAVING), range(1, 60))
        ]
    return sorted(found)


def office_at(office: Office, when: datetime) -> Office:
    """The same office at another time."""
    return replace(office, clock=lambda: when)
