"""How long process notes are kept: three months after care has ended, or after their author could read them last.

They are no part of the record and have no use but to their author. So when the author leaves the conversation, is let go or
has died, nobody is handed them: they lie sealed, for the case that the author comes back, and go after the same time. When
the client is erased, or the practice, they go at once, with everything else about it. Nothing goes by the clock alone: what
is due is erased by whoever runs the program, as records are; and a legal hold keeps it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from messaging.ids import SYSTEM, PersonId, PracticeId
from messaging.memory.ending import Erasable, Erasing, LegalHold
from messaging.memory.notes import OwnNotes
from messaging.memory.trail import Asked, Mark
from messaging.office import Office
from messaging.practice.operating import act_said, practice_ids
from messaging.trust.noted import Noted

KEPT: Final = timedelta(days=92)
"""Three months, whichever they are. No law asks for what is no record; some practices keep it as long as this."""
LINES: Final = 200
"""Of the trail, read at once."""


@dataclass(frozen=True, slots=True)
class OwnStanding:
    """Until when one author's process notes about one conversation are kept; `due`: that time is over."""

    practice: PracticeId
    notes: OwnNotes
    until: datetime
    due: bool
    held: LegalHold | None = None


async def own_standings(office: Office) -> list[OwnStanding]:
    """Those that are kept for a time only: care is over, or their author cannot read them any more. Raises Busy."""
    found: list[OwnStanding] = []  # bound: authors of conversations in which care has ended, or who have left
    for practice in await practice_ids(office):
        found += await _of(office, practice)
    return found


async def erase_due_own(office: Office, due: Sequence[OwnStanding], reason: str) -> list[OwnStanding]:
    """Erases what is due still, and not held; each author a line, without whom it is about. Raises Malformed, Busy."""
    act = act_said(Noted.OWN_NOTES_ERASED, reason)
    gone: list[OwnStanding] = []  # bound: what is due
    now = {
        (one.practice, one.notes.conversation, one.notes.author): one for one in await own_standings(office)
    }
    for each in due:
        one = now.get((each.practice, each.notes.conversation, each.notes.author))
        if one is None or not one.due or one.held is not None:
            continue
        # First the line: the trail must have it whatever comes after.
        await office.memory.trail.note(one.practice, office.clock(), SYSTEM, act, one.notes.author)
        await office.memory.process_notes.erase(one.practice, one.notes)
        gone.append(one)
    return gone


async def _of(office: Office, practice: PracticeId) -> list[OwnStanding]:
    standing = await office.memory.process_notes.standing(practice)
    let_go = await _let_go(office, practice) if any(one.let_go for one in standing) else {}
    found, now = [], office.clock()
    for one in standing:
        since = (one.ended_at, one.left_at, let_go.get(one.author) if one.let_go else None)
        ends = [at + KEPT for at in since if at is not None]
        if not ends:
            continue
        due = min(ends) <= now
        what = Erasing(Erasable.CONVERSATION, practice, one.conversation, now)
        held = await office.memory.endings.held(what) if due else None
        found.append(OwnStanding(practice, one, min(ends), due, held))
    return found


async def _let_go(office: Office, practice: PracticeId) -> Mapping[PersonId, datetime]:
    """When each was let go last, as the trail has it."""
    found: dict[PersonId, datetime] = {}  # bound: who was ever let go
    mark: Mark | None = None
    asked = Asked(acts=frozenset({Noted.PERSON_LET_GO}))
    while page := await office.memory.trail_lines.newest(practice, asked, mark, LINES):  # bound: those lines
        mark = page[-1].mark
        for stood in page:
            if stood.line.subject is not None:
                found.setdefault(PersonId(stood.line.subject), stood.line.at)
    return found
