"""Told that something waits: a clinician who does not read a letter within some minutes gets a mail of fixed words.

It is owed once a wait (once a day where care has ended, for nobody waits there), with the letter that begins it, rests for
the minutes its reader has chosen, and is dropped at last when the letter was read or answered meanwhile (`delivering`). It
says nothing of the letter or of who wrote it.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from messaging.conversations import Circle
from messaging.ids import MailId
from messaging.leaving.owing import owe
from messaging.leaving.promises import promise_from
from messaging.leaving.quiet import rest_for
from messaging.leaving.receipts import once_a_day
from messaging.memory.leaving import MailForm, Owe
from messaging.office import Office, PromiseOrder
from messaging.people import Person, Practice, Role
from messaging.record.reading import practice_of

_WAITING: Final = UUID("5d0f3a52-2f2b-5d5e-9a0e-6c1f0c7a9b11")


async def unread_mails(office: Office, circle: Circle, writer: Person, at: datetime) -> list[Owe]:
    """What is owed to those who answer for a letter of this client's at `at`; nothing where one waits already."""
    if writer.role is not Role.CLIENT or circle.conversation.waiting_since is not None:
        return []
    practice = await practice_of(office, circle)
    if practice is None:
        return []
    told = [one for one in circle.clinicians if one.role is not Role.SUPERVISOR and one.email and one.active]
    return [
        await _owed(office, practice, circle, one, at, timedelta(minutes=one.told_after))
        for one in told
        if one.told_after is not None
    ]


async def _owed(
    office: Office, practice: Practice, circle: Circle, to: Person, at: datetime, after: timedelta
) -> Owe:
    conversation, ended = circle.conversation, circle.conversation.ended_at
    named = MailId(uuid5(_WAITING, f"{conversation.id}/{to.id}/{at.astimezone(UTC).isoformat()}"))
    order = PromiseOrder(
        practice=practice,
        mail=named if ended is None else once_a_day(_WAITING, conversation, to, at),
        to=to,
        conversation=conversation.id,
        form=MailForm.WAITING,
        promise=promise_from(practice, conversation, at),
        at=at,
        since=at if ended is None else None,
    )
    owed = await owe(office, order, office.press.freeze_promise(order), order.since)
    return replace(owed, rests=rest_for(practice, to, at, after))
