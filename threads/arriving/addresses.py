"""Clients' further addresses, found to be theirs by a clinician."""

from uuid import UUID

from sqlalchemy import delete, insert, select

from messaging.ids import PersonId, PracticeId
from messaging.memory.arriving import FurtherAddress
from messaging.people import Role
from threads.database import Database
from threads.tables.conversations import members
from threads.tables.mail import further_addresses

_f = further_addresses.c


class FurtherAddresses:
    """Sealed; only ever read with their person."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_person(self, practice: PracticeId, person: PersonId) -> list[FurtherAddress]:
        """All of a person, oldest first."""
        query = (
            select(_f.id, _f.at, _f.sealed)
            .where(_f.practice_id == practice, _f.person_id == person)
            .order_by(_f.at, _f.id)
        )
        async with self._database.within(practice) as connection:
            return [FurtherAddress(row.id, row.at, row.sealed) for row in await connection.execute(query)]

    async def of_clients(
        self, practice: PracticeId, clinician: PersonId
    ) -> list[tuple[PersonId, FurtherAddress]]:
        """All of those for whom a clinician cares."""
        mine, theirs = members.alias("mine"), members.alias("theirs")
        clients = (
            select(theirs.c.person_id)
            .join(mine, mine.c.conversation_id == theirs.c.conversation_id)
            .where(
                mine.c.practice_id == practice,
                mine.c.person_id == clinician,
                mine.c.left_at.is_(None),
                theirs.c.practice_id == practice,
                theirs.c.left_at.is_(None),
                theirs.c.role == Role.CLIENT,
            )
        )
        query = (
            select(_f.person_id, _f.id, _f.at, _f.sealed)
            .where(_f.practice_id == practice, _f.person_id.in_(clients))
            .order_by(_f.person_id, _f.at, _f.id)
        )
        async with self._database.within(practice) as connection:
            found = await connection.execute(query)
            return [(PersonId(row.person_id), FurtherAddress(row.id, row.at, row.sealed)) for row in found]

    async def keep(
        self, practice: PracticeId, person: PersonId, address: FurtherAddress, checked_by: PersonId
    ) -> None:
        """One more."""
        async with self._database.within(practice) as connection:
            await connection.execute(
                insert(further_addresses).values(
                    practice_id=practice,
                    person_id=person,
                    id=address.id,
                    sealed=address.sealed,
                    checked_by=checked_by,
                    at=address.at,
                )
            )

    async def forget(self, practice: PracticeId, person: PersonId, address: UUID) -> bool:
        """No longer believed. False when it was not there."""
        async with self._database.within(practice) as connection:
            forgotten = await connection.execute(
                delete(further_addresses).where(
                    _f.practice_id == practice, _f.person_id == person, _f.id == address
                )
            )
            return forgotten.rowcount == 1
