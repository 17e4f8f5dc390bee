"""Drafts as kept: sealed texts, found by who writes them and where."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, select, update
from sqlalchemy.dialects.postgresql import Insert, insert

from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.memory.drafts import StoredDraft
from messaging.trust.access import Pass
from threads.database import Database
from threads.tables.drafts import drafts, pending_letters
from threads.tables.record import entries

_d, _e, _p = drafts.c, entries.c, pending_letters.c


class Drafts:
    """Texts that are being written."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, held: Pass, draft: UUID) -> StoredDraft | None:
        """One draft of this person."""
        rows = await self._select(held, _whose(held.practice, held.conversation, held.person), _d.id == draft)
        return rows[0] if rows else None

    async def of(self, held: Pass) -> list[StoredDraft]:
        """All drafts of this person in this conversation."""
        return await self._select(held, _whose(held.practice, held.conversation, held.person))

    async def count(self, held: Pass) -> int:
        """How many there are."""
        query = (
            select(func.count())
            .select_from(drafts)
            .where(_whose(held.practice, held.conversation, held.person))
        )
        async with self._database.within(held.practice) as connection:
            return int(await connection.scalar(query) or 0)

    async def sent(self, held: Pass, ids: Sequence[UUID]) -> Collection[UUID]:
        """Those of the ids that are keys of this person's entries here, or of letters that wait to be sent."""
        if not ids:
            return frozenset()
        query = select(_e.key).where(
            _e.practice_id == held.practice,
            _e.conversation_id == held.conversation,
            _e.author_id == held.person,
            _e.key.in_(ids),
        )
        # A page that goes may keep its text once more though the letter is written and waits to be sent.
        waiting = select(_p.id).where(
            _p.practice_id == held.practice,
            _p.conversation_id == held.conversation,
            _p.author_id == held.person,
            _p.id.in_(ids),
        )
        async with self._database.within(held.practice) as connection:
            return frozenset((await connection.execute(query.union_all(waiting))).scalars())

    async def add(self, held: Pass, draft: StoredDraft) -> bool:
        """A new draft. False when there is one of this id."""
        made = new_draft(held.practice, held.conversation, held.person, draft)
        async with self._database.within(held.practice) as connection:
            done = await connection.execute(made.on_conflict_do_nothing().returning(_d.id))
            return done.first() is not None

    async def replace(self, held: Pass, draft: StoredDraft) -> bool:
        """The next revision. False when the one before it is no longer the one that stands."""
        changed = (
            update(drafts)
            .where(
                _whose(held.practice, held.conversation, held.person),
                _d.id == draft.id,
                _d.revision == draft.revision - 1,
            )
            .values(kind=draft.kind, revision=draft.revision, at=draft.at, sealed=draft.sealed)
        )
        async with self._database.within(held.practice) as connection:
            return (await connection.execute(changed)).rowcount == 1

    async def remove(self, held: Pass, draft: UUID) -> None:
        """Its words are gone."""
        async with self._database.within(held.practice) as connection:
            await connection.execute(
                delete(drafts).where(draft_of(held.practice, held.conversation, held.person, draft))
            )

    async def _select(self, held: Pass, *conditions: ColumnElement[bool]) -> list[StoredDraft]:
        async with self._database.within(held.practice) as connection:
            return [_draft(row) for row in await connection.execute(select(drafts).where(*conditions))]


def new_draft(
    practice: PracticeId, conversation: ConversationId, person: PersonId, draft: StoredDraft
) -> Insert:
    """The statement that keeps it, for whoever makes a draft in a transaction of their own."""
    return insert(drafts).values(
        practice_id=practice,
        conversation_id=conversation,
        person_id=person,
        id=draft.id,
        kind=draft.kind,
        revision=draft.revision,
        at=draft.at,
        sealed=draft.sealed,
    )


def draft_of(
    practice: PracticeId, conversation: ConversationId, person: PersonId, draft: UUID
) -> ColumnElement[bool]:
    """The condition that finds it."""
    return and_(_whose(practice, conversation, person), _d.id == draft)


def _whose(practice: PracticeId, conversation: ConversationId, person: PersonId) -> ColumnElement[bool]:
    return and_(_d.practice_id == practice, _d.conversation_id == conversation, _d.person_id == person)


def _draft(row: Any) -> StoredDraft:
    return StoredDraft(id=row.id, kind=row.kind, revision=row.revision, at=row.at, sealed=row.sealed)
