"""Second factors and recovery codes: each code is spent in one statement, so that of two hands one is right."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.ids import PersonId, PracticeId
from messaging.memory.entrance import StoredFactor
from threads.database import Database
from threads.tables.people import people, recovery_codes, second_factors

_f, _r = second_factors.c, recovery_codes.c


class SecondFactors:
    """See `messaging.memory.entrance.SecondFactors`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, practice: PracticeId, person: PersonId) -> StoredFactor | None:
        """What is kept of somebody's."""
        query = select(_f.sealed, _f.offered).where(*_theirs(practice, person))
        async with self._database.within(practice) as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else StoredFactor(row.sealed, row.offered)

    async def offer(self, practice: PracticeId, person: PersonId, sealed: bytes) -> None:
        """A secret that its owner must confirm by a code of it; the one in use stays until then."""
        new = upsert(second_factors).values(
            practice_id=practice, person_id=person, offered=sealed, last_step=0
        )
        kept = new.on_conflict_do_update(
            index_elements=["practice_id", "person_id"], set_={"offered": new.excluded.offered}
        )
        async with self._database.within(practice) as connection:
            await connection.execute(kept)

    async def confirm(self, practice: PracticeId, person: PersonId, offered: bytes, step: int) -> bool:
        """What was offered is in use from now on, the code of this step is spent. False when it is offered no more."""
        async with self._database.within(practice) as connection:
            changed = await connection.execute(
                update(second_factors)
                .where(*_theirs(practice, person), _f.offered == offered)
                .values(sealed=_f.offered, offered=None, last_step=step)
            )
            if changed.rowcount != 1:
                return False
            await mark_factor(connection, practice, person, has=True)
            return True

    async def spend(self, practice: PracticeId, person: PersonId, step: int) -> bool:
        """The code of this step is spent, with all before it. False when it was: a code counts once (RFC 6238, 5.2)."""
        async with self._database.within(practice) as connection:
            changed = await connection.execute(
                update(second_factors)
                .where(*_theirs(practice, person), _f.last_step < step)
                .values(last_step=step)
            )
            return changed.rowcount == 1

    async def end(self, practice: PracticeId, person: PersonId) -> None:
        """Signing in takes no code any more; recovery codes go with it."""
        async with self._database.within(practice) as connection:
            await connection.execute(delete(second_factors).where(*_theirs(practice, person)))
            await connection.execute(
                delete(recovery_codes).where(_r.practice_id == practice, _r.person_id == person)
            )
            await mark_factor(connection, practice, person, has=False)

    async def keep_codes(self, practice: PracticeId, person: PersonId, hashes: Sequence[bytes]) -> None:
        """These recovery codes, and none that were before."""
        rows = [{"practice_id": practice, "person_id": person, "hash": one} for one in hashes]
        async with self._database.within(practice) as connection:
            await connection.execute(
                delete(recovery_codes).where(_r.practice_id == practice, _r.person_id == person)
            )
            await connection.execute(insert(recovery_codes), rows)

    async def spend_code(self, practice: PracticeId, person: PersonId, hashed: bytes, at: datetime) -> bool:
        """A recovery code is used. False when it is none, or was used before."""
        async with self._database.within(practice) as connection:
            changed = await connection.execute(
                update(recovery_codes)
                .where(
                    _r.practice_id == practice,
                    _r.person_id == person,
                    _r.hash == hashed,
                    _r.used_at.is_(None),
                )
                .values(used_at=at)
            )
            return changed.rowcount == 1

    async def count_codes(self, practice: PracticeId, person: PersonId) -> int:
        """How many are left."""
        query = select(func.count()).where(
            _r.practice_id == practice, _r.person_id == person, _r.used_at.is_(None)
        )
        async with self._database.within(practice) as connection:
            return int(await connection.scalar(query) or 0)


def _theirs(practice: PracticeId, person: PersonId) -> tuple[Any, Any]:
    return (_f.practice_id == practice, _f.person_id == person)


async def mark_factor(
    connection: AsyncConnection, practice: PracticeId, person: PersonId, *, has: bool
) -> None:
    """With the person too: whoever reads who they are reads how they sign in."""
    await connection.execute(
        update(people)
        .where(people.c.practice_id == practice, people.c.id == person)
        .values(second_factor=has)
    )
