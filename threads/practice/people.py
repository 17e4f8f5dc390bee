"""Practices and the people of them."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, exists, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.ids import PersonId, PracticeId
from messaging.memory.keys import OwnerKey
from messaging.memory.people import NewStoredPerson, PersonChange, StoredPerson
from messaging.memory.sign_ins import SignInKind
from messaging.people import EmailMode, Practice, Role
from threads.bell import ring
from threads.database import Database, unless_taken
from threads.entrance.sign_ins import end_sign_ins
from threads.entrance.ways_back import end_way_back
from threads.keys import keep_key
from threads.leaving.promises import look_again
from threads.leaving.reply_addresses import revoke_all
from threads.practice.rows import columns_of, person_of_row, practice_of_row, settings_of
from threads.tables.conversations import members
from threads.tables.installation import directory
from threads.tables.people import people, practices
from threads.tables.sessions import slots


class People:
    """Practices and those who sign in."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def practice(self, practice: PracticeId) -> Practice | None:
        """One practice."""
        async with self._database.within(practice) as connection:
            row = (await connection.execute(select(practices))).one_or_none()
        if row is None:
            return None
        return practice_of_row(row)

    async def create_practice(
        self, practice: Practice, key: OwnerKey, slug_hash: bytes, at: datetime
    ) -> None:
        """A new practice with its key. Raises Conflict when the slug is taken."""
        async with (
            unless_taken("A practice with this slug exists."),
            self._database.within(practice.id) as connection,
        ):
            await _add_practice(connection, practice, key, slug_hash, at)

    async def found(
        self,
        practice: Practice,
        key: OwnerKey,
        slug_hash: bytes,
        first: Sequence[NewStoredPerson],
        at: datetime,
    ) -> None:
        """A new practice and its first person with their hats: all or none. Raises Conflict when the slug is taken."""
        async with (
            unless_taken("A practice with this slug exists."),
            self._database.within(practice.id) as connection,
        ):
            await _add_practice(connection, practice, key, slug_hash, at)
            for one in first:
                await _add_person(connection, one, at)

    async def find(self, practice: PracticeId, ids: Sequence[PersonId]) -> list[StoredPerson]:
        """Those of the ids that exist."""
        return await self._select(practice, people.c.id.in_(ids))

    async def hats_of(self, practice: PracticeId, person: PersonId) -> list[StoredPerson]:
        """The second hats of somebody."""
        return await self._select(practice, and_(people.c.practice_id == practice, people.c.hat_of == person))

    async def all(self, practice: PracticeId) -> list[StoredPerson]:
        """Everyone of a practice."""
        return await self._select(practice, people.c.practice_id == practice)

    async def _select(self, practice: PracticeId, condition: Any) -> list[StoredPerson]:
        async with self._database.within(practice) as connection:
            rows = (await connection.execute(select(people).where(condition))).all()
        return [person_of_row(row) for row in rows]

    async def create(self, new: NewStoredPerson, at: datetime) -> None:
        """A new person. Raises Conflict when a username of the practice is taken."""
        async with (
            unless_taken("This username is taken."),
            self._database.within(new.person.practice) as connection,
        ):
            await _add_person(connection, new, at)

    async def set_password(self, practice: PracticeId, person: PersonId, encoded: str) -> None:
        """Replaces the password's hash."""
        async with self._database.within(practice) as connection:
            await connection.execute(
                update(people)
                .where(people.c.practice_id == practice, people.c.id == person)
                .values(password_hash=encoded)
            )

    async def set_email_mode(self, practice: PracticeId, person: PersonId, mode: EmailMode) -> None:
        """What our mail to them may say from now on."""
        async with self._database.within(practice) as connection:
            await connection.execute(
                update(people)
                .where(people.c.practice_id == practice, people.c.id == person)
                .values(email_mode=mode)
            )

    async def pass_on(self, practice: PracticeId, added_by: PersonId, to: PersonId) -> None:
        """Clients they have added and nobody writes with yet are another's from now on."""
        theirs = (people.c.practice_id == practice, people.c.added_by == added_by)
        async with self._database.within(practice) as connection:
            await connection.execute(update(people).where(*theirs).values(added_by=to))

    async def set_practice(self, practice: Practice) -> None:
        """Its name, clock and numbers. What it has promised is looked at again."""
        kept = {"name": practice.name, "time_zone": practice.time_zone}
        numbers = [asdict(one) for one in practice.numbers]
        async with self._database.within(practice.id) as connection:
            await connection.execute(
                update(practices)
                .where(practices.c.practice_id == practice.id)
                .values(**kept, numbers=numbers, settings=settings_of(practice))
            )
            await look_again(connection, practice.id)

    async def reseal(self, practice: PracticeId, person: PersonId, was: bytes, sealed: bytes) -> bool:
        """Other details in the place of those that are known. False when they are others by now."""
        known = (people.c.practice_id == practice, people.c.id == person, people.c.sealed == was)
        async with self._database.within(practice) as connection:
            changed = await connection.execute(update(people).where(*known).values(sealed=sealed))
            return changed.rowcount == 1

    async def change(
        self, practice: PracticeId, person: PersonId, change: PersonChange, at: datetime
    ) -> bool:
        """Other details. With another address what was mailed to the old one ends. False when they are others by now."""
        known = (people.c.practice_id == practice, people.c.id == person, people.c.sealed == change.was)
        kept = {"sealed": change.sealed, "email_mode": change.email_mode}
        async with self._database.within(practice) as connection:
            changed = await connection.execute(update(people).where(*known).values(**kept))
            if changed.rowcount != 1:
                return False
            if change.found_under is not None:
                await _found_under(connection, practice, person, *change.found_under)
                await revoke_all(connection, practice, person, at)
                await end_way_back(connection, practice, person)
            await _ring_circles(connection, practice, person)
            return True

    async def set_active(self, practice: PracticeId, person: PersonId, active: bool, at: datetime) -> bool:
        """Whether they are here. Who leaves loses sign-ins, reply addresses, offered hours. False when it was so."""
        was = (people.c.practice_id == practice, people.c.id == person, people.c.active.is_(not active))
        async with self._database.within(practice) as connection:
            changed = await connection.execute(update(people).where(*was).values(active=active))
            if changed.rowcount != 1:
                return False
            if not active:
                await end_way_back(connection, practice, person)
                await end_sign_ins(connection, practice, person, tuple(SignInKind), at)
                await revoke_all(connection, practice, person, at)
                await _withdraw_slots(connection, practice, person)
            await _ring_circles(connection, practice, person)
            return True

    async def own_clients(self, practice: PracticeId, clinician: PersonId) -> set[PersonId]:
        """Clients they write with now, and those they added with whom nobody writes yet."""
        mine, other = members.alias("mine"), members.alias("other")
        shared = (
            select(other.c.person_id)
            .join(
                mine,
                and_(
                    mine.c.practice_id == other.c.practice_id,
                    mine.c.conversation_id == other.c.conversation_id,
                ),
            )
            .where(
                other.c.practice_id == practice,
                other.c.role == Role.CLIENT,
                other.c.left_at.is_(None),
                mine.c.person_id == clinician,
                mine.c.left_at.is_(None),
                mine.c.cover_scope.is_(None),  # who stands in cares for a time: nobody is theirs
            )
        )
        anywhere = exists().where(
            members.c.practice_id == people.c.practice_id, members.c.person_id == people.c.id
        )
        added = select(people.c.id).where(
            people.c.practice_id == practice, people.c.added_by == clinician, ~anywhere
        )
        async with self._database.within(practice) as connection:
            return {PersonId(one) for one in await connection.scalars(shared.union(added))}


async def _found_under(
    connection: AsyncConnection,
    practice: PracticeId,
    person: PersonId,
    before: bytes | None,
    after: bytes | None,
) -> None:
    """The directory knows them by their new address, and no longer by the old one."""
    where = {"kind": "email", "practice_id": practice, "target_id": person}
    if before is not None:
        await connection.execute(
            delete(directory).where(
                directory.c.kind == "email",
                directory.c.hash == before,
                directory.c.practice_id == practice,
                directory.c.target_id == person,
            )
        )
    if after is not None:
        await connection.execute(upsert(directory).values(hash=after, **where).on_conflict_do_nothing())


async def _withdraw_slots(connection: AsyncConnection, practice: PracticeId, clinician: PersonId) -> None:
    """Nobody books with who is not there. A time that was taken stays what it was: a session."""
    await connection.execute(
        delete(slots).where(
            slots.c.practice_id == practice,
            slots.c.clinician_id == clinician,
            slots.c.session_id.is_(None),
        )
    )


async def _ring_circles(connection: AsyncConnection, practice: PracticeId, person: PersonId) -> None:
    """Whoever has a conversation of theirs open reads anew who is in it."""
    theirs = select(members.c.conversation_id).where(
        members.c.practice_id == practice, members.c.person_id == person, members.c.left_at.is_(None)
    )
    for conversation in (await connection.scalars(theirs)).all():
        await ring(connection, f"m {practice}/{conversation}")


async def _add_practice(
    connection: AsyncConnection, practice: Practice, key: OwnerKey, slug_hash: bytes, at: datetime
) -> None:
    await connection.execute(
        insert(practices).values(
            practice_id=practice.id,
            slug=practice.slug,
            name=practice.name,
            time_zone=practice.time_zone,
            mail_domain=practice.mail_domain,
            created_at=at,
        )
    )
    await keep_key(connection, practice.id, key, at)
    await connection.execute(
        insert(directory).values(
            kind="practice", hash=slug_hash, practice_id=practice.id, target_id=practice.id
        )
    )


async def _add_person(connection: AsyncConnection, new: NewStoredPerson, at: datetime) -> None:
    person = new.person
    await connection.execute(insert(people).values(**columns_of(person), created_at=at))
    await keep_key(connection, person.practice, new.key, at)
    await connection.execute(
        insert(directory),
        [
            {"kind": kind, "hash": hashed, "practice_id": person.practice, "target_id": person.id}
            for kind, hashed in new.names
        ],
    )
