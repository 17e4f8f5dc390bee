"""Passkeys as kept: each challenge is answered in one statement, so that of two hands one is in."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, insert, select, update

from messaging.errors import Conflict
from messaging.ids import PersonId, PracticeId
from messaging.memory.entrance import StoredPasskey
from threads.database import Database, unless_taken
from threads.entrance.second_factors import mark_factor
from threads.tables.people import passkeys, people

_k = passkeys.c
LAST: Final = (
    "This is the only thing asked beside your password. Please make another passkey, or set up a code, first."
)


class Passkeys:
    """See `messaging.memory.entrance.Passkeys`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, passkey: StoredPasskey, *, is_factor: bool) -> None:
        """One more. `is_factor`: from now on their password alone lets nobody in. Raises Conflict where it is known."""
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
            if is_factor:
                await mark_factor(connection, passkey.practice, passkey.person, has=True)

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

    async def remove(self, practice: PracticeId, person: PersonId, passkey: UUID, *, one_stays: bool) -> bool:
        """It lets nobody in any more. False when they have none of this id. `one_stays`: raises Conflict for the last."""
        theirs = (_k.practice_id == practice, _k.person_id == person)
        async with self._database.within(practice) as connection:
            # Of two hands that remove one each, the second finds what the first has left.
            whose = (people.c.practice_id == practice, people.c.id == person)
            await connection.execute(select(people.c.id).where(*whose).with_for_update())
            if passkey not in (known := (await connection.scalars(select(_k.id).where(*theirs))).all()):
                return False
            if one_stays and len(known) == 1:
                raise Conflict(LAST)
            await connection.execute(delete(passkeys).where(*theirs, _k.id == passkey))
            return True

    async def remove_all(self, practice: PracticeId, person: PersonId) -> None:
        """None of theirs does."""
        gone = delete(passkeys).where(_k.practice_id == practice, _k.person_id == person)
        async with self._database.within(practice) as connection:
            await connection.execute(gone)


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
