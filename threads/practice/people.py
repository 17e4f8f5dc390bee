"""Practices, people and their sign-ins, and the directory that says which practice a name belongs to."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, LargeBinary, Uuid, any_, insert, literal, select, update
from sqlalchemy.exc import IntegrityError

from messaging.errors import Conflict
from messaging.ids import PersonId, PracticeId, SignInId
from messaging.memory.keys import OwnerKey
from messaging.memory.people import StoredPerson
from messaging.memory.sign_ins import SignInKind, StoredSignIn
from messaging.people import EmailMode, Practice, Role
from threads.bell import ring
from threads.database import Database
from threads.keys import keep_key
from threads.leaving.promises import look_again
from threads.tables.installation import directory
from threads.tables.people import people, practices, sign_ins


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
        return Practice(row.practice_id, row.slug, row.name, row.time_zone, row.mail_domain)

    async def create_practice(
        self, practice: Practice, key: OwnerKey, slug_hash: bytes, at: datetime
    ) -> None:
        """A new practice with its key. Raises Conflict when the slug is taken."""
        async with (
            _unless_taken("A practice with this slug exists."),
            self._database.within(practice.id) as connection,
        ):
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

    async def find(self, practice: PracticeId, ids: Sequence[PersonId]) -> list[StoredPerson]:
        """Those of the ids that exist."""
        return await self._select(practice, people.c.id.in_(ids))

    async def all(self, practice: PracticeId) -> list[StoredPerson]:
        """Everyone of a practice."""
        return await self._select(practice, people.c.practice_id == practice)

    async def _select(self, practice: PracticeId, condition: Any) -> list[StoredPerson]:
        async with self._database.within(practice) as connection:
            rows = (await connection.execute(select(people).where(condition))).all()
        return [_person(row) for row in rows]

    async def create(
        self, person: StoredPerson, key: OwnerKey, names: Sequence[tuple[str, bytes]], at: datetime
    ) -> None:
        """A new person, found under `names`. Raises Conflict when a username of the practice is taken."""
        async with (
            _unless_taken("This username is taken."),
            self._database.within(person.practice) as connection,
        ):
            await connection.execute(insert(people).values(**_columns(person), created_at=at))
            await keep_key(connection, person.practice, key, at)
            await connection.execute(
                insert(directory),
                [
                    {"kind": kind, "hash": hashed, "practice_id": person.practice, "target_id": person.id}
                    for kind, hashed in names
                ],
            )

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

    async def set_time_zone(self, practice: PracticeId, time_zone: str) -> None:
        """Where the practice is. What it has promised is looked at again."""
        async with self._database.within(practice) as connection:
            await connection.execute(
                update(practices).where(practices.c.practice_id == practice).values(time_zone=time_zone)
            )
            await look_again(connection, practice)

    async def reseal(self, practice: PracticeId, person: PersonId, was: bytes, sealed: bytes) -> bool:
        """Other details in the place of those that are known. False when they are others by now."""
        known = (people.c.practice_id == practice, people.c.id == person, people.c.sealed == was)
        async with self._database.within(practice) as connection:
            changed = await connection.execute(update(people).where(*known).values(sealed=sealed))
            return changed.rowcount == 1


class SignIns:
    """Browsers' and programs' authenticated periods."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, sign_in: StoredSignIn, token_hash: bytes) -> None:
        """A new sign-in."""
        await self.create_many([(sign_in, token_hash)])

    async def create_many(self, made: Sequence[tuple[StoredSignIn, bytes]]) -> None:
        """Thousands at once, in one statement a practice set."""
        rows = [
            {
                "practice_id": s.practice,
                "id": s.id,
                "person_id": s.person,
                "kind": s.kind,
                "token_hash": hashed,
                "created_at": s.created_at,
                "seen_at": s.seen_at,
                "expires_at": s.expires_at,
            }
            for s, hashed in made
        ]
        practices_of = {s.practice for s, _ in made}
        async with (
            _unless_taken("There is no such person."),
            self._database.within(*practices_of) as connection,
        ):
            await connection.execute(insert(sign_ins), rows)

    async def find(self, practice: PracticeId, token_hash: bytes) -> StoredSignIn | None:
        """The sign-in with this token, unless it was ended or its person is no longer active."""
        query = (
            select(sign_ins)
            .join(
                people,
                (people.c.practice_id == sign_ins.c.practice_id) & (people.c.id == sign_ins.c.person_id),
            )
            .where(
                sign_ins.c.practice_id == practice,
                sign_ins.c.token_hash == token_hash,
                sign_ins.c.ended_at.is_(None),
                people.c.active,
            )
        )
        async with self._database.within(practice) as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        return StoredSignIn(
            row.practice_id,
            SignInId(row.id),
            PersonId(row.person_id),
            SignInKind(row.kind),
            row.created_at,
            row.seen_at,
            row.expires_at,
        )

    async def standing(self, asked: Sequence[tuple[PracticeId, SignInId]]) -> set[SignInId]:
        """Those of them that were not ended, and whose people are active."""
        query = (
            select(sign_ins.c.id)
            .join(
                people,
                (people.c.practice_id == sign_ins.c.practice_id) & (people.c.id == sign_ins.c.person_id),
            )
            .where(
                sign_ins.c.practice_id == any_(literal([p for p, _ in asked], ARRAY(Uuid))),
                sign_ins.c.id == any_(literal([s for _, s in asked], ARRAY(Uuid))),
                sign_ins.c.ended_at.is_(None),
                people.c.active,
            )
        )
        async with self._database.within(*{p for p, _ in asked}) as connection:
            return {SignInId(found) for found in await connection.scalars(query)}

    async def touch(self, practice: PracticeId, sign_in: SignInId, at: datetime) -> None:
        """Somebody acted."""
        async with self._database.within(practice) as connection:
            await connection.execute(
                update(sign_ins)
                .where(sign_ins.c.practice_id == practice, sign_ins.c.id == sign_in)
                .values(seen_at=at)
            )

    async def end(self, practice: PracticeId, sign_in: SignInId, at: datetime) -> bool:
        """Ends it and rings the bell; True for the one caller who ended it."""
        async with self._database.within(practice) as connection:
            ended = await connection.execute(
                update(sign_ins)
                .where(
                    sign_ins.c.practice_id == practice,
                    sign_ins.c.id == sign_in,
                    sign_ins.c.ended_at.is_(None),
                )
                .values(ended_at=at)
            )
            await ring(connection, f"o {sign_in}")
            return ended.rowcount == 1


class Directory:
    """Which practice does a name, address or token belong to? Keyed hashes and ids only."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, kind: str, hashed: bytes) -> list[tuple[PracticeId, UUID]]:
        """All practices and targets known under this hash."""
        query = select(directory.c.practice_id, directory.c.target_id).where(
            directory.c.kind == kind, directory.c.hash == hashed
        )
        async with self._database.anywhere() as connection:
            return [(PracticeId(row.practice_id), row.target_id) for row in await connection.execute(query)]

    async def find_many(self, kind: str, hashes: Sequence[bytes]) -> dict[bytes, tuple[PracticeId, UUID]]:
        """The practice and target of each hash that is known, for thousands at once."""
        query = select(directory.c.hash, directory.c.practice_id, directory.c.target_id).where(
            directory.c.kind == kind, directory.c.hash == any_(literal(hashes, ARRAY(LargeBinary)))
        )
        async with self._database.anywhere() as connection:
            rows = await connection.execute(query)
            return {row.hash: (PracticeId(row.practice_id), row.target_id) for row in rows}

    async def practices(self) -> list[PracticeId]:
        """Every practice of the installation."""
        query = select(directory.c.practice_id).where(directory.c.kind == "practice")
        async with self._database.anywhere() as connection:
            return [PracticeId(i) for i in await connection.scalars(query)]


@asynccontextmanager
async def _unless_taken(words: str) -> AsyncIterator[None]:
    """A unique index says that somebody was faster."""
    try:
        yield
    except IntegrityError as fault:
        raise Conflict(words) from fault


def _person(row: Any) -> StoredPerson:
    return StoredPerson(
        PracticeId(row.practice_id),
        PersonId(row.id),
        Role(row.role),
        EmailMode(row.email_mode),
        row.active,
        row.created_at,
        row.password_hash,
        row.sealed,
    )


def _columns(person: StoredPerson) -> dict[str, Any]:
    return {
        "practice_id": person.practice,
        "id": person.id,
        "role": person.role,
        "email_mode": person.email_mode,
        "active": person.active,
        "password_hash": person.password_hash,
        "sealed": person.sealed,
    }
