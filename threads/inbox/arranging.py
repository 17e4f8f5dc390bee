"""Writing how clinicians have arranged a conversation: labels and who answers for all of them, a snooze for one."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.memory.inbox import StoredArrangement
from messaging.people import Role
from messaging.trust.access import Pass
from threads.bell import ring
from threads.tables.conversations import conversations, members

_c, _m = conversations.c, members.c


async def arrange(connection: AsyncConnection, held: Pass, wanted: StoredArrangement) -> bool:
    """False where the holder, or who is to answer, belongs to it no more: nothing is written then."""
    here = and_(_c.practice_id == held.practice, _c.id == held.conversation)
    # Locked as the writer and whoever ends a membership lock it: nobody leaves in between.
    last = await connection.scalar(select(_c.last_number).where(here).with_for_update())
    needed = [held.person]
    if wanted.assigned is not None and wanted.assigned.to is not None:
        needed.append(wanted.assigned.to)
    for person in needed:
        if not await connection.scalar(select(exists().where(_clinician(held, person)))):
            return False
    if values := _shared(wanted):
        await connection.execute(update(conversations).where(here).values(**values))
    if wanted.aside is not None:
        until = wanted.aside.until
        await connection.execute(
            update(members)
            .where(_clinician(held, held.person))
            .values(snoozed_until=until, snoozed_number=None if until is None else last)
        )
    await ring(connection, f"i {held.practice}/{held.conversation}")
    return True


def _shared(wanted: StoredArrangement) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if wanted.labels is not None:
        values["labels"] = wanted.labels.sealed
    if wanted.assigned is not None:
        values["assignee_id"] = wanted.assigned.to
    return values


def _clinician(held: Pass, person: UUID) -> ColumnElement[bool]:
    """Their place in the conversation, while they care there."""
    return and_(
        _m.practice_id == held.practice,
        _m.conversation_id == held.conversation,
        _m.person_id == person,
        _m.left_at.is_(None),
        _m.role.in_([role.value for role in Role if role.is_clinician]),
    )
