"""How a practice's mail stands, in counts, for who administers: which providers, what is held, what did not arrive."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from messaging.errors import NotFound
from messaging.ids import PracticeId
from messaging.leaving.pacing import domain_of
from messaging.leaving.waiting_mail import Waiting, waiting_in
from messaging.memory.leaving import MailState
from messaging.office import Office
from messaging.people import Person, Role
from messaging.practice.overseeing import relations
from messaging.record.reading import people_named
from messaging.trust.noted import Noted

LOOKED_AT: Final = 2_000
"""Mails opened for their providers at most: beyond, the page says that there are more."""
TURN: Final = 100
"""People whose addresses are opened before others have their turn."""


@dataclass(frozen=True, slots=True)
class Queued:
    """So many mails to one provider in one state. `tries`: of the one tried most; `next`: when the first is tried."""

    domain: str | None
    """None: that of somebody whose address is not shown, or of somebody erased."""
    state: MailState
    count: int
    tries: int
    next: datetime | None


@dataclass(frozen=True, slots=True)
class MailHealth:
    """How a practice's mail stands, in counts. `cut`: more waits than was looked at."""

    queue: tuple[Queued, ...]
    held: int
    """Letters that wait in screeners."""
    unarrived: int
    """Conversations with a letter that did not reach its reader, who has not written since."""
    cut: bool = False


async def mail_health(office: Office, administrator: Person) -> MailHealth:
    """Of their practice. Raises NotFound for who does not administer, Busy."""
    practice = _administered(administrator)
    circles = await relations(office, practice)
    ids = [one.id for one in circles]
    waiting: list[Waiting] = []  # bound: LOOKED_AT
    async for one in waiting_in(office, practice):
        waiting.append(one)
        if len(waiting) == LOOKED_AT:
            break
    shown = await _shown_domains(office, practice)
    return MailHealth(
        _queued(replace(one, domain=one.domain if one.domain in shown else None) for one in waiting),
        await office.memory.mailbox.count_held(practice, ids),
        len(await office.memory.mailbox.unarrived(practice, ids)),
        cut=len(waiting) >= LOOKED_AT,
    )


async def flush_own(office: Office, administrator: Person) -> int:
    """What waits for a later try in their practice is due now; how many. Noted in the trail. Raises NotFound, Busy."""
    practice, now = _administered(administrator), office.clock()
    await office.memory.trail.note(practice, now, administrator.id, Noted.MAIL_FLUSHED, None)
    return await office.memory.mailbox.flush_mail(practice, now)


async def _shown_domains(office: Office, practice: PracticeId) -> frozenset[str]:
    """Providers of those whose address is shown: where only one of a sealed identity writes from, it would tell of them."""
    stored = [one for one in await office.memory.people.all(practice) if one.sealed]
    found: set[str] = set()
    for begin in range(0, len(stored), TURN):
        named = await people_named(office, practice, [one.id for one in stored[begin : begin + TURN]])
        found |= {domain_of(one.shown_email) for one in named.values() if one.shown_email}
        await office.breathe()
    return frozenset(found)


def _queued(waiting: Iterable[Waiting]) -> tuple[Queued, ...]:
    """By provider and state, the most first."""
    found: defaultdict[tuple[str | None, MailState], list[Waiting]] = defaultdict(list)
    for one in waiting:
        found[one.domain, one.state].append(one)
    lines = [
        Queued(
            domain,
            state,
            len(some),
            max(one.attempts for one in some),
            min((one.next for one in some if one.next), default=None),
        )
        for (domain, state), some in found.items()
    ]
    return tuple(sorted(lines, key=lambda one: (-one.count, one.domain or "", one.state)))


def _administered(person: Person) -> PracticeId:
    if person.role is not Role.ADMINISTRATOR:
        raise NotFound
    return person.practice
