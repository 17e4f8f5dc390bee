"""The receipt: a client's letter is here, and until when it is answered. By mail, once for each time they wait.

It says nothing of the letter, goes only to the address in the client's own record, and never answers an automatic mail or
one that was held (RFC 3834 section 2): who calls here has a letter that is its writer's beyond doubt. Two machines that
answer each other end after one receipt, for whatever is written while an answer is waited for joins the waiting letter.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid5

from messaging.conversations import Circle, Conversation
from messaging.ids import ConversationId, MailId, PersonId
from messaging.leaving.owing import owe, reply_token
from messaging.leaving.promises import promise_from
from messaging.memory.leaving import MailForm, Owe
from messaging.memory.record import Outcome, Verdict
from messaging.office import Office, PromiseOrder
from messaging.people import Person, Role
from messaging.record.reading import practice_of
from messaging.trust.access import Work, errand

_RECEIPT: Final = UUID("0b6a2f6e-6a52-5a55-9d0e-5f0f5c2f1b1d")


@dataclass(frozen=True, slots=True)
class Sent:
    """A client's letter that is being kept at `at`; `message_id` where it came by mail."""

    at: datetime
    message_id: str | None = field(default=None, repr=False)


async def receipt(
    office: Office, circle: Circle, writer: Person, sent: Sent, since: datetime | None = None
) -> Owe | None:
    """The receipt as it is owed, if the writer gets one. `since`: when the wait began, as far as that is known.

    Its id is made of person and wait, so that it is owed once however many letters join; memory looks again whether the
    wait is this one when it writes the letter.
    """
    conversation = circle.conversation
    if writer.role is not Role.CLIENT or not writer.email or not writer.receipts:
        return None
    practice = await practice_of(office, circle)
    if practice is None:
        return None
    ended = conversation.ended_at
    since = since or conversation.waiting_since or sent.at
    order = PromiseOrder(
        practice=practice,
        mail=receipt_id(conversation.id, writer.id, since)
        if ended is None
        else once_a_day(_RECEIPT, conversation, writer, sent.at),
        to=writer,
        conversation=conversation.id,
        form=MailForm.RECEIPT,
        promise=promise_from(practice, conversation, since),
        at=sent.at,
        since=since if ended is None else None,
        reply_token=await reply_token(office, circle, writer),
        answers=sent.message_id,
    )
    return await owe(office, order, office.press.freeze_promise(order), order.since)


async def correct_receipt(
    office: Office, circle: Circle, writer: Person, sent: Sent, outcome: Outcome
) -> None:
    """Where an answer or another letter came between, the wait is not the one we knew, and its receipt is owed now."""
    since = outcome.waiting_since
    if outcome.verdict is not Verdict.NEW or since == (circle.conversation.waiting_since or sent.at):
        return
    if since is None:
        circle = await _as_ended(office, circle)
        if circle.conversation.ended_at is None:
            return
    owed = await receipt(office, circle, writer, sent, since)
    if owed is not None:
        way = errand(circle.conversation.practice, circle.conversation.id, Work.LEAVING)
        await office.memory.mailbox.owe(way, outcome.number, owed, office.clock())


def receipt_id(conversation: ConversationId, person: PersonId, since: datetime) -> MailId:
    """The one receipt of a person for a wait."""
    return MailId(uuid5(_RECEIPT, f"{conversation}/{person}/{since.astimezone(UTC).isoformat()}"))


async def _as_ended(office: Office, circle: Circle) -> Circle:
    """Nobody waits, though a letter was just written: care may have ended in the same moment."""
    conversation = circle.conversation
    found = await office.memory.conversations.find(conversation.practice, conversation.id)
    return replace(circle, conversation=found or conversation)


def once_a_day(space: UUID, conversation: Conversation, person: Person, at: datetime) -> MailId:
    """Where care has ended there is no wait to be told of once: two machines that answer each other end for the day."""
    day = at.astimezone(UTC).date()
    return MailId(uuid5(space, f"{conversation.id}/{person.id}/{conversation.ended_at}/{day}"))
