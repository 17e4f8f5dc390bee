"""OpenPGP keys of people and practices, sealed."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from messaging.ids import PersonId, PracticeId
from messaging.memory.person_keys import StoredKey
from messaging.trust.locks import KeySource, Standing
from threads.database import Database
from threads.tables.mail import locked_letters, pgp_keys, practice_pgp_keys

_k, _p, _l = pgp_keys.c, practice_pgp_keys.c, locked_letters.c


class PersonKeys:
    """At most one key of each standing for each person."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_person(self, practice: PracticeId, person: PersonId, standing: Standing) -> StoredKey | None:
        """The person's key of this standing."""
        query = select(_k.fingerprint, _k.source, _k.at, _k.sealed).where(
            _k.practice_id == practice, _k.person_id == person, _k.standing == standing
        )
        async with self._database.within(practice) as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else StoredKey(row.fingerprint, KeySource(row.source), row.at, row.sealed)

    async def keep(self, practice: PracticeId, person: PersonId, standing: Standing, key: StoredKey) -> None:
        """Instead of any earlier one of this standing."""
        values = {"fingerprint": key.fingerprint, "source": key.source, "at": key.at, "sealed": key.sealed}
        made = upsert(pgp_keys).values(practice_id=practice, person_id=person, standing=standing, **values)
        async with self._database.within(practice) as connection:
            await connection.execute(
                made.on_conflict_do_update(
                    index_elements=[_k.practice_id, _k.person_id, _k.standing], set_=values
                )
            )

    async def forget(self, practice: PracticeId, person: PersonId, standing: Standing) -> bool:
        """No longer used. False when there was none."""
        async with self._database.within(practice) as connection:
            gone = await connection.execute(
                delete(pgp_keys).where(
                    _k.practice_id == practice, _k.person_id == person, _k.standing == standing
                )
            )
            return gone.rowcount == 1

    async def first_sender(self, practice: PracticeId, mark: bytes, person: PersonId) -> PersonId:
        """Who was the first to send us this locked letter."""
        made = upsert(locked_letters).values(practice_id=practice, mark=mark, person_id=person)
        async with self._database.within(practice) as connection:
            await connection.execute(made.on_conflict_do_nothing(index_elements=[_l.practice_id, _l.mark]))
            query = select(_l.person_id).where(_l.practice_id == practice, _l.mark == mark)
            return PersonId((await connection.execute(query)).scalar_one())

    async def of_practice(self, practice: PracticeId) -> bytes | None:
        """The practice's own secret key, sealed."""
        async with self._database.within(practice) as connection:
            found: bytes | None = await connection.scalar(select(_p.sealed).where(_p.practice_id == practice))
            return found

    async def keep_of_practice(self, practice: PracticeId, sealed: bytes, at: datetime) -> bytes:
        """Keeps it unless another node was faster; returns the one that stands."""
        made = upsert(practice_pgp_keys).values(practice_id=practice, sealed=sealed, created_at=at)
        async with self._database.within(practice) as connection:
            await connection.execute(made.on_conflict_do_nothing(index_elements=[_p.practice_id]))
            standing: bytes = (
                await connection.execute(select(_p.sealed).where(_p.practice_id == practice))
            ).scalar_one()
            return standing
