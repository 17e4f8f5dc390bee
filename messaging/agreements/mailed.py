"""A letter by mail from somebody who has still to agree: it is in the record as any other, and both sides are told.

Those who care read it at the letter, in the record; its writer by a mail in the mode they chose, in fixed words, once a day.
"""

from datetime import UTC
from uuid import uuid5

from messaging.conversations import Circle, Working
from messaging.facts import AwaitedFacts
from messaging.ids import SYSTEM, EntryId
from messaging.letters.writing import Fresh, owed_to
from messaging.memory.record import Gate
from messaging.messages import Body, Channel, EntryKind, EventName
from messaging.office import Office, Sentence, SystemLine
from messaging.people import Person
from messaging.record.posting import Draft, Where, post
from messaging.trust.access import Work, errand
from messaging.trust.due import is_due


async def tell_awaited(office: Office, circle: Circle, writer: Person) -> None:
    """Where this client has still to agree to what is for mail. Raises Busy."""
    conversation, now = circle.conversation, office.clock()
    member = conversation.member(writer.id)
    if member is None or not is_due(member.due, Working.EMAIL, now):
        return
    entry, line = EntryId(office.new_id()), SystemLine(Sentence.AGREEMENT_AWAITED)
    mail = await owed_to(office, circle, Fresh(SYSTEM, entry, line), writer) if writer.email else None
    draft = Draft(
        uuid5(conversation.id, f"{EventName.AGREEMENT_AWAITED} {writer.id} {now.astimezone(UTC).date()}"),
        Body(event=EventName.AGREEMENT_AWAITED, facts=AwaitedFacts(writer.id)),
        Channel.EMAIL,
        EntryKind.EVENT,
        gate=Gate.SYSTEM,
        id=entry,
        effects=() if mail is None else (mail,),
    )
    way = errand(conversation.practice, conversation.id, Work.RECEIVING)
    await post(office, Where.by_nobody(way), draft)
