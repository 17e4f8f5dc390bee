"""The offer a session stood in, when moving or calling off the session is undone."""

from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.ids import PracticeId
from messaging.memory.bookings import Former
from threads.tables.sessions import slots

_o = slots.c


async def give_back(connection: AsyncConnection, practice: PracticeId, former: Former, now: datetime) -> None:
    """The session stands in it again. Its clinician's row is locked, so nobody takes or offers it meanwhile.

    One that was withdrawn since stays withdrawn; one that went with the change is made anew, unless its hours are offered
    otherwise by now.
    """
    slot = former.slot
    if slot is None:
        return
    free = (_o.practice_id == practice, _o.id == slot.id, _o.session_id.is_(None))
    taken = await connection.execute(update(slots).where(*free).values(session_id=former.session))
    if taken.rowcount or not former.made_anew:
        return
    meets = select(func.count()).where(
        _o.practice_id == practice,
        _o.clinician_id == slot.clinician,
        _o.starts < slot.ends,
        slot.starts < _o.starts + func.make_interval(0, 0, 0, 0, 0, _o.minutes),
    )
    if await connection.scalar(meets):
        return
    await connection.execute(
        insert(slots).values(
            practice_id=practice,
            id=slot.id,
            clinician_id=slot.clinician,
            starts=slot.starts,
            minutes=slot.minutes,
            session_id=former.session,
            created_at=now,
        )
    )
