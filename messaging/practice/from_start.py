"""May somebody who joined read from the first word? Those in care are asked, who wrote it; until all say yes nothing moves.

    asked > each says yes or no, on their own page > on the last yes: the first number moves, and the record says so

A no ends it, and who said it is kept nowhere: nobody can be asked why. What nobody answers is over after two weeks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid5

from messaging.conversations import Conversation, Member, StartAsked
from messaging.errors import Conflict, NotFound
from messaging.facts import ReadsFromStartFacts
from messaging.ids import PersonId
from messaging.memory.conversations import ReadFromStart
from messaging.memory.record import Gate
from messaging.messages import Body, Channel, EntryKind, EventName
from messaging.office import Office
from messaging.people import Person, Role
from messaging.record.posting import Draft, Where, post
from messaging.trust.access import Errand, Pass, Way, Work, errand
from messaging.trust.noted import Noted

LASTS: Final = timedelta(days=14)
"""How long it is asked; and after a no, how long it is not asked again: nobody is pressed."""
NOT_AGREED: Final = "This was asked, and not agreed to. It can be asked again after two weeks."


def stands(member: Member, now: datetime) -> StartAsked | None:
    """What is asked for somebody and not over: it waits, or was not agreed to a while ago."""
    asked = member.start_asked
    return asked if asked is not None and now < asked.at + LASTS else None


def to_answer(conversation: Conversation, asked: StartAsked) -> frozenset[PersonId]:
    """Who still has to say yes. Who has left is not asked any more."""
    here = {one.person for one in conversation.members}
    return (asked.asked & here) - asked.yes


async def ask_from_start(office: Office, by: Person, conversation: Conversation, person: PersonId) -> None:
    """Those in care are asked. Asked, or reading everything, already: nothing. Raises NotFound, Conflict, Busy."""
    member = conversation.member(person)
    if member is None:
        raise NotFound
    standing = stands(member, office.clock())
    if standing is not None and standing.refused:
        raise Conflict(NOT_AGREED)
    if standing is not None or member.first_number == 1:
        return
    clients = [one.person for one in conversation.members if one.role is Role.CLIENT and one.person != person]
    asked = StartAsked(by=by.id, at=office.clock(), asked=frozenset(clients))
    await office.memory.trail.note(
        by.practice, office.clock(), by.id, Noted.MEMBER_ASKED_FROM_START, conversation.id
    )
    await office.memory.conversations.ask_start(_way(conversation), person, asked)


async def withdraw_asking(office: Office, by: Person, conversation: Conversation, person: PersonId) -> None:
    """It is asked no more; a no stays one. Twice is once. Raises NotFound, Busy."""
    member = conversation.member(person)
    if member is None:
        raise NotFound
    if member.start_asked is None or member.start_asked.refused:
        return
    await office.memory.trail.note(
        by.practice, office.clock(), by.id, Noted.MEMBER_ASKED_NO_MORE, conversation.id
    )
    await office.memory.conversations.ask_start(_way(conversation), person, None)


@dataclass(frozen=True, slots=True)
class Asks:
    """What a client is asked: who would read, and since when what they would read was written."""

    person: PersonId
    since: datetime | None


async def asked_of(office: Office, held: Pass, conversation: Conversation) -> Sequence[Asks]:
    """What the holder has still to answer here. Raises Busy."""
    now = office.clock()
    found = [
        one.person
        for one in conversation.members
        if (asked := stands(one, now)) is not None
        and not asked.refused
        and held.person in to_answer(conversation, asked)
    ]
    if not found:
        return ()
    first = await office.memory.threads.after(held, 0, 1)
    return tuple(Asks(one, first[0].at if first else None) for one in found)


async def answer_asked(office: Office, held: Pass, person: PersonId, *, agrees: bool) -> None:
    """The holder says yes or no. Twice is once; what is not asked of them any more is not there. Raises NotFound, Busy."""
    now = office.clock()
    answered = await office.memory.conversations.answer_start(held, person, now - LASTS, agrees=agrees)
    if not answered:
        raise NotFound
    await office.memory.trail.note(
        held.practice, now, held.person, Noted.MEMBER_START_ANSWERED, held.conversation
    )
    if agrees:
        await settle_asked(office, held)


async def settle_asked(office: Office, way: Way) -> None:
    """Where the last yes is there, they read everything from now on, and the record says so. Twice is once. Raises Busy."""
    conversation = await office.memory.conversations.find(way.practice, way.conversation)
    for one in conversation.members if conversation else ():
        asked = stands(one, office.clock())
        if conversation is None or asked is None or asked.refused or not asked.yes:
            continue
        if to_answer(conversation, asked):
            continue
        told = Body(event=EventName.READS_FROM_START, facts=ReadsFromStartFacts(one.person))
        key = uuid5(conversation.id, f"{told.event} {one.person} {asked.at.isoformat()}")
        draft = Draft(
            key,
            told,
            Channel.WEB,
            EntryKind.EVENT,
            gate=Gate.SYSTEM,
            effects=(ReadFromStart(one.person),),
        )
        await post(office, Where.by_nobody(_way(conversation)), draft)


def _way(conversation: Conversation) -> Errand:
    return errand(conversation.practice, conversation.id, Work.FOUNDING)
