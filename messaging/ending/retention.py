"""How long a record is kept once care has ended, and what is due to be erased then.

    active > leaving (30 days, in which care is simply begun again) > kept (for the practice's term) > due > gone

Nothing is erased by the clock alone: whoever runs the program is told what is due, and does it, with a reason. A legal hold
wins over every term. A practice that has said no term keeps everything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from messaging.conversations import Conversation
from messaging.ending.erasing import erase, weigh
from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.memory.ending import Erasable, Erasing, Ledger, LegalHold
from messaging.office import Office
from messaging.people import Practice
from messaging.practice.operating import practice_ids

LEAVING: Final = timedelta(days=30)
"""After the end of care, in which whoever left may think again."""


@dataclass(frozen=True, slots=True)
class Term:
    """What law or a profession's guidance asks for, of adults: years after the last contact, and what says so."""

    where: str
    years: int
    source: str


TERMS: Final[Mapping[str, Term]] = {
    "de": Term("Germany", 10, "§ 630f Abs. 3 BGB"),
    "uk": Term("United Kingdom", 7, "BABCP"),
    "us": Term("United States", 7, "APA Record Keeping Guidelines, 2007"),
}
"""To choose by, no advice: a practice knows its own law, and sets its own years."""


class Stage(StrEnum):
    """Where a conversation is on its way out."""

    ACTIVE = "active"
    LEAVING = "leaving"
    """Care has ended a moment ago: it is begun again by one button, as if nothing had been."""
    KEPT = "kept"
    """To be read, for safeguarding and because the law asks for it. What a client writes nonetheless is kept too."""
    DUE = "due"
    """Its term is over: it is erased when somebody does it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with one conversation in which care has ended. `until`: the end of its term, None without one."""

    practice: PracticeId
    conversation: ConversationId
    ended_at: datetime
    stage: Stage
    until: datetime | None
    held: LegalHold | None = None
    clients: tuple[PersonId, ...] = field(default=(), repr=False)


def stage_of(ended_at: datetime | None, years: int | None, now: datetime) -> Stage:
    """Of a conversation in which care ended then. Never due before 30 days and the term are both over."""
    if ended_at is None:
        return Stage.ACTIVE
    if now < ended_at + LEAVING:
        return Stage.LEAVING
    until = end_of_term(ended_at, years)
    return Stage.DUE if until is not None and now >= until else Stage.KEPT


def end_of_term(ended_at: datetime, years: int | None) -> datetime | None:
    """As many years later; of the 29th of February the 1st of March, so that no term is a day short. None without one."""
    if years is None:
        return None
    try:
        return ended_at.replace(year=ended_at.year + years)
    except ValueError:
        return ended_at.replace(year=ended_at.year + years, month=3, day=1)


def stage_in(conversation: Conversation, practice: Practice, now: datetime) -> Stage:
    """The same, of a conversation at hand."""
    return stage_of(conversation.ended_at, practice.keep_years, now)


async def standings(office: Office, only: PracticeId | None = None) -> list[Standing]:
    """Each in which care has ended, of one practice or all; what is due with what holds it. Raises Busy."""
    found: list[Standing] = []  # bound: the conversations of an installation in which care has ended
    for named in [only] if only else await practice_ids(office):
        practice = await office.memory.people.practice(named)
        if practice is not None:
            found += await _of(office, practice)
    return found


async def _of(office: Office, practice: Practice) -> list[Standing]:
    found, now = [], office.clock()
    for one in await office.memory.retention.over(practice.id):
        stage = stage_of(one.ended_at, practice.keep_years, now)
        what = Erasing(Erasable.CONVERSATION, practice.id, one.conversation, now)
        found.append(
            Standing(
                practice=practice.id,
                conversation=one.conversation,
                ended_at=one.ended_at,
                stage=stage,
                until=end_of_term(one.ended_at, practice.keep_years),
                held=await office.memory.endings.held(what) if stage is Stage.DUE else None,
                clients=one.clients,
            )
        )
    return found


async def erase_due(office: Office, ledger: Ledger, due: Sequence[Standing], reason: str) -> list[Erasing]:
    """Erases what is due and not held, and each client of whom nothing is here any more; what that was.

    What changed since it was looked at is left: care begun again, another term, a hold. Raises Malformed, Conflict, Busy,
    LedgerTrouble; what was erased until then is.
    """
    gone: list[Erasing] = []  # bound: what is due
    for one in due:
        if not await _still_due(office, one):
            continue
        weighed = await weigh(office, Erasable.CONVERSATION, one.conversation)
        await erase(office, ledger, weighed, reason)
        gone.append(weighed.what)
        for client in await office.memory.retention.nowhere(one.practice, one.clients):
            person = await weigh(office, Erasable.PERSON, client)
            if await office.memory.endings.held(person.what) is None:
                await erase(office, ledger, person, reason)
                gone.append(person.what)
    return gone


async def _still_due(office: Office, one: Standing) -> bool:
    practice = await office.memory.people.practice(one.practice)
    found = await office.memory.conversations.find(one.practice, one.conversation)
    if practice is None or found is None or stage_in(found, practice, office.clock()) is not Stage.DUE:
        return False
    what = Erasing(Erasable.CONVERSATION, one.practice, one.conversation, office.clock())
    return await office.memory.endings.held(what) is None
