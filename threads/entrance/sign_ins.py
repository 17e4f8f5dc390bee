"""Sign-ins: the authenticated periods of browsers and programs, and invitations."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Uuid,
    any_,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.ids import PersonId, PracticeId, SignInId
from messaging.memory.sign_ins import LastInvitation, SignInKind, StoredSignIn
from threads.bell import ring
from threads.database import Database, unless_taken
from threads.tables.installation import directory
from threads.tables.people import people, sign_ins

SHOWN: Final = 200
"""Of one person's sign-ins at most: a list that is read by a person."""


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
                "device": s.device or None,
                "stepped_up_until": s.stepped_up_until,
                "known_device": s.known_device,
                "shared": s.shared,
            }
            for s, hashed in made
        ]
        practices_of = {s.practice for s, _ in made}
        async with (
            unless_taken("There is no such person."),
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
        return None if row is None else _sign_in(row)

    async def invitation_of(self, practice: PracticeId, person: PersonId) -> StoredSignIn | None:
        """The invitation of theirs that has not ended, whatever its time."""
        theirs = (sign_ins.c.practice_id == practice, sign_ins.c.person_id == person)
        query = (
            select(sign_ins)
            .where(*theirs, sign_ins.c.kind == SignInKind.INVITATION, sign_ins.c.ended_at.is_(None))
            .where(exists().where(people.c.practice_id == practice, people.c.id == person, people.c.active))
            .order_by(sign_ins.c.created_at.desc())
            .limit(1)
        )
        async with self._database.within(practice) as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else _sign_in(row)

    async def keep_words(self, practice: PracticeId, person: PersonId, hashed: bytes) -> None:
        """Under which words (a keyed hash) their invitation is found; former ones find nothing."""
        place = {"kind": "invitation_words", "practice_id": practice, "target_id": person}
        former = [directory.c[name] == value for name, value in place.items()]
        async with self._database.within(practice) as connection:
            await connection.execute(delete(directory).where(*former))
            await connection.execute(insert(directory).values(**place, hash=hashed))

    async def standing(self, asked: Sequence[tuple[PracticeId, SignInId]]) -> set[SignInId]:
        """Those of them that were not ended, and whose people are active."""
        query = (
            select(sign_ins.c.id)
            .join(
                people,
                (people.c.practice_id == sign_ins.c.practice_id) & (people.c.id == sign_ins.c.person_id),
            )
            .where(*_among(asked), sign_ins.c.ended_at.is_(None), people.c.active)
        )
        async with self._database.within(*{p for p, _ in asked}) as connection:
            return {SignInId(found) for found in await connection.scalars(query)}

    async def step_up(self, practice: PracticeId, sign_in: SignInId, until: datetime) -> None:
        """Whoever is behind it has said once more who they are."""
        async with self._database.within(practice) as connection:
            await connection.execute(
                update(sign_ins)
                .where(sign_ins.c.practice_id == practice, sign_ins.c.id == sign_in)
                .values(stepped_up_until=until)
            )

    async def share(self, practice: PracticeId, sign_in: SignInId, *, shared: bool, until: datetime) -> None:
        """Whether others use its device too, and until when it lasts at most."""
        async with self._database.within(practice) as connection:
            await connection.execute(
                update(sign_ins)
                .where(sign_ins.c.practice_id == practice, sign_ins.c.id == sign_in)
                .values(shared=shared, expires_at=until)
            )

    async def touch(self, practice: PracticeId, sign_in: SignInId, at: datetime) -> None:
        """Somebody acted."""
        async with self._database.within(practice) as connection:
            await connection.execute(
                update(sign_ins)
                .where(sign_ins.c.practice_id == practice, sign_ins.c.id == sign_in)
                .values(seen_at=at)
            )

    async def came_unknown(
        self, practice: PracticeId, person: PersonId, device: str, since: datetime
    ) -> bool:
        """Whether they came since then from a browser that was not known and said of itself what this one says."""
        came = exists().where(
            sign_ins.c.practice_id == practice,
            sign_ins.c.person_id == person,
            sign_ins.c.created_at > since,
            sign_ins.c.known_device.is_(False),
            func.coalesce(sign_ins.c.device, "") == device,
        )
        async with self._database.within(practice) as connection:
            return bool(await connection.scalar(select(came)))

    async def touch_all(self, there: Sequence[tuple[PracticeId, SignInId]], at: datetime) -> None:
        """Somebody acted behind each of these."""
        async with self._database.within(*{p for p, _ in there}) as connection:
            await connection.execute(update(sign_ins).where(*_among(there)).values(seen_at=at))

    async def seen(self, asked: Sequence[tuple[PracticeId, SignInId]]) -> dict[SignInId, datetime]:
        """When somebody acted last behind each of these."""
        query = select(sign_ins.c.id, sign_ins.c.seen_at).where(*_among(asked))
        async with self._database.within(*{p for p, _ in asked}) as connection:
            return {SignInId(row.id): row.seen_at for row in await connection.execute(query)}

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

    async def of_person(self, practice: PracticeId, person: PersonId) -> list[StoredSignIn]:
        """Those that have not ended, cookies and tokens, newest first."""
        query = (
            select(sign_ins)
            .where(
                sign_ins.c.practice_id == practice,
                sign_ins.c.person_id == person,
                sign_ins.c.kind.in_([kind for kind in SignInKind if kind.signs_in]),
                sign_ins.c.ended_at.is_(None),
            )
            .order_by(sign_ins.c.created_at.desc())
            .limit(SHOWN)
        )
        async with self._database.within(practice) as connection:
            return [_sign_in(row) for row in await connection.execute(query)]

    async def end_all(
        self,
        practice: PracticeId,
        person: PersonId,
        kinds: Sequence[SignInKind],
        at: datetime,
        but: SignInId | None = None,
    ) -> int:
        """Ends all of these kinds but one, and rings the bell; how many were running."""
        async with self._database.within(practice) as connection:
            return await end_sign_ins(connection, practice, person, kinds, at, but)

    async def invitations(
        self, practice: PracticeId, wanted: Sequence[PersonId]
    ) -> dict[PersonId, LastInvitation]:
        """The last invitation of each of these who was ever invited."""
        query = (
            select(sign_ins.c.person_id, sign_ins.c.created_at, sign_ins.c.expires_at, sign_ins.c.ended_at)
            .ext(distinct_on(sign_ins.c.person_id))
            .where(
                sign_ins.c.practice_id == practice,
                sign_ins.c.person_id == any_(literal(list(wanted), ARRAY(Uuid))),
                sign_ins.c.kind == SignInKind.INVITATION,
            )
            .order_by(sign_ins.c.person_id, sign_ins.c.created_at.desc())
        )
        async with self._database.within(practice) as connection:
            rows = (await connection.execute(query)).all()
        return {PersonId(r.person_id): LastInvitation(r.created_at, r.expires_at, r.ended_at) for r in rows}


async def end_sign_ins(
    connection: AsyncConnection,
    practice: PracticeId,
    person: PersonId,
    kinds: Sequence[SignInKind],
    at: datetime,
    but: SignInId | None = None,
) -> int:
    """Within a transaction of somebody else's: whoever is no longer here has no way in from the same moment.

    What they are signed in as under a second hat ends with it: it stood on the same password.
    """
    query = (
        update(sign_ins)
        .where(
            sign_ins.c.practice_id == practice,
            or_(sign_ins.c.person_id == person, sign_ins.c.person_id.in_(_hats_of(practice, person))),
            sign_ins.c.kind.in_(kinds),
            sign_ins.c.ended_at.is_(None),
        )
        .values(ended_at=at)
        .returning(sign_ins.c.id, sign_ins.c.kind, sign_ins.c.expires_at)
    )
    if but is not None:
        query = query.where(sign_ins.c.id != but)
    ended = (await connection.execute(query)).all()
    # Nobody is connected by an invitation, by the way back to an enquiry, or by what ran out before.
    for row in ended:
        if SignInKind(row.kind).signs_in and row.expires_at > at:
            await ring(connection, f"o {row.id}")
    return len(ended)


def _hats_of(practice: PracticeId, person: PersonId) -> Select[tuple[UUID]]:
    return select(people.c.id).where(people.c.practice_id == practice, people.c.hat_of == person)


def _among(asked: Sequence[tuple[PracticeId, SignInId]]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """By the whole key."""
    return (
        sign_ins.c.practice_id == any_(literal([p for p, _ in asked], ARRAY(Uuid))),
        sign_ins.c.id == any_(literal([s for _, s in asked], ARRAY(Uuid))),
    )


def _sign_in(row: Any) -> StoredSignIn:
    return StoredSignIn(
        practice=PracticeId(row.practice_id),
        id=SignInId(row.id),
        person=PersonId(row.person_id),
        kind=SignInKind(row.kind),
        created_at=row.created_at,
        seen_at=row.seen_at,
        expires_at=row.expires_at,
        device=row.device or "",
        stepped_up_until=row.stepped_up_until,
        known_device=row.known_device,
        shared=row.shared,
    )
