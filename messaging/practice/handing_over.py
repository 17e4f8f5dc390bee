"""Handing over: whoever leaves a practice leaves nobody without somebody who answers."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid5

from messaging.errors import Conflict, NotFound
from messaging.facts import HandedOverFacts
from messaging.ids import SYSTEM, ConversationId, EntryId, PersonId
from messaging.letters.writing import Fresh, owed_mail
from messaging.memory.people import StoredPerson
from messaging.memory.record import Gate
from messaging.messages import Body, Channel, EntryKind, EventName
from messaging.office import Office, Sentence, SystemLine
from messaging.people import Person
from messaging.practice.caseload import charge_of
from messaging.practice.changing import Changes, change_person
from messaging.practice.circles import Begins, arranged, ask_for_start, join_circle, leave_circle
from messaging.practice.taking_on import must_care
from messaging.record.posting import Draft, Where, post
from messaging.record.reading import open_entries
from messaging.trust.access import Pass, Work, errand
from messaging.trust.roles import Task, must_do

OF_LATE: Final = timedelta(days=14)
"""How long the client's first page says who has taken over; the record says it for good."""


@dataclass(frozen=True, slots=True)
class Successor:
    """Who cares from now on. They read what waits for an answer; `ask_start`: the clients are asked for what was before."""

    person: PersonId
    ask_start: bool = False


async def leave_practice(
    office: Office, by: Person, person: PersonId, successor: Successor | None = None
) -> int:
    """Somebody leaves the practice; what they cared for is the successor's first. How many conversations that were.

    Cut off in the middle it goes on where it stood when it is asked for once more: who is still theirs is handed over, and
    only then are they out. Raises NotFound, LastOne, Busy.
    """
    stored = await charge_of(office, by, person)
    handed = 0 if successor is None else await _hand_over(office, by, stored, successor)
    await change_person(office, by, person, Changes(active=False))
    return handed


async def _hand_over(office: Office, by: Person, leaving: StoredPerson, successor: Successor) -> int:
    must_do(by, Task.STAFF)
    if successor.person == leaving.id or not leaving.role.is_clinician:
        raise NotFound
    await must_care(office, by, successor.person)
    kept = await office.memory.inboxes.of_person(by.practice, leaving.id)
    # Where they only stand in for somebody, there is nothing of theirs to hand over.
    rows = [row for row in kept if row.conversation.own_member(leaving.id)]
    for row in rows:
        conversation = row.conversation.id
        # First the one, then the other: at no moment does nobody care. Told in between: cut off there, it is told once more.
        await join_circle(office, by, conversation, successor.person, Begins.WAITING)
        if successor.ask_start:
            await _ask(office, by, conversation, successor.person)
        await _tell(office, by, conversation, leaving.id, successor.person)
        await leave_circle(office, by, conversation, leaving.id)
    await office.memory.people.pass_on(by.practice, leaving.id, successor.person)
    return len(rows)


async def _ask(office: Office, by: Person, conversation: ConversationId, person: PersonId) -> None:
    with suppress(Conflict):  # who takes over was here before, and was not to read more
        await ask_for_start(office, by, conversation, person)


async def _tell(
    office: Office, by: Person, conversation: ConversationId, former: PersonId, successor: PersonId
) -> None:
    """Those in care, in their record and by a mail in the mode each has chosen. Twice on one day is once."""
    circle = await arranged(office, by, conversation)
    entry, day = EntryId(office.new_id()), office.clock().astimezone(UTC).date()
    line = SystemLine(Sentence.HANDED_OVER, circle.people[successor].name)
    draft = Draft(
        uuid5(conversation, f"{EventName.HANDED_OVER} {former} {successor} {day}"),
        Body(event=EventName.HANDED_OVER, facts=HandedOverFacts(successor, former)),
        Channel.WEB,
        EntryKind.EVENT,
        gate=Gate.SYSTEM,
        id=entry,
        effects=tuple(await owed_mail(office, circle, Fresh(SYSTEM, entry, line))),
    )
    way = errand(by.practice, conversation, Work.FOUNDING)
    await post(office, Where.by_nobody(way), draft)


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Who answers since then, by the id they have in the circle."""

    person: PersonId
    at: datetime


async def handed_over(office: Office, held: Pass) -> HandedOver | None:
    """The last handing over of late, for those in care. Raises Busy."""
    now = office.clock()
    stored = await office.memory.threads.events(held, now - OF_LATE, now)
    for one in reversed(await open_entries(office, held.practice, stored)):
        if isinstance(one.body.facts, HandedOverFacts):
            return HandedOver(one.body.facts.person, one.at)
    return None
