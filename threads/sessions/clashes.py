"""What stands in the way of a time: another session then or too near to it, or a slot that is not to be had.

Asked under the locks of `bookings`, so that the answer holds until the change is written.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Interval, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.conversations import Session, SessionState
from messaging.ids import PracticeId, SlotId
from messaging.memory.bookings import Agreed
from messaging.people import Role
from messaging.trust.access import Pass
from threads.tables.conversations import members
from threads.tables.people import people
from threads.tables.sessions import sessions, slots

_m, _s, _o, _p = members.c, sessions.c, slots.c, people.c

BETWEEN = _p.margin_before + _p.margin_after
"""Minutes that a clinician keeps from the end of one session to the start of the next (`Margins`)."""


async def obstacle(
    connection: AsyncConnection, practice: PracticeId, session: Session, attending: Sequence[UUID]
) -> Agreed | None:
    """Whether somebody is elsewhere then, or too near to it. Which conversation it is never leaves this function."""
    theirs = (
        select(_m.conversation_id, func.max(BETWEEN).label("between"))
        .join(people, and_(_p.practice_id == _m.practice_id, _p.id == _m.person_id))
        .where(_m.practice_id == practice, _m.person_id.in_(attending), _m.left_at.is_(None))
        .group_by(_m.conversation_id)
        .subquery()
    )
    between = minutes_long(func.coalesce(theirs.c.between, 0))
    query = (
        select(_s.conversation_id, overlaps(session.starts, session.ends).label("at_once"))
        .outerjoin(theirs, theirs.c.conversation_id == _s.conversation_id)
        .where(
            _s.practice_id == practice,
            _s.id != session.id,
            _s.state.in_([SessionState.BOOKED, SessionState.LIVE]),
            or_(_s.conversation_id == session.conversation, theirs.c.conversation_id.is_not(None)),
            overlaps(session.starts, session.ends, between),
        )
    )
    found = {(row.at_once, row.conversation_id) for row in await connection.execute(query)}
    if (True, session.conversation) in found:
        return Agreed.CLASH_HERE
    if any(at_once for at_once, _ in found):
        return Agreed.CLASH
    return Agreed.TOO_CLOSE if found else None


def overlaps(starts: Any, ends: Any, between: Any = None) -> Any:
    """Sessions that last into this time, or are nearer to it than `between`. One may begin the moment another ends."""
    began = func.coalesce(_s.opened_at, _s.starts)
    over = began + minutes_long(_s.minutes)
    if between is not None:
        began, over = began - between, over + between
    return and_(began < ends, over > starts)


def minutes_long(minutes: Any) -> Any:
    """A column of minutes as an interval."""
    return func.make_interval(0, 0, 0, 0, 0, minutes, type_=Interval)


async def not_to_be_had(
    connection: AsyncConnection, held: Pass, slot: SlotId, session: Session, now: datetime
) -> Agreed | None:
    """Whether the slot is not offered any more as it was shown. Its clinician's row is locked, so it stays as it is."""
    query = (
        select(slots, _p.margin_notice)
        .join(people, and_(_p.practice_id == _o.practice_id, _p.id == _o.clinician_id))
        .where(_o.practice_id == held.practice, _o.id == slot)
        .with_for_update(of=slots)
    )
    row = (await connection.execute(query)).one_or_none()
    if row is None or (row.starts, row.minutes, row.session_id) != (session.starts, session.minutes, None):
        return Agreed.SLOT_GONE
    soon = held.role is Role.CLIENT and row.starts - now < timedelta(minutes=row.margin_notice)
    return Agreed.TOO_SOON if soon else None
