"""Erasing: rows deleted and keys destroyed, in one transaction. What is left are ids and times in the audit trail.

Every table has its place here (`tests/threads/ending/test_erasures.py`): what refers to a conversation or a person goes
with it by its foreign key, which the tables themselves say; what is tied to them otherwise is named.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import assert_never

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.memory.ending import Counts, Erasable, Erasing
from threads.ending.conversation import erase_conversation
from threads.ending.legal_holds import LegalHolds
from threads.ending.person import erase_person
from threads.ending.practice import erase_practice
from threads.tables.conversations import conversations, members
from threads.tables.people import data_keys, people


class Endings(LegalHolds):
    """See `messaging.memory.ending.Endings`."""

    async def weigh(self, one: Erasing) -> Counts | None:
        """What erasing it would delete, asked by doing it and taking it back. None where there is no such thing."""
        async with self._database.within(one.practice) as connection:
            if not await _is_here(connection, one):
                return None
            begun = await connection.begin_nested()
            rows = await _erase(connection, one)
            await begun.rollback()
            return rows

    async def live(self, one: Erasing) -> bool:
        """Whether a session of it is live."""
        async with self._database.within(one.practice) as connection:
            query = exists().where(
                conversations.c.practice_id == one.practice,
                conversations.c.live_session.is_not(None),
                _theirs(one),
            )
            return bool(await connection.scalar(select(query)))

    async def erase(self, one: Erasing) -> Counts:
        """Erases it, whole or not at all. Again: nothing happens."""
        async with self._database.within(one.practice) as connection:
            return await _erase(connection, one) if await _is_here(connection, one) else {}

    async def still_standing(self, entered: Sequence[Erasing]) -> Sequence[Erasing]:
        """Those whose keys are there: the key goes in the transaction that deletes the words."""
        standing: list[Erasing] = []  # bound: the lines of the ledger
        by_practice = sorted(entered, key=lambda one: one.practice.int)
        for practice, group in groupby(by_practice, key=lambda one: one.practice):
            ids = {one.id: one for one in group}
            query = select(data_keys.c.owner_id).where(
                data_keys.c.practice_id == practice, data_keys.c.owner_id.in_(list(ids))
            )
            async with self._database.within(practice) as connection:
                standing += [ids[owner] for owner in await connection.scalars(query)]
        return standing


def _theirs(one: Erasing) -> ColumnElement[bool]:
    """The conversation itself, or those a person is or was a member of."""
    match one.what:
        case Erasable.CONVERSATION:
            return conversations.c.id == one.id
        case Erasable.PRACTICE:
            return conversations.c.practice_id == one.id
        case Erasable.PERSON:
            return exists().where(
                members.c.practice_id == conversations.c.practice_id,
                members.c.conversation_id == conversations.c.id,
                members.c.person_id == one.id,
            )
        case _:
            assert_never(one.what)


async def _is_here(connection: AsyncConnection, one: Erasing) -> bool:
    """Locked until the end of the transaction. A person who was erased has no key any more."""
    match one.what:
        case Erasable.CONVERSATION:
            query = select(conversations.c.id).where(
                conversations.c.practice_id == one.practice, conversations.c.id == one.id
            )
            return await connection.scalar(query.with_for_update()) is not None
        case Erasable.PRACTICE:  # its key goes with it
            key = select(data_keys.c.owner_id).where(
                data_keys.c.practice_id == one.practice, data_keys.c.owner_id == one.id
            )
            return await connection.scalar(key.with_for_update()) is not None
        case Erasable.PERSON:
            query = select(people.c.id).where(
                people.c.practice_id == one.practice, people.c.id == one.id, people.c.sealed != b""
            )
            return await connection.scalar(query.with_for_update()) is not None
        case _:
            assert_never(one.what)


async def _erase(connection: AsyncConnection, one: Erasing) -> Counts:
    match one.what:
        case Erasable.CONVERSATION:
            return await erase_conversation(connection, one.practice, one.id)
        case Erasable.PRACTICE:
            return await erase_practice(connection, one.practice)
        case Erasable.PERSON:
            return await erase_person(connection, one.practice, one.id)
        case _:
            assert_never(one.what)
