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
from messaging.office import Office
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
    words = await _words(office, conversation.practice, told)
    mails = await owed_mail(office, circle, Fresh(SYSTEM, entry, words))
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


async def _words(office: Office, practice: PracticeId, told: Told) -> str:
    """Fixed, for who has their mail in full: that somebody is away, and never why or for how long."""
    facts = told.facts
    if isinstance(facts, AwayFacts):
        who = await name_of(office, practice, facts.person)
        return f"{who} is away from {facts.first:%d.%m.%Y} on. Here you see by when letters are answered."
    if not isinstance(facts, CoverFacts):
        raise TypeError(f"{type(facts).__name__} is no fact of an absence")
    cover, absent = facts.name, await name_of(office, practice, facts.absent)
    if told.event is EventName.COVER_ASKED:
        return (
            f"May {cover} stand in for {absent}? You are asked on your first page. "
            "A no changes nothing in your care."
        )
    if told.event is EventName.COVER_BEGAN:
        return f"{cover} stands in here for {absent} now."
    return f"{cover} no longer stands in here."


async def name_of(office: Office, practice: PracticeId, person: PersonId) -> str:
    """Also of who is in no circle of theirs."""
    named = await people_named(office, practice, [person])
    return named[person].name if person in named else SOMEBODY
