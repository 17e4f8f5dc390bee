"""What is kept of devices that are told by push: a row of a person and the sign-in by which the device asked for it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from messaging.ids import MailId, PersonId, PracticeId, SignInId
from messaging.memory.leaving import LETTERS, MailForm
from messaging.memory.people import StoredPerson

PUSHED = frozenset({*LETTERS - {None}, MailForm.REMINDER, MailForm.WAITING})
"""Mails whose reader's devices are told too: that a letter has come, waits unread, or that a session is near."""


@dataclass(frozen=True, slots=True)
class StoredSubscription:
    """`sealed`: the address at the push service, and the device's keys."""

    practice: PracticeId
    id: UUID
    person: PersonId
    sign_in: SignInId
    created_at: datetime
    sealed: bytes = field(repr=False)
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DuePush:
    """A mail of whose matter somebody's devices are to be told. `held`: until then nobody else does."""

    practice: PracticeId
    mail: MailId
    held: datetime


@dataclass(frozen=True, slots=True)
class PushMatter:
    """What must be known of it now. `reader` None: they do not belong to the conversation any more, or have left."""

    form: MailForm | None
    since: datetime
    reader: StoredPerson | None
    read: bool
    """They have read it by now."""


class Subscriptions(Protocol):
    """Devices that are told by push. Ended with their sign-in, once others use the device, and when its person leaves."""

    async def keep(self, one: StoredSubscription, most: int) -> None:
        """Instead of the one of the same sign-in; beyond `most` of a person the oldest goes."""

    async def of_person(
        self, practice: PracticeId, person: PersonId, since: datetime
    ) -> Sequence[StoredSubscription]:
        """Those whose sign-in was begun since then and not ended, on a device that is only theirs."""

    async def drop(self, practice: PracticeId, person: PersonId, only: Sequence[UUID] | None = None) -> int:
        """These, or all of a person; how many there were."""

    async def told(self, practice: PracticeId, subscription: UUID, at: datetime) -> None:
        """It was told then."""

    async def due(self, now: datetime, lease: timedelta, limit: int) -> Sequence[DuePush]:
        """Claims what is due."""

    async def matter(self, due: DuePush) -> PushMatter | None:
        """None: it is there no more."""

    async def settle(self, due: DuePush, again: datetime | None) -> None:
        """Done with, or due again then."""
