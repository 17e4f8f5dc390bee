"""A colleague is asked to stand in: they say yes or no, or it lapses; and what they took over they may hand back."""

from uuid import UUID

from messaging.absence.declaring import must_care_here, settled_soon
from messaging.errors import Conflict, NotFound
from messaging.memory.absence import Offer, StoredAbsence
from messaging.office import Office
from messaging.people import Person
from messaging.trust.noted import Noted

OVERTAKEN = "This is not asked any more. Please look at what stands now."


async def answer_offer(office: Office, by: Person, absence: UUID, *, accepts: bool) -> None:
    """Twice is once. Raises NotFound, Conflict where it has lapsed, was answered otherwise or is over, Busy."""
    found = await _asked(office, by, absence)
    to = Offer.ACCEPTED if accepts else Offer.DECLINED
    if found.offer is to:
        return
    lapsed = found.offer_until is None or office.clock() >= found.offer_until
    if found.offer is not Offer.OFFERED or lapsed or found.ended_at is not None:
        raise Conflict(OVERTAKEN)
    act = Noted.COVER_ACCEPTED if accepts else Noted.COVER_DECLINED
    await office.memory.trail.note(by.practice, office.clock(), by.id, act, found.person)
    if not await office.memory.absences.say(by.practice, absence, Offer.OFFERED, to):
        raise Conflict(OVERTAKEN)
    await settled_soon(office, found)


async def hand_back(office: Office, by: Person, absence: UUID) -> None:
    """They stand in nowhere any more in this absence. Twice is once. Raises NotFound, Conflict, Busy."""
    found = await _asked(office, by, absence)
    if found.offer is Offer.HANDED_BACK:
        return
    if found.offer is not Offer.ACCEPTED or found.ended_at is not None:
        raise Conflict(OVERTAKEN)
    await office.memory.trail.note(by.practice, office.clock(), by.id, Noted.COVER_HANDED_BACK, found.person)
    if not await office.memory.absences.say(by.practice, absence, Offer.ACCEPTED, Offer.HANDED_BACK):
        raise Conflict(OVERTAKEN)
    await settled_soon(office, found)


async def _asked(office: Office, by: Person, absence: UUID) -> StoredAbsence:
    must_care_here(by)
    found = await office.memory.absences.find(by.practice, absence)
    if found is None or found.cover != by.id:
        raise NotFound
    return found
