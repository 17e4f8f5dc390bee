"""Settling what waits: a letter that needs no answer; and that it does, after all."""

from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from messaging.errors import Conflict
from messaging.facts import NumberFacts, SettledFacts
from messaging.leaving.promises import SOONEST
from messaging.leaving.receipts import receipt_id
from messaging.memory.leaving import MailState, Watch
from messaging.memory.record import Outcome, Turn
from messaging.memory.sending_later import NoLetterSince
from messaging.messages import Body, Channel, EntryKind, EventName
from messaging.office import Office
from messaging.record.posting import Draft, Where, post
from messaging.record.since import letters_since
from messaging.trust.access import Pass

ANSWERED: Final = "A letter has gone out here since, so nothing waits any more."


async def needs_no_answer(office: Office, held: Pass, key: UUID) -> Outcome:
    """Says in the record that nothing more is owed; only this or an answer clears a promise."""
    found = await office.memory.conversations.find(held.practice, held.conversation)
    since = found.waiting_since if found else None
    draft = Draft(
        key,
        Body(event=EventName.NEEDS_NO_ANSWER, facts=SettledFacts(since)),
        Channel.WEB,
        EntryKind.EVENT,
        turn=Turn.ANSWERS,
    )
    return await post(office, Where.by(held), draft)


async def wait_again(office: Office, held: Pass, settled: int, since: datetime) -> Outcome:
    """It needs an answer after all: who waited waits on, since the same moment. Raises Conflict: answered since; Busy.

    `settled` is the number of the event that said it needed none. Twice is once.
    """
    if await letters_since(office, held, NoLetterSince(settled, clients=False)):
        raise Conflict(ANSWERED)
    draft = Draft(
        uuid5(held.conversation, f"{settled} {EventName.WAITS_AGAIN}"),
        Body(event=EventName.WAITS_AGAIN, facts=NumberFacts(settled)),
        Channel.WEB,
        EntryKind.EVENT,
        turn=Turn.ASKS,
        effects=(NoLetterSince(settled, clients=False), Watch(office.clock() + SOONEST, since)),
    )
    outcome = await post(office, Where.by(held), draft)
    await _receipts_again(office, held, since)
    return outcome


async def _receipts_again(office: Office, held: Pass, since: datetime) -> None:
    """A receipt that was stopped in between, for nothing waited then, is true again."""
    conversation = await office.memory.conversations.find(held.practice, held.conversation)
    for one in conversation.members if conversation else ():
        stored = await office.memory.mailbox.mail(held, receipt_id(held.conversation, one.person, since))
        if stored is not None and stored.state is MailState.STOPPED:
            await office.memory.mailbox.owe_again(stored, office.clock())
