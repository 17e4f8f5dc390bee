"""Owed mail as kept."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from messaging.ids import (
    ConversationId,
    MailId,
    PersonId,
    PracticeId,
)
from messaging.memory.people import StoredPerson
from messaging.trust.access import Errand

ADMINISTRATORS: Final = "administrators"
"""Why a letter to postmaster or abuse is held: it is theirs, and no clinician's screener shows it."""


class MailForm(StrEnum):
    """What kind of mail an owed one is. Kept in clear: it tells of nobody's words."""

    WHOLE = "whole"
    LOCKED = "locked"
    """The words, for their OpenPGP key only."""
    NOTICE = "notice"
    KEYLESS = "keyless"
    """A notice to somebody who wishes OpenPGP and has given no key."""
    EXPIRED = "expired"
    """A notice to somebody whose OpenPGP key has expired."""
    UNUSABLE = "unusable"
    """A notice to somebody whose OpenPGP key cannot be used for another reason."""
    APPOINTMENT = "appointment"
    REMINDER = "reminder"
    RECEIPT = "receipt"
    """To who wrote: their letter is here, and until when it is answered."""
    LATE = "late"
    """To who waits: the answer is late."""
    ALARM = "alarm"
    """To who answers or administers: a promise has passed."""
    WAITING = "waiting"
    """To who answers: a letter waits that they have not read."""
    UNARRIVED = "unarrived"
    """To who answers: a mail did not arrive. It tells of no mail and no reader."""
    ADDRESS_CHANGED = "address_changed"
    """To the former address of somebody and to the new one."""
    INVITATION = "invitation"
    """To who was added: the way to choose a password, once. It is about no entry: its number is 0."""
    WAY_BACK = "way_back"
    """To who has lost their password: the link to choose another."""
    BACK_FROM = "back_from"
    """To who is answered for: from when such a link is enough, and how to stop it."""
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - what it tells of
    """To whose password is another one now."""
    NEW_DEVICE = "new_device"
    """To who signed in from a browser that was not known before."""
    ENQUIRY = "enquiry"
    """To who asked and is not in care: the way to what they wrote, and to the answer."""


LETTERS: Final = frozenset(
    {
        None,
        MailForm.WHOLE,
        MailForm.LOCKED,
        MailForm.NOTICE,
        MailForm.KEYLESS,
        MailForm.EXPIRED,
        MailForm.UNUSABLE,
    }
)
"""What carries a letter, or tells that there is one. None: one from before forms were kept."""
ACCOUNT: Final = (
    MailForm.WAY_BACK,
    MailForm.BACK_FROM,
    MailForm.PASSWORD_CHANGED,
    MailForm.NEW_DEVICE,
    MailForm.ADDRESS_CHANGED,
    MailForm.UNARRIVED,
    MailForm.ENQUIRY,
)
"""What is about its reader's own ways in: of no entry, for administrators too, and no matter of any record."""
NOTICES: Final = (MailForm.NOTICE, MailForm.KEYLESS, MailForm.EXPIRED, MailForm.UNUSABLE)
"""What tells of a letter without a word of it: one may tell of many."""


@dataclass(frozen=True, slots=True)
class Owe:
    """Effect: a mail is owed to one person. `sealed` holds recipient and frozen bytes."""

    mail: MailId
    person: PersonId
    message_ids: tuple[bytes, ...]
    """Keyed hashes of its Message-ID and of its letter thread's own id: a reply to it finds the thread by either."""
    found_by: bytes
    """Keyed hash of its id: a bounce names the mail, the directory its practice."""
    form: MailForm
    sealed: bytes = field(repr=False)
    since: datetime | None = None
    """For a receipt: it is owed only if the wait it speaks of began then, and at most once."""
    rests: timedelta = timedelta()
    """Not handed to a courier before: what it tells of can be undone until then."""


class MailState(StrEnum):
    """The truth about an owed mail."""

    OWED = "owed"
    SENDING = "sending"
    SENT = "sent"
    IN_DOUBT = "in_doubt"
    FAILED = "failed"
    STOPPED = "stopped"
    REPLACED = "replaced"
    """Another was made in its place."""


@dataclass(frozen=True, slots=True)
class StoredMail:
    """An owed mail. `code` is the relay's last reply code; its words may name addresses and are not kept."""

    practice: PracticeId
    id: MailId
    conversation: ConversationId
    number: int
    person: PersonId
    state: MailState
    attempts: int
    created_at: datetime
    next_at: datetime | None
    code: int | None
    form: MailForm | None
    """None for one that was owed before forms were kept."""
    sealed: bytes = field(repr=False)
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DueMail:
    """A claimed mail. `reader` None: they no longer belong to the conversation, and it must not be sent."""

    mail: StoredMail
    reader: StoredPerson | None
    until: datetime
    """From then on others may claim it."""
    told_at: datetime | None = None
    """For a notice: when another to the same reader went last; the time of asking while an earlier one is on its way."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a mail at `at`. With `next_at` it is tried again; `counts`: what was done counts as a try.

    `tells`: a notice that went tells of every letter to the same reader that stood then (`messaging.leaving.joining`).
    """

    state: MailState
    code: int | None
    at: datetime
    next_at: datetime | None = None
    counts: bool = True
    tells: datetime | None = None


@dataclass(frozen=True, slots=True)
class Watch:
    """Effect: the promise is looked at when it passes. `since`: who waits has waited that long: their letter was held."""

    at: datetime
    since: datetime | None = None


class Promises(Protocol):
    """Waiting letters, by the time at which somebody must look whether they were answered."""

    async def due(
        self, now: datetime, lease: timedelta, limit: int
    ) -> list[tuple[PracticeId, ConversationId]]:
        """Claims conversations until `now + lease`, skipping those another node holds."""

    async def attended(self, way: Errand, held_until: datetime, again: datetime | None) -> None:
        """Done with for now; unless it was given another time meanwhile."""
