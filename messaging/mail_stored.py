"""Mailboxes and addresses as kept: the values that cross between the acts of mail and memory."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from messaging.ids import ConversationId, PersonId, PracticeId

ADMINISTRATORS: Final = "administrators"
"""Why a letter to postmaster or abuse is held: it is theirs, and no clinician's screener shows it."""


@dataclass(frozen=True, slots=True)
class ReplyRoute:
    """Where a reply address leads."""

    practice: PracticeId
    conversation: ConversationId
    person: PersonId
    revoked: bool


@dataclass(frozen=True, slots=True)
class FurtherAddress:
    """An address beside the registered one, as kept."""

    id: UUID
    at: datetime
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Fetched:
    """How far a mailbox elsewhere was fetched: its UIDVALIDITY, and the last UID that is done with (RFC 9051 2.3.1.1)."""

    validity: int
    uid: int


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
NOTICES: Final = (MailForm.NOTICE, MailForm.KEYLESS, MailForm.EXPIRED, MailForm.UNUSABLE)
"""What tells of a letter without a word of it: one may tell of many."""


class FileState(StrEnum):
    """Whether a file that came by mail may be handed out."""

    WAITING = "waiting"
    CLEAN = "clean"
    FOUND = "found"


@dataclass(frozen=True, slots=True)
class FileCheck:
    """How a file stands; `finding` is the checker's own word for what it found."""

    state: FileState
    finding: str | None = None


@dataclass(frozen=True, slots=True)
class WaitingFile:
    """A file that was claimed to be looked at, for the `attempts`th time."""

    practice: PracticeId
    conversation: ConversationId
    id: UUID
    attempts: int
    sealed: bytes = field(repr=False)
