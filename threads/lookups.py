"""Who shows a token, who is in a conversation, what is lacking: asked in groups, each one statement over many practices."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy import ARRAY, Select, Uuid, and_, bindparam, column, func
from sqlalchemy.dialects.postgresql.asyncpg import dialect

from messaging.conversations import Ground
from messaging.ids import ConversationId, PersonId, PracticeId, SignInId
from messaging.keeping import Keep
from messaging.memory.lookups import StoredBearer, StoredCircle, StoredPage
from messaging.memory.people import StoredPerson
from messaging.memory.sign_ins import SignInKind, StoredSignIn
from messaging.people import EmailMode, Role
from messaging.trust.access import Pass, Way
from threads.batches import Gathering, Weight
from threads.connection.limits import Limits
from threads.database import Connect, read_within
from threads.letters.ground import read_ground
from threads.planned import connect_planned
from threads.practice.whole import WHOLE, conversation_of_rows
from threads.record.pages import ENTRIES, entries_at_most, read_pages
from threads.tables.conversations import conversations, members
from threads.tables.people import data_keys, people

ARRIVALS: Final = 20_000
"""Who may wait for an answer: everyone of a large node at once."""

BEARERS: Final = """
select a.ord, s.practice_id, s.id, s.person_id, s.kind, s.created_at, s.seen_at, s.expires_at,
       s.device, s.stepped_up_until, s.shared, p.second_factor, p.grace_until, p.hat_of,
       p.role as person_role, p.email_mode, p.created_at as person_created_at, p.sealed as person_sealed,
       k.wrapped as person_key, o.wrapped as practice_key
  from unnest($1::uuid[], $2::bytea[]) with ordinality as a (practice_id, token_hash, ord)
  join sign_ins s on s.practice_id = a.practice_id and s.token_hash = a.token_hash and s.ended_at is null
  join people p on p.practice_id = s.practice_id and p.id = s.person_id and p.active
  left join data_keys k on k.practice_id = s.practice_id and k.owner_id = s.person_id
  left join data_keys o on o.practice_id = s.practice_id and o.owner_id = s.practice_id
"""


def _circles_query() -> Select[Any]:
    """What makes a conversation is said in one place (`WHOLE`); here it is asked of many, with people and keys."""
    c, m, p = conversations.c, members.c, people.c
    own, theirs = data_keys.alias("own"), data_keys.alias("theirs")
    ids = [bindparam(name, type_=ARRAY(Uuid)) for name in ("practices", "ids")]
    asked = (
        func.unnest(*ids)
        .table_valued(column("practice", Uuid), column("asked", Uuid), with_ordinality="ord", name="a")
        .render_derived()
    )
    return (
        WHOLE.join(asked, and_(asked.c.practice == c.practice_id, asked.c.asked == c.id))
        .outerjoin(own, and_(own.c.practice_id == c.practice_id, own.c.owner_id == c.id))
        .outerjoin(people, and_(p.practice_id == m.practice_id, p.id == m.person_id))
        .outerjoin(theirs, and_(theirs.c.practice_id == p.practice_id, theirs.c.owner_id == p.id))
        .add_columns(
            asked.c.ord,
            own.c.wrapped.label("own_key"),
            theirs.c.wrapped.label("person_key"),
            p.role.label("person_role"),
            p.email_mode,
            p.active,
            p.created_at.label("person_created_at"),
            p.sealed.label("person_sealed"),
        )
        .order_by(None)
        .order_by(asked.c.ord, m.joined_at, m.person_id)
    )


CIRCLES: Final = str(_circles_query().compile(dialect=dialect()))  # type: ignore[no-untyped-call]


class Lookups:
    """See `messaging.memory.lookups.Lookups`. `run` owns the four connections."""

    def __init__(self, connect: Connect, limits: Limits | None = None) -> None:
        async def planned() -> asyncpg.Connection:
            return await connect_planned(connect)

        self._bearers = Gathering(planned, _bearers, limits, waiting=ARRIVALS)
        self._circles = Gathering(planned, _circles, limits, waiting=ARRIVALS)
        self._grounds = Gathering(planned, read_ground, limits)
        self._pages = Gathering(
            planned, read_pages, limits, weight=Weight(ENTRIES, entries_at_most), waiting=ARRIVALS
        )

    async def run(self, keep: Keep) -> None:
        """Answers until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(keep("bearers", self._bearers.run))
            group.create_task(keep("circles", self._circles.run))
            group.create_task(keep("pages", self._pages.run))
            group.create_task(keep("grounds", self._grounds.run))

    async def bearer(self, practice: PracticeId, token_hash: bytes) -> StoredBearer | None:
        """Who shows this token."""
        return await self._bearers.ask((practice, token_hash))

    async def circle(self, practice: PracticeId, conversation: ConversationId) -> StoredCircle | None:
        """The conversation with everyone in it."""
        return await self._circles.ask((practice, conversation))

    async def page(self, held: Pass, number: int, limit: int) -> StoredPage | None:
        """Entries with numbers above `number`."""
        after = max(number, held.first - 1)
        return await self._pages.ask((held.practice, held.conversation, after, limit))

    async def ground(self, way: Way, author: PersonId, key: UUID) -> Ground | None:
        """What a letter is written upon."""
        return await self._grounds.ask((way.practice, way.conversation, author, key))


async def _bearers(
    connection: asyncpg.Connection, asked: Sequence[tuple[PracticeId, bytes]]
) -> list[StoredBearer | None]:
    practices, hashes = [practice for practice, _ in asked], [token_hash for _, token_hash in asked]
    rows = await read_within(connection, practices, BEARERS, practices, hashes)
    found = {row.ord: row for row in rows}
    return [_bearer(found[i]) if i in found else None for i in range(1, len(asked) + 1)]


def _bearer(row: Any) -> StoredBearer:
    practice, owner = PracticeId(row.practice_id), PersonId(row.person_id)
    sign_in = StoredSignIn(
        practice=practice,
        id=SignInId(row.id),
        person=owner,
        kind=SignInKind(row.kind),
        created_at=row.created_at,
        seen_at=row.seen_at,
        expires_at=row.expires_at,
        device=row.device or "",
        stepped_up_until=row.stepped_up_until,
        shared=row.shared,
    )
    person = replace(
        _person(row, active=True),
        second_factor=row.second_factor,
        grace_until=row.grace_until,
        hat_of=PersonId(row.hat_of) if row.hat_of else None,
    )
    return StoredBearer(sign_in, person, _keys((practice, row.practice_key), (owner, row.person_key)))


async def _circles(
    connection: asyncpg.Connection, asked: Sequence[tuple[PracticeId, ConversationId]]
) -> list[StoredCircle | None]:
    practices, ids = [practice for practice, _ in asked], [conversation for _, conversation in asked]
    rows = await read_within(connection, practices, CIRCLES, practices, ids)
    found = {ord_: list(group) for ord_, group in groupby(rows, key=lambda row: row.ord)}
    return [_circle(found[i]) if i in found else None for i in range(1, len(asked) + 1)]


def _circle(rows: list[Any]) -> StoredCircle:
    people = [row for row in rows if row.person_sealed is not None]
    return StoredCircle(
        conversation_of_rows(rows),
        tuple(_person(row, active=row.active) for row in people),
        _keys((rows[0].id, rows[0].own_key), *((row.person_id, row.person_key) for row in people)),
    )


def _person(row: Any, *, active: bool) -> StoredPerson:
    """Without the hash of the password, which nobody asks for here."""
    return StoredPerson(
        practice=PracticeId(row.practice_id),
        id=PersonId(row.person_id),
        role=Role(row.person_role),
        email_mode=EmailMode(row.email_mode),
        active=active,
        created_at=row.person_created_at,
        password_hash=None,
        sealed=row.person_sealed,
    )


def _keys(*pairs: tuple[UUID, bytes | None]) -> dict[UUID, bytes]:
    return {owner: wrapped for owner, wrapped in pairs if wrapped is not None}
