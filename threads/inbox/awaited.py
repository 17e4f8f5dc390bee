"""Letters of those in care that wait for an answer, of several conversations, with what their writers made of them."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, exists, literal, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.ids import PracticeId
from messaging.memory.record import StoredEntry
from messaging.messages import Channel, EntryKind
from messaging.people import Role
from threads.record.thread import stored_entry
from threads.tables.conversations import conversations, members
from threads.tables.record import entries

NEWEST: Final = 40
"""Messages of a conversation among which they are looked for: who wrote more since they wait has been read already."""
MOST: Final = 6
"""Letters of one conversation: a row says how many, and opens them to count their words."""

_c, _later = conversations.c, entries.alias("later")


async def awaited_in(
    connection: AsyncConnection, practice: PracticeId, here: Any
) -> Mapping[UUID, tuple[StoredEntry, ...]]:
    """By conversation of `here` (a subquery with `conversation_id`), the oldest first. Only where somebody waits."""
    letters = _letters(practice, here)
    found = (await connection.execute(letters)).all()
    if not found:
        return {}
    kept = letters.subquery("kept")
    amends = and_(
        _later.c.practice_id == kept.c.practice_id,
        _later.c.conversation_id == kept.c.conversation_id,
        _later.c.amends == kept.c.number,
    )
    later: defaultdict[tuple[UUID, int], list[StoredEntry]] = defaultdict(list)
    amending = select(_later).select_from(kept.join(_later, amends)).order_by(_later.c.number)
    for row in await connection.execute(amending):
        later[row.conversation_id, row.amends].append(stored_entry(row))
    by_conversation: defaultdict[UUID, list[StoredEntry]] = defaultdict(list)
    for row in sorted(found, key=lambda one: one.number):
        amended = tuple(later.get((row.conversation_id, row.number), ()))
        by_conversation[row.conversation_id].append(stored_entry(row, amended))
    return {name: tuple(some[-MOST:]) for name, some in by_conversation.items()}


def _letters(practice: PracticeId, here: Any) -> Any:
    newest = (
        select(entries)
        .where(
            entries.c.practice_id == practice,
            entries.c.conversation_id == _c.id,
            entries.c.kind == literal(EntryKind.MESSAGE.value),
        )
        .order_by(entries.c.number.desc())
        .limit(NEWEST)
        .lateral("newest")
    )
    written_by = members.alias("written_by")
    by_client = exists().where(
        written_by.c.practice_id == practice,
        written_by.c.conversation_id == newest.c.conversation_id,
        written_by.c.person_id == newest.c.author_id,
        written_by.c.role == literal(Role.CLIENT.value),
    )
    waits = here.join(conversations, and_(_c.practice_id == practice, _c.id == here.c.conversation_id))
    return (
        select(newest)
        .select_from(waits.join(newest, true()))
        .where(newest.c.at >= _c.waiting_since, newest.c.channel != literal(Channel.CHAT.value), by_client)
    )
