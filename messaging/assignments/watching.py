"""What is to be read first and is not read: who answers and who stands in are told, then who administers. Never what it is.

It is watched from the moment it is written, by the database itself (`threads/sql/queue.sql`), until any clinician has read
so far. An absence puts nothing off here: its days are not counted. Where nobody is there who could be told, who administers
is told at the promised time; where they have no address either, it is looked at again each day. Each is told of each once.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from messaging.conversations import Circle, Conversation
from messaging.facts import PromiseFacts
from messaging.ids import SYSTEM, ConversationId, MailId, PracticeId
from messaging.leaving.owing import owe
from messaging.leaving.promises import promised_by
from messaging.memory.leaving import MailForm, Owe
from messaging.memory.record import Gate
from messaging.memory.subjects import Unread
from messaging.messages import Body, Channel, EntryKind, EventName
from messaging.office import Office, PromiseOrder
from messaging.people import Person, Practice, Role
from messaging.record.posting import Draft, Where, post
from messaging.record.reading import circle_of, open_person
from messaging.trust.access import Errand, Work, errand
from messaging.trust.noted import Noted

LATER: Final = timedelta(hours=4)
"""After who answers was told, before who administers is."""
AGAIN: Final = timedelta(days=1)
"""Until the next look where nobody could be told."""
MOST: Final = 50
"""Looked at together; what came after waits its turn, and is read after them, too."""
_TOLD: Final = UUID("6a1f7c52-93d8-5c0b-9a5e-0d3c2c8d7b14")


async def claim_raised(
    office: Office, now: datetime, lease: timedelta, limit: int
) -> list[tuple[PracticeId, ConversationId]]:
    """Conversations in which something may wait unread, nobody else's until `now + lease`. Raises Busy."""
    return await office.memory.subjects.raised_due(now, lease, limit)


async def raised_attended(
    office: Office,
    practice: PracticeId,
    conversation: ConversationId,
    held_until: datetime,
    again: datetime | None,
) -> None:
    """Done with for now; looked at `again`, if it says when. Raises Busy."""
    way = errand(practice, conversation, Work.KEEPING_TIME)
    await office.memory.subjects.raised_attended(way, held_until, again)


async def attend_raised(
    office: Office, practice: PracticeId, conversation: ConversationId
) -> datetime | None:
    """Does what is due; when to come again, or None. Twice is once. Raises Busy: come again soon."""
    way = errand(practice, conversation, Work.KEEPING_TIME)
    unread = await office.memory.subjects.unread_raised(way, MOST)
    found = await office.memory.conversations.find(practice, conversation) if unread else None
    owner = await office.memory.people.practice(practice) if unread else None
    if found is None or owner is None:
        return None
    circle = await circle_of(office, found)
    again = [await _passed_on(office, way, (owner, circle), one) for one in unread]
    return min((at for at in again if at is not None), default=None)


def to_be_read_by(practice: Practice, conversation: Conversation, came: datetime) -> datetime:
    """The time promised for a letter of that moment, whoever is away: what is to be read first waits for nobody's return."""
    return promised_by(replace(conversation.answer, away=()), came, practice)


async def _passed_on(
    office: Office, way: Errand, where: tuple[Practice, Circle], one: Unread
) -> datetime | None:
    """To whoever is next, if it is time; when it is the turn of who comes then. None: all have been told."""
    practice, circle = where
    now, due = office.clock(), to_be_read_by(practice, circle.conversation, one.at)
    if now < due:
        return due
    caring = _caring(circle)
    alone = not caring or _nobody_stands_in(practice, circle.conversation, now)
    if caring:
        await _tell(office, way, where, (one, due, "care"), caring)
    if not alone and now < due + LATER:
        return due + LATER
    administering = await _administering(office, way.practice)
    if not administering:
        return now + AGAIN
    await _tell(office, way, where, (one, due, "office"), administering)
    return None


def _caring(circle: Circle) -> list[Person]:
    """Who answers here or stands in, and can be told; who only looks on, where nobody else is there."""
    there = [one for one in circle.clinicians if one.active and one.email]
    return [one for one in there if one.role is not Role.SUPERVISOR] or there


def _nobody_stands_in(practice: Practice, conversation: Conversation, now: datetime) -> bool:
    """Somebody is away today, and nobody has taken their place."""
    today = now.astimezone(ZoneInfo(practice.time_zone)).date()
    away = any(one.over is None and one.first <= today <= one.last for one in conversation.answer.away)
    return away and not any(one.covers is not None for one in conversation.members)


async def _administering(office: Office, practice: PracticeId) -> list[Person]:
    """Each with an address. Whose second hat it is has theirs with the first."""
    stored = {one.id: one for one in await office.memory.people.all(practice) if one.active}
    found = [one for one in stored.values() if one.role is Role.ADMINISTRATOR]
    await office.keyring.prefetch(
        practice, list({one.id for one in found} | {one.hat_of or one.id for one in found})
    )
    told: dict[UUID, Person] = {}
    for one in found:
        person = await open_person(office, one)
        if not person.email and one.hat_of in stored:
            person = await open_person(office, stored[one.hat_of])
        if person.email:
            told[person.id] = person
    return list(told.values())


async def _tell(
    office: Office,
    way: Errand,
    where: tuple[Practice, Circle],
    what: tuple[Unread, datetime, str],
    people: list[Person],
) -> None:
    """One line of the record and its mails, once for each step."""
    one, due, step = what
    key = uuid5(_TOLD, f"{one.id}/{step}")
    if await office.memory.threads.under_key(way, SYSTEM, key) is not None:
        return
    mails = [
        await _owed(office, where[0], way.conversation, (person, f"{key}/{person.id}"), due)
        for person in people
    ]
    draft = Draft(
        key,
        Body(event=EventName.UNREAD_TOLD, facts=PromiseFacts(due)),
        Channel.WEB,
        EntryKind.EVENT,
        gate=Gate.SYSTEM,
        effects=tuple(mails),
    )
    await office.memory.trail.note(way.practice, office.clock(), SYSTEM, Noted.UNREAD_TOLD, way.conversation)
    await post(office, Where.by_nobody(way), draft)


async def _owed(
    office: Office, practice: Practice, conversation: ConversationId, to: tuple[Person, str], due: datetime
) -> Owe:
    """An alarm: an answer to it would be no letter."""
    person, named = to
    order = PromiseOrder(
        practice=practice,
        mail=MailId(uuid5(_TOLD, named)),
        to=person,
        conversation=conversation,
        form=MailForm.ALARM,
        promise=due,
        at=office.clock(),
        unread=True,
    )
    return await owe(office, order, office.press.freeze_promise(order))
