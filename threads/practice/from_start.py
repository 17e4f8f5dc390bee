"""Who joined and may read from before: what is asked of those in care, what they say, and the first letter that waits."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.conversations import StartAsked
from messaging.ids import PersonId
from messaging.memory.conversations import ReadFromStart
from messaging.messages import Channel, EntryKind
from messaging.people import Role
from messaging.trust.access import Pass, Way
from threads.tables.conversations import conversations, members
from threads.tables.record import entries

_c, _e, _m = conversations.c, entries.c, members.c


def written_asked(asked: StartAsked) -> dict[str, Any]:
    """As it is kept: ids and a time."""
    return {
        "by": str(asked.by),
        "at": asked.at.isoformat(),
        "asked": sorted(map(str, asked.asked)),
        "yes": sorted(map(str, asked.yes)),
        "refused": asked.refused,
    }


def read_asked(kept: dict[str, Any] | str | None) -> StartAsked | None:
    """The inverse; the driver by itself hands it over as text."""
    if kept is None:
        return None
    held: dict[str, Any] = json.loads(kept) if isinstance(kept, str) else kept
    return StartAsked(
        by=PersonId(UUID(held["by"])),
        at=datetime.fromisoformat(held["at"]),
        asked=_ids(held["asked"]),
        yes=_ids(held["yes"]),
        refused=held["refused"],
    )


def _ids(texts: list[str]) -> frozenset[PersonId]:
    return frozenset(PersonId(UUID(text)) for text in texts)


def member_of(way: Way, person: PersonId) -> ColumnElement[bool]:
    """Their place in a conversation, while they belong to it."""
    return and_(
        _m.practice_id == way.practice,
        _m.conversation_id == way.conversation,
        _m.person_id == person,
        _m.left_at.is_(None),
    )


async def first_waiting(connection: AsyncConnection, way: Way) -> int | None:
    """The number of the first letter of somebody in care that waits for an answer."""
    clients = select(_m.person_id).where(
        _m.practice_id == way.practice, _m.conversation_id == way.conversation, _m.role == Role.CLIENT
    )
    since = select(_c.waiting_since).where(_c.practice_id == way.practice, _c.id == way.conversation)
    query = select(func.min(_e.number)).where(
        _e.practice_id == way.practice,
        _e.conversation_id == way.conversation,
        _e.kind == EntryKind.MESSAGE,
        _e.channel != Channel.CHAT,
        _e.author_id.in_(clients),
        _e.at >= since.scalar_subquery(),
    )
    found: int | None = await connection.scalar(query)
    return found


async def answer(
    connection: AsyncConnection, held: Pass, person: PersonId, since: datetime, *, agrees: bool
) -> bool:
    """Says yes or no for the holder, one after another: the row is locked. Of a no is kept that it was said, not by whom."""
    row = await connection.scalar(
        select(_m.start_asked).where(member_of(held, person)).with_for_update(key_share=True)
    )
    asked = read_asked(row)
    if asked is None or asked.refused or held.person not in asked.asked or asked.at <= since:
        return False
    said = replace(asked, yes=asked.yes | {held.person}) if agrees else _refused(asked)
    await connection.execute(
        update(members).where(member_of(held, person)).values(start_asked=written_asked(said))
    )
    return True


def _refused(asked: StartAsked) -> StartAsked:
    return StartAsked(by=asked.by, at=asked.at, asked=frozenset(), refused=True)


def start_statements(effect: ReadFromStart) -> list[tuple[str, tuple[Any, ...]]]:
    """Statements and their arguments from the third on; practice and conversation come first in each."""
    return [(_FROM_START, (effect.person,)), (REVISED, ())]


_FROM_START: Final = """
update members m set first_number = 1, start_asked = null
 where m.practice_id = $1 and m.conversation_id = $2 and m.person_id = $3 and m.left_at is null
   and m.start_asked is not null and not (m.start_asked -> 'refused')::boolean
   and not exists (select from members o where o.practice_id = $1 and o.conversation_id = $2 and o.left_at is null
                      and (m.start_asked -> 'asked') ? o.person_id::text
                      and not (m.start_asked -> 'yes') ? o.person_id::text)
"""
# Whoever follows it is admitted anew, by the number that holds from now on.
REVISED: Final = """
with revised as (update conversations set revision = revision + 1 where practice_id = $1 and id = $2)
select pg_notify('quietline', 'm ' || $1::uuid || '/' || $2::uuid)
"""
DECISIVE: Final = frozenset({_FROM_START})
"""Must find its row: otherwise somebody has left, or it is not asked any more."""
