"""A line in the record about an absence, with the mail that tells those in care of it by the way theirs goes."""

from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from messaging.conversations import Conversation
from messaging.facts import AwayFacts, CoverFacts, Facts
from messaging.ids import SYSTEM, EntryId, PersonId, PracticeId
from messaging.letters.writing import Fresh, owed_mail
from messaging.memory.record import Effect, Gate
from messaging.messages import Body, Channel, EntryKind, EventName
from messaging.office import Office, Sentence, SystemLine
from messaging.record.posting import Draft, Where, post
from messaging.record.reading import circle_of, people_named
from messaging.trust.access import Work, errand

SOMEBODY: Final = "A colleague"


@dataclass(frozen=True, slots=True)
class Told:
    """What happened, under the key by which it is written once."""

    key: UUID
    event: EventName
    facts: Facts = field(repr=False)
    effects: tuple[Effect, ...]


async def tell(office: Office, conversation: Conversation, told: Told) -> None:
    """Raises Busy where something else was committed first: decide anew."""
    circle, entry = await circle_of(office, conversation), EntryId(office.new_id())
    line = await _line(office, conversation.practice, told)
    mails = await owed_mail(office, circle, Fresh(SYSTEM, entry, line))
    draft = Draft(
        told.key,
        Body(event=told.event, facts=told.facts),
        Channel.WEB,
        EntryKind.EVENT,
        gate=Gate.SYSTEM,
        id=entry,
        effects=(*told.effects, *mails),
    )
    way = errand(conversation.practice, conversation.id, Work.FOUNDING)
    await post(office, Where.by_nobody(way), draft)


async def _line(office: Office, practice: PracticeId, told: Told) -> SystemLine:
    """For who has their mail in full: that somebody is away, and never why or for how long."""
    facts = told.facts
    if isinstance(facts, AwayFacts):
        return SystemLine(Sentence.AWAY, await _known(office, practice, facts.person), day=facts.first)
    if not isinstance(facts, CoverFacts):
        raise TypeError(f"{type(facts).__name__} is no fact of an absence")
    absent = await _known(office, practice, facts.absent)
    who = "" if facts.name == SOMEBODY else facts.name
    return SystemLine(_of_cover(told.event), who, absent)


def _of_cover(event: EventName) -> Sentence:
    if event is EventName.COVER_ASKED:
        return Sentence.COVER_ASKED
    return Sentence.COVER_BEGAN if event is EventName.COVER_BEGAN else Sentence.COVER_ENDED


async def name_of(office: Office, practice: PracticeId, person: PersonId) -> str:
    """Also of who is in no circle of theirs."""
    return await _known(office, practice, person) or SOMEBODY


async def _known(office: Office, practice: PracticeId, person: PersonId) -> str:
    """Empty where nobody of that id is left."""
    named = await people_named(office, practice, [person])
    return named[person].name if person in named else ""
