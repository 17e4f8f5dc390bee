"""Mail that waits to be sent, as an operator may see it: which, and to which provider. Never to whom, or about what."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from messaging.ids import MailId, PracticeId
from messaging.leaving.delivering import opened_mail
from messaging.leaving.pacing import domain_of
from messaging.memory.leaving import MailState
from messaging.office import Office

PAGE: Final = 200
_FIRST: Final = MailId(UUID(int=0))


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mail on its way out. `next`: when it is tried, or may be claimed again; `domain` None: its words are erased."""

    id: MailId
    state: MailState
    attempts: int
    next: datetime | None
    domain: str | None


async def waiting_mail(office: Office) -> AsyncIterator[Waiting]:
    """All of it, practice by practice. Raises Busy."""
    for practice in await office.memory.directory.practices():
        async for one in waiting_in(office, practice):
            yield one


async def waiting_in(office: Office, practice: PracticeId) -> AsyncIterator[Waiting]:
    """That of one practice, in pages. Raises Busy."""
    after = _FIRST
    while page := await office.memory.mailbox.waiting_mail(practice, after, PAGE):
        after = page[-1].id
        for one in page:
            mail = await opened_mail(office, one)
            domain = domain_of(mail.recipient) if mail else None
            yield Waiting(one.id, one.state, one.attempts, one.next_at, domain)


async def flush(office: Office) -> int:
    """All that waits for a later try is due now; how many. Raises Busy."""
    found = 0
    for practice in await office.memory.directory.practices():
        found += await office.memory.mailbox.flush_mail(practice, office.clock())
    return found
