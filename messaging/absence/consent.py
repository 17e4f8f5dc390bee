"""Those in care are asked whether somebody may stand in, without a cause and without how long. A no changes nothing.

A yes can be taken back as long as it lasts; a no ends it there for good, and who said it is kept nowhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from messaging.absence.declaring import settled_soon
from messaging.conversations import Conversation, CoverScope
from messaging.errors import NotFound
from messaging.memory.absence import Offer, Reason, StoredAbsence
from messaging.office import Office
from messaging.record.reading import people_named
from messaging.trust.access import Pass
from messaging.trust.noted import Noted


@dataclass(frozen=True, slots=True)
class CoverQuestion:
    """What a client reads and answers. `agreed`: they said yes, and can take it back."""

    absence: UUID
    cover: str = field(repr=False)
    absent: str = field(repr=False)
    scope: CoverScope
    reason: Reason
    agreed: bool
    running: bool
    """Somebody stands in at this moment, in a sudden absence also before anybody was answered."""


async def questions_of(office: Office, held: Pass) -> Sequence[CoverQuestion]:
    """What the holder is asked here, or has said yes to and can take back. Raises Busy."""
    covers = await office.memory.absences.covers_in(held)
    open_ones = [
        one
        for one in covers
        if one.ended_at is None
        and one.asked is not None
        and not one.asked.refused
        and held.person in one.asked.asked
    ]
    found = []
    for one in open_ones:
        absence = await office.memory.absences.find(held.practice, one.absence)
        if absence is None or absence.offer is not Offer.ACCEPTED or one.asked is None:
            continue
        agreed = held.person in one.asked.yes
        found.append(await _question(office, absence, agreed=agreed, running=one.began_at is not None))
    return [one for one in found if one is not None]


async def _question(
    office: Office, absence: StoredAbsence, *, agreed: bool, running: bool
) -> CoverQuestion | None:
    if absence.cover is None or absence.scope is None:
        return None
    named = await people_named(office, absence.practice, [absence.cover, absence.person])
    if absence.cover not in named or absence.person not in named:
        return None
    return CoverQuestion(
        absence=absence.id,
        cover=named[absence.cover].name,
        absent=named[absence.person].name,
        scope=absence.scope,
        reason=absence.reason,
        agreed=agreed,
        running=running,
    )


async def answer_question(office: Office, held: Pass, absence: UUID, *, agrees: bool) -> None:
    """The holder's yes or no; twice is once. Raises NotFound where it is not asked of them any more, Busy."""
    found = await office.memory.absences.find(held.practice, absence)
    now = office.clock()
    if found is None or not await office.memory.absences.answer(held, absence, now, agrees=agrees):
        raise NotFound
    await office.memory.trail.note(held.practice, now, held.person, Noted.COVER_ANSWERED, held.conversation)
    await settled_soon(office, found)


@dataclass(frozen=True, slots=True)
class AwayHere:
    """Who answers here and is away, from when on, and who stands in at this moment."""

    name: str = field(repr=False)
    begins: datetime
    cover: str = field(default="", repr=False)
    scope: CoverScope | None = None


async def away_here(office: Office, held: Pass, conversation: Conversation) -> Sequence[AwayHere]:
    """For those in care: now or soon. Never why, and not until when. Raises Busy."""
    found = []
    for one in await office.memory.absences.covers_in(held):
        absence = await office.memory.absences.find(held.practice, one.absence)
        if absence is None or conversation.own_member(absence.person) is None:
            continue
        people = [absence.person] if absence.cover is None else [absence.person, absence.cover]
        named = await people_named(office, held.practice, people)
        member = conversation.member(absence.cover) if absence.cover else None
        stands_in = member is not None and member.covers is not None and member.covers.absence == absence.id
        found.append(
            AwayHere(
                named[absence.person].name if absence.person in named else "",
                absence.begins,
                named[absence.cover].name if stands_in and absence.cover in named else "",
                member.covers.scope if stands_in and member and member.covers else None,
            )
        )
    return found
