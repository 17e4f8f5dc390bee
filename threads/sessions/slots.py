"""The times clinicians offer, and which of them are still to be had."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, insert, select

from messaging.conversations import SessionState
from messaging.ids import PersonId, PracticeId, SessionId, SlotId
from messaging.memory.bookings import Slot
from messaging.trust.access import Pass
from threads.database import Database
from threads.sessions.clashes import BETWEEN, minutes_long, overlaps
from threads.tables.conversations import members
from threads.tables.people import people
from threads.tables.sessions import sessions, slots

_m, _s, _o, _p = members.c, sessions.c, slots.c, people.c

_ENDS = _o.starts + minutes_long(_o.minutes)


class Slots:
    """See `messaging.memory.bookings.Slots`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def offer(self, practice: PracticeId, slots_: Sequence[Slot], at: datetime) -> list[Slot]:
        """Offers those that meet no other offer of the same clinician; answers with them."""
        made: list[Slot] = []
        async with self._database.within(practice) as connection:
            for clinician in sorted({one.clinician for one in slots_}):
                # The row that bookings lock, too: two tabs cannot offer the same hour twice.
                await connection.execute(
                    select(people.c.id)
                    .where(people.c.practice_id == practice, people.c.id == clinician)
                    .with_for_update(key_share=True)
                )
            for one in slots_:
                meets = select(func.count()).where(
                    _o.practice_id == practice,
                    _o.clinician_id == one.clinician,
                    _o.starts < one.ends,
                    one.starts < _ENDS,
                )
                if await connection.scalar(meets):
                    continue
                await connection.execute(
                    insert(slots).values(
                        practice_id=practice,
                        id=one.id,
                        clinician_id=one.clinician,
                        starts=one.starts,
                        minutes=one.minutes,
                        created_at=at,
                    )
                )
                made.append(one)
        return made

    async def withdraw(self, practice: PracticeId, clinician: PersonId, slot: SlotId) -> bool:
        """No longer offered. False when it is not this clinician's, gone, or taken."""
        async with self._database.within(practice) as connection:
            gone = await connection.execute(
                delete(slots).where(
                    _o.practice_id == practice,
                    _o.id == slot,
                    _o.clinician_id == clinician,
                    _o.session_id.is_(None),
                )
            )
            return gone.rowcount == 1

    async def of_clinician(
        self, practice: PracticeId, clinician: PersonId, since: datetime, until: datetime
    ) -> list[Slot]:
        """All a clinician offers within, the taken ones too, in order."""
        return await self._slots(
            practice, _o.clinician_id == clinician, _o.starts >= since, _o.starts < until
        )

    async def free(
        self, practice: PracticeId, clinicians: Sequence[PersonId], after: datetime, limit: int
    ) -> list[Slot]:
        """Those that can be taken: after this moment, and no session of the clinician stands in them."""
        busy = exists().where(
            _s.practice_id == practice,
            _m.practice_id == practice,
            _m.person_id == _o.clinician_id,
            _m.left_at.is_(None),
            _s.conversation_id == _m.conversation_id,
            _s.state.in_([SessionState.BOOKED, SessionState.LIVE]),
            _p.practice_id == practice,
            _p.id == _o.clinician_id,
            overlaps(_o.starts, _ENDS, minutes_long(BETWEEN)),
        )
        soon = exists().where(
            _p.practice_id == practice,
            _p.id == _o.clinician_id,
            _o.starts - minutes_long(_p.margin_notice) < after,
        )
        offered = (_o.clinician_id.in_(clinicians), _o.session_id.is_(None), _o.starts > after, ~busy, ~soon)
        return await self._slots(practice, *offered, limit=limit)

    async def find(self, practice: PracticeId, slot: SlotId) -> Slot | None:
        """One slot."""
        found = await self._slots(practice, _o.id == slot)
        return found[0] if found else None

    async def taken_by(self, held: Pass, session: SessionId) -> Slot | None:
        """The slot a session of the conversation stands in."""
        theirs = exists().where(
            _s.practice_id == held.practice, _s.conversation_id == held.conversation, _s.id == session
        )
        found = await self._slots(held.practice, _o.session_id == session, theirs)
        return found[0] if found else None

    async def _slots(self, practice: PracticeId, *conditions: Any, limit: int | None = None) -> list[Slot]:
        query = (
            select(slots)
            .where(_o.practice_id == practice, *conditions)
            .order_by(_o.starts, _o.id)
            .limit(limit)
        )
        async with self._database.within(practice) as connection:
            return [_slot(row) for row in await connection.execute(query)]


def _slot(row: Any) -> Slot:
    return Slot(
        id=SlotId(row.id),
        clinician=PersonId(row.clinician_id),
        starts=row.starts,
        minutes=row.minutes,
        session=None if row.session_id is None else SessionId(row.session_id),
    )
