"""Passkeys as kept: each challenge is answered in one statement, so that of two hands one is in."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, insert, select, update

from messaging.ids import PersonId, PracticeId
from messaging.memory.entrance import StoredPasskey
from threads.database import Database, unless_taken
from threads.tables.people import passkeys

_k = passkeys.c


class Passkeys:
    """See `messaging.memory.entrance.Passkeys`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, passkey: StoredPasskey) -> None:
        """One more. Raises Conflict where it is known already."""
        row = {
            "practice_id": passkey.practice,
            "id": passkey.id,
            "person_id": passkey.person,
            "credential": passkey.credential,
            "public_key": passkey.public_key,
            "signs": passkey.signs,
            "device": passkey.device,
            "challenged": 0,
            "created_at": passkey.created_at,
        }
        async with (
            unless_taken("This passkey is known already."),
            self._database.within(passkey.practice) as connection,
        ):
            await connection.execute(insert(passkeys).values(row))

    async def of_person(self, practice: PracticeId, person: PersonId) -> list[StoredPasskey]:
        """Theirs, oldest first."""
        return await self._select(practice, _k.person_id == person)

    async def find(self, practice: PracticeId, credential: bytes) -> StoredPasskey | None:
        """By what the device calls it."""
        found = await self._select(practice, _k.credential == credential)
        return found[0] if found else None

    async def _select(self, practice: PracticeId, condition: ColumnElement[bool]) -> list[StoredPasskey]:
        query = select(passkeys).where(_k.practice_id == practice, condition).order_by(_k.created_at)
        async with self._database.within(practice) as connection:
            return [_passkey(row) for row in await connection.execute(query)]

    async def answered(self, passkey: StoredPasskey, challenged: int, signs: int, at: datetime) -> bool:
        """It answered the challenge of this microsecond. False when it answered that one, or a later one, before."""
        spent = (
            update(passkeys)
            .where(_k.practice_id == passkey.practice, _k.id == passkey.id, _k.challenged < challenged)
            .values(challenged=challenged, signs=signs, used_at=at)
        )
        async with self._database.within(passkey.practice) as connection:
            return (await connection.execute(spent)).rowcount == 1

    async def remove(self, practice: PracticeId, person: PersonId, passkey: UUID) -> bool:
        """It lets nobody in any more. False when they have none of this id."""
        return await self._remove(practice, person, _k.id == passkey) == 1

    async def remove_all(self, practice: PracticeId, person: PersonId) -> None:
        """None of theirs does."""
        await self._remove(practice, person)

    async def _remove(self, practice: PracticeId, person: PersonId, *which: ColumnElement[bool]) -> int:
        gone = delete(passkeys).where(_k.practice_id == practice, _k.person_id == person, *which)
        async with self._database.within(practice) as connection:
            return (await connection.execute(gone)).rowcount


def _passkey(row: Any) -> StoredPasskey:
    return StoredPasskey(
        practice=PracticeId(row.practice_id),
        id=row.id,
        person=PersonId(row.person_id),
        credential=row.credential,
        public_key=row.public_key,
        signs=row.signs,
        device=row.device,
        created_at=row.created_at,
        used_at=row.used_at,
    )
