"""Erasing one conversation or one client, for good: by whoever runs the program, with a reason, in the audit trail.

The ledger is written first. Whatever happens after it, the erasing is taken up again at the next start, so that nothing
can be half erased for longer than that; and a backup of before, restored, is erased anew.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, assert_never
from uuid import UUID

from messaging.ending.legal_holds import must_not_be_held
from messaging.errors import Conflict, NotFound
from messaging.ids import SYSTEM, PersonId, PracticeId
from messaging.memory.ending import Counts, Erasable, Erasing, Ledger
from messaging.memory.trail import Asked, Line, Mark
from messaging.office import Office
from messaging.people import Role
from messaging.practice.operating import act_said, practice_ids, trails
from messaging.trust.noted import Noted, act_of

log = logging.getLogger(__name__)

ERASED: Final = {Noted(f"{what}_erased"): what for what in Erasable}
PAGE: Final = 200
STAFF_STAY: Final = (
    "this person works here: who wrote a client's record belongs to it. "
    "Let them go instead (person set --active false)"
)


@dataclass(frozen=True, slots=True)
class Weighed:
    """What erasing would take, by table."""

    what: Erasing
    rows: Counts


async def weigh(office: Office, what: Erasable, named: UUID) -> Weighed:
    """What erasing it would take, in whichever practice it is. Changes nothing. Raises NotFound, Conflict, Busy."""
    for practice in await practice_ids(office):
        one = Erasing(what, practice, named, office.clock())
        rows = await office.memory.endings.weigh(one)
        if rows is None:
            continue
        if what is Erasable.PERSON:
            await _must_be_client(office, practice, PersonId(named))
        return Weighed(one, rows)
    raise NotFound(f"there is no {what} with this id")


async def _must_be_client(office: Office, practice: PracticeId, person: PersonId) -> None:
    found = await office.memory.people.find(practice, [person])
    if any(one.role is not Role.CLIENT for one in found):
        raise Conflict(STAFF_STAY)


async def erase(office: Office, ledger: Ledger, weighed: Weighed, reason: str) -> Counts:
    """Erases what was weighed: how many rows went, by table. Raises Malformed, Conflict, Busy, LedgerTrouble.

    While a session of it is live it is refused: somebody is writing there. So is what a legal hold keeps.
    """
    one = weighed.what
    act = act_said(Noted(f"{one.what}_erased"), reason)
    await must_not_be_held(office, one)
    if await office.memory.endings.live(one):
        raise Conflict("a session of it is live: end it first")
    ledger.must_take()  # asked before the trail says that it is done: its lines are not taken back
    await office.memory.trail.note(one.practice, office.clock(), SYSTEM, act, one.id)
    ledger.enter(one)
    for person in await _to_leave(office, one):  # on every node: sockets are told by the sign-ins that end
        await office.memory.people.set_active(one.practice, person, False, office.clock())
    gone = await office.memory.endings.erase(one)
    office.keyring.forget(one.practice, one.id)
    return gone


async def _to_leave(office: Office, one: Erasing) -> Sequence[PersonId]:
    match one.what:
        case Erasable.CONVERSATION:
            return ()
        case Erasable.PERSON:
            return (PersonId(one.id),)
        case Erasable.PRACTICE:
            return [person.id for person in await office.memory.people.all(one.practice) if person.active]
        case _:
            assert_never(one.what)


async def replay(office: Office, ledger: Ledger) -> Sequence[Erasing]:
    """Erases anew what the ledger has and memory holds nonetheless; which that were. Raises Busy, LedgerTrouble."""
    again = await office.memory.endings.still_standing(ledger.entered())
    for one in again:
        await office.memory.trail.note(
            one.practice, office.clock(), SYSTEM, Noted(f"{one.what}_erased_again"), one.id
        )
        await office.memory.endings.erase(one)
        office.keyring.forget(one.practice, one.id)
    if again:
        log.warning("what was erased had come back and is erased again", extra={"count": len(again)})
    return again


async def lost(office: Office, ledger: Ledger) -> list[Erasing]:
    """What the trails say was erased, is gone, and is not in the ledger: a backup of before would bring it back.

    Raises Busy, LedgerTrouble.
    """
    known = {one.id for one in ledger.entered()}
    said: list[Erasing] = []  # bound: the lines of the trails about erasing
    for practice in await trails(office):
        mark: Mark | None = None
        while page := await office.memory.trail_lines.newest(
            practice, Asked(acts=frozenset(ERASED)), mark, PAGE
        ):
            mark = page[-1].mark
            said += [
                one for stood in page if (one := erasing_said(stood.line)) is not None and one.id not in known
            ]
    # A line whose erasing never came about is no loss: what it is about is here.
    standing = {one.id for one in await office.memory.endings.still_standing(said)}
    return [one for one in said if one.id not in standing]


async def remember(office: Office, ledger: Ledger) -> list[Erasing]:
    """Enters what the ledger lacks; what that was. Raises Busy, LedgerTrouble."""
    found = await lost(office, ledger)
    for one in found:
        ledger.enter(one)
    return found


def erasing_said(line: Line) -> Erasing | None:
    """What a line of the trail says was erased; None: it is about something else."""
    act, _ = act_of(line.action)
    if act not in ERASED or line.subject is None:
        return None
    return Erasing(ERASED[act], line.practice, line.subject, line.at)
