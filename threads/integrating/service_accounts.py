"""Service accounts: who shows a token, and what is sealed of them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select

from messaging.ids import PracticeId
from messaging.memory.integrating import StoredServiceAccount
from threads.database import Database
from threads.tables.integrating import service_accounts

_a = service_accounts.c


class ServiceAccounts:
    """See `messaging.memory.integrating.ServiceAccounts`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, account: StoredServiceAccount, token_hashed: bytes, most: int) -> bool:
        """Who counts what a practice has, and adds to it, does so alone."""
        alone = func.pg_advisory_xact_lock(func.hashtextextended(f"accounts {account.practice}", 0))
        count = select(func.count()).select_from(service_accounts).where(_a.practice_id == account.practice)
        values = {
            "practice_id": account.practice,
            "id": account.id,
            "created_at": account.created_at,
            "token_hash": token_hashed,
            "sealed": account.sealed,
        }
        async with self._database.within(account.practice) as connection:
            await connection.execute(select(alone))
            if (await connection.scalar(count) or 0) >= most:
                return False
            await connection.execute(insert(service_accounts).values(**values))
        return True

    async def all_of(self, practice: PracticeId) -> Sequence[StoredServiceAccount]:
        """The oldest first."""
        return await self._found(practice)

    async def find(self, practice: PracticeId, account: UUID) -> StoredServiceAccount | None:
        """One of them."""
        found = await self._found(practice, _a.id == account)
        return found[0] if found else None

    async def by_token(self, practice: PracticeId, token_hashed: bytes) -> StoredServiceAccount | None:
        """Who shows this token."""
        found = await self._found(practice, _a.token_hash == token_hashed)
        return found[0] if found else None

    async def _found(self, practice: PracticeId, *which: Any) -> list[StoredServiceAccount]:
        query = (
            select(service_accounts).where(_a.practice_id == practice, *which).order_by(_a.created_at, _a.id)
        )
        async with self._database.within(practice) as connection:
            rows = await connection.execute(query)
            return [
                StoredServiceAccount(PracticeId(row.practice_id), row.id, row.created_at, row.sealed)
                for row in rows
            ]

    async def remove(self, practice: PracticeId, account: UUID) -> bool:
        """Its token opens nothing any more."""
        mine = delete(service_accounts).where(_a.practice_id == practice, _a.id == account)
        async with self._database.within(practice) as connection:
            return (await connection.execute(mine)).rowcount == 1
