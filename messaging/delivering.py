"""Owed mail on its way out: claimed, re-checked, sent, and the truth about it kept."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from messaging.ids import ConversationId, PracticeId
from messaging.messages import Body, Channel, EntryKind, EventName
from messaging.office import FrozenMail, Office
from messaging.posting import Draft, Where, post
from messaging.reading import people_named
from messaging.stored import Gate, MailState, StoredMail
from messaging.trust.encryption import CannotOpen, Place
from messaging.writing import MAIL, decode_mail

LEASE: Final = 900.0
"""Seconds a courier may hold a mail: longer than the ten minutes RFC 5321 4.5.3.2.6 grants the final answer."""
SCHEDULE: Final = (60, 300, 900, 3600, 3600, 7200)
"""Seconds between tries; the last repeats."""
GIVE_UP: Final = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Consignment:
    """A mail in a courier's hands. `mail` is None when it must not be sent any more."""

    stored: StoredMail
    mail: FrozenMail | None = field(repr=False)


async def claim(office: Office, limit: int) -> list[Consignment]:
    """Mail that is due. One that was already in hand when a courier died becomes `in_doubt`, never sent blindly again."""
    due = await office.memory.mailbox.due_mail(office.clock(), LEASE, limit)
    taken = []
    for stored in due:
        if stored.state is MailState.OWED:
            taken.append(Consignment(stored, await _still_wanted(office, stored)))
        elif stored.state is MailState.SENDING:
            await settle(office, stored, MailState.IN_DOUBT, None)
    return taken


async def _still_wanted(office: Office, stored: StoredMail) -> FrozenMail | None:
    """The mail, unless its reader's address has changed or they have left since it was written."""
    key = await office.keyring.key(stored.practice, stored.conversation)
    try:
        mail = decode_mail(
            key.open(Place(MAIL, stored.practice, stored.conversation, stored.id), stored.sealed)
        )
    except CannotOpen:
        return None
    conversation = await office.memory.conversations.find(stored.practice, stored.conversation)
    if conversation is None or conversation.member(stored.person) is None:
        return None
    reader = (await people_named(office, stored.practice, [stored.person])).get(stored.person)
    return mail if reader is not None and reader.email == mail.recipient else None


async def settle(office: Office, stored: StoredMail, state: MailState, code: int | None) -> None:
    """Keeps the truth about a mail: sent, in doubt, failed, or stopped; failure becomes a line of the record."""
    await office.memory.mailbox.settle_mail(stored, state, code, office.clock(), None)
    if state is MailState.FAILED:
        await _note_failure(office, stored, code)


async def try_again(office: Office, stored: StoredMail, code: int | None) -> None:
    """A temporary refusal: the next try by the schedule, or failure after 48 hours."""
    now = office.clock()
    if now - stored.created_at > GIVE_UP:
        await settle(office, stored, MailState.FAILED, code)
        return
    step = min(stored.attempts, len(SCHEDULE) - 1)
    again = now + timedelta(seconds=SCHEDULE[step])
    await office.memory.mailbox.settle_mail(stored, MailState.OWED, code, now, again)


async def _note_failure(office: Office, stored: StoredMail, code: int | None) -> None:
    facts = {"number": str(stored.number), "code": str(code or 0)}
    draft = Draft(
        stored.id,
        Body(event=EventName.MAIL_FAILED, facts=facts),
        Channel.EMAIL,
        EntryKind.EVENT,
        gate=Gate.SYSTEM,
    )
    await post(office, Where.by_nobody(stored.practice, stored.conversation), draft)


@dataclass(frozen=True, slots=True)
class Delivery:
    """The delivery truth of one letter to one reader, as its page shows it."""

    number: int
    state: MailState
    since: datetime
    code: int | None


async def deliveries(
    office: Office, practice: PracticeId, conversation: ConversationId, numbers: list[int]
) -> dict[int, list[Delivery]]:
    """By entry number."""
    found: dict[int, list[Delivery]] = {}
    if numbers:
        for mail in await office.memory.mailbox.mail_of(practice, conversation, numbers):
            found.setdefault(mail.number, []).append(
                Delivery(mail.number, mail.state, mail.next_at or mail.created_at, mail.code)
            )
    return found
