"""Promises kept in sight: when one passes, who answers and who administers is alarmed, and who waits is told. Once.

Whoever begins to wait has their conversation looked at when the promise passes (`Watch`, in the transaction of the letter).
What happens then is decided by how things stand at that moment: an answer, another rule or another zone may have
come between. None of the mails says more than that an answer is late, and when it was promised.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from messaging.conversations import Circle
from messaging.facts import PromiseFacts
from messaging.ids import ConversationId, MailId, PracticeId
from messaging.leaving.owing import owe, reply_token
from messaging.leaving.promises import promise_of
from messaging.memory.leaving import MailForm, Owe
from messaging.memory.record import Gate
from messaging.messages import Body, Channel, EntryKind, EventName
from messaging.office import Office, PromiseOrder
from messaging.people import Person, Practice, Role
from messaging.record.posting import Draft, Where, post
from messaging.record.reading import circle_of, open_person
from messaging.trust.access import Work, errand

_LATE: Final = UUID("2b3f6f0e-5f0c-5b8e-8d3e-6f7f3a0a4c55")


async def claim_promises(
    office: Office, now: datetime, lease: timedelta, limit: int
) -> list[tuple[PracticeId, ConversationId]]:
    """Conversations whose promise may have passed, nobody else's until `now + lease`, which `promise_attended` names."""
    return await office.memory.promises.due(now, lease, limit)


async def promise_attended(
    office: Office,
    practice: PracticeId,
    conversation: ConversationId,
    held_until: datetime,
    again: datetime | None,
) -> None:
    """Done with for now; looked at `again`, if it says when. Raises Busy."""
    way = errand(practice, conversation, Work.KEEPING_TIME)
    await office.memory.promises.attended(way, held_until, again)


async def attend_promise(
    office: Office, practice: PracticeId, conversation: ConversationId
) -> datetime | None:
    """Does what is due; when to come again, or None. Twice is once. Raises Busy: come again soon."""
    found = await office.memory.conversations.find(practice, conversation)
    owner = await office.memory.people.practice(practice)
    promise = promise_of(owner, found) if found is not None else None
    if found is None or owner is None or promise is None or found.waiting_since is None:
        return None
    if promise > office.clock():
        return promise
    circle = await circle_of(office, found)
    name = uuid5(_LATE, f"{conversation}/{found.waiting_since.astimezone(UTC).isoformat()}")
    mails = [await _owed(office, owner, circle, (to, form), promise) for to, form in _told(circle)]
    mails += [
        await _owed(office, owner, circle, (to, MailForm.ALARM), promise)
        for to in await _administrators(office, practice)
    ]
    draft = Draft(
        name,
        Body(event=EventName.PROMISE_PASSED, facts=PromiseFacts(promise)),
        Channel.WEB,
        EntryKind.EVENT,
        gate=Gate.SYSTEM,
        effects=tuple(mails),
    )
    await post(office, Where.by_nobody(errand(practice, conversation, Work.KEEPING_TIME)), draft)
    return None


def _told(circle: Circle) -> Iterator[tuple[Person, MailForm]]:
    """Those in care, and those who answer; who only looks on answers nothing, unless nobody else is there."""
    answering = [one for one in circle.clinicians if one.role is not Role.SUPERVISOR]
    for one in circle.clients:
        if one.email:
            yield one, MailForm.LATE
    for one in answering or circle.clinicians:
        if one.email:
            yield one, MailForm.ALARM


async def _administrators(office: Office, practice: PracticeId) -> list[Person]:
    stored = await office.memory.people.all(practice)
    theirs = [one for one in stored if one.role is Role.ADMINISTRATOR and one.active]
    await office.keyring.prefetch(practice, [one.id for one in theirs])
    return [person for one in theirs if (person := await open_person(office, one)).email]


async def _owed(
    office: Office, practice: Practice, circle: Circle, told: tuple[Person, MailForm], promise: datetime
) -> Owe:
    """A client's answer reaches the conversation; anybody else's by mail would be no letter."""
    (to, form), conversation = told, circle.conversation
    since = conversation.waiting_since
    order = PromiseOrder(
        practice=practice,
        mail=MailId(uuid5(_LATE, f"{conversation.id}/{since and _utc(since)}/{to.id}")),
        to=to,
        conversation=conversation.id,
        form=form,
        promise=promise,
        at=office.clock(),
        since=since,
        reply_token=await reply_token(office, circle, to) if form is MailForm.LATE else None,
    )
    return await owe(office, order, office.press.freeze_promise(order))


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
