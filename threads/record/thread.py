"""A thread as kept: numbered, sealed entries, read by number and never by clock."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Boolean, and_, bindparam, func, literal, or_, select, union_all

from messaging.conversations import Spoke
from messaging.ids import ConversationId, EntryId, LetterId, PersonId, SessionId
from messaging.memory.arriving import FileState
from messaging.memory.record import StoredEntry, StoredFile
from messaging.messages import Channel, EntryKind
from messaging.releases import Part
from messaging.trust.access import Slice, Way, first_of
from threads.database import Database
from threads.releasing.standing import SINCE, STANDS, UNTIL, asked_by
from threads.tables.record import attachments, entries, message_ids

_e = entries.c

OCTETS: Final = 2_000_000
"""Of one page, sealed: a letter may have 800 000, and fifty of them are no page anybody reads. The first is always read."""
HIGHEST: Final = 2**31 - 1
"""The last number the column holds; whoever asks beyond it asks for nothing."""


def _page(condition: Any, order_of: Callable[[Any], Any]) -> Any:
    """A page of entries, and what amends them or amends what they amend.

    What a page says depends on what was said of it later, so both are read in one statement, and so in one state. The
    statements are made once: making one costs as much as running it.
    """
    here = (_e.practice_id == bindparam("practice"), _e.conversation_id == bindparam("conversation"))
    near = (
        select(entries)
        .where(*here, _e.number >= bindparam("first"), condition)
        .order_by(order_of(entries))
        .limit(bindparam("most"))
        .subquery("near")
    )
    size = func.octet_length(near.c.sealed)
    ahead = (func.sum(size).over(order_by=order_of(near)) - size).label("ahead")
    weighed = select(near, ahead).subquery("weighed")
    columns = [weighed.c[one.name] for one in entries.c]
    page = select(*columns).where(weighed.c.ahead < OCTETS).cte("page")
    first = select(func.least(func.min(page.c.number), func.min(page.c.amends))).scalar_subquery()
    last = select(func.max(page.c.number)).scalar_subquery()
    amending = select(entries, literal(True).label("beside")).where(
        *here, _e.amends >= first, _e.amends <= last
    )
    return union_all(select(page, literal(False).label("beside")), amending)


_AFTER: Final = _page(_e.number > bindparam("wanted"), lambda of: of.c.number)
_BEFORE: Final = _page(_e.number < bindparam("wanted"), lambda of: of.c.number.desc())
_FILES: Final = (
    select(attachments.c.number)
    .where(
        attachments.c.practice_id == bindparam("practice"),
        attachments.c.conversation_id == bindparam("conversation"),
        attachments.c.number > 0,
    )
    .scalar_subquery()
)
_WITH_FILES: Final = _page(
    and_(_e.number < bindparam("wanted"), _e.number.in_(_FILES)), lambda of: of.c.number.desc()
)
_NUMBERED: Final = _page(_e.number == bindparam("wanted"), lambda of: of.c.number)


# Which parts are kept as events is known to whoever opens them: those of the slice's time come along.
_KEPT_AS_EVENTS: Final = frozenset({Part.MEASURE, Part.PLAN})
_MESSAGE: Final = _e.kind == EntryKind.MESSAGE
_RELEASED: Final = _page(
    and_(
        STANDS,
        _e.number > bindparam("wanted"),
        _e.at.between(SINCE, UNTIL),
        or_(
            and_(bindparam("letters", type_=Boolean), _MESSAGE, _e.channel != Channel.CHAT),
            and_(bindparam("chats", type_=Boolean), _MESSAGE, _e.channel == Channel.CHAT),
            and_(bindparam("events", type_=Boolean), ~_MESSAGE),
        ),
    ),
    lambda of: of.c.number,
)


class Threads:
    """The record, read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def after(self, way: Way, number: int, limit: int) -> list[StoredEntry]:
        """Entries with numbers above `number`, in order; fewer than `limit` where they are long (OCTETS)."""
        return await self._read(_AFTER, way, min(number, HIGHEST), limit)

    async def before(self, way: Way, number: int, limit: int) -> list[StoredEntry]:
        """The last `limit` entries with numbers below `number`, in order; fewer where they are long (OCTETS)."""
        return await self._read(_BEFORE, way, min(number, HIGHEST), limit)

    async def with_files(self, way: Way, number: int, limit: int) -> list[StoredEntry]:
        """The last `limit` entries with numbers below `number` that files stand beside, in order."""
        return await self._read(_WITH_FILES, way, min(number, HIGHEST), limit)

    async def numbered(self, way: Way, number: int) -> StoredEntry | None:
        """One entry."""
        if not 0 < number <= HIGHEST:
            return None
        found = await self._read(_NUMBERED, way, number, 1)
        return found[0] if found else None

    async def released(self, way: Slice, number: int, limit: int, now: datetime) -> list[StoredEntry]:
        """Entries of the slice with numbers above `number`, in order; none once its release has ended."""
        parts = way.release.parts
        asked = {
            "first": 1,
            "wanted": min(number, HIGHEST),
            "most": limit,
            "letters": Part.LETTER in parts,
            "chats": Part.CHAT in parts,
            "events": bool(parts & _KEPT_AS_EVENTS),
        }
        async with self._database.within(way.practice) as connection:
            return with_amendments((await connection.execute(_RELEASED, asked | asked_by(way, now))).all())

    async def under_key(self, way: Way, author: PersonId, key: UUID) -> StoredEntry | None:
        """What its author first said under a key, without what amends it."""
        query = select(entries).where(
            _e.practice_id == way.practice,
            _e.conversation_id == way.conversation,
            _e.author_id == author,
            _e.key == key,
        )
        async with self._database.within(way.practice) as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else stored_entry(row)

    async def _read(self, query: Any, way: Way, number: int, limit: int) -> list[StoredEntry]:
        asked = {
            "practice": way.practice,
            "conversation": way.conversation,
            "first": first_of(way),
            "wanted": number,
            "most": limit,
        }
        async with self._database.within(way.practice) as connection:
            return with_amendments((await connection.execute(query, asked)).all())

    async def events(self, way: Way, since: datetime, until: datetime) -> list[StoredEntry]:
        """What happened within, in order; no messages."""
        query = (
            select(entries)
            .where(
                _e.practice_id == way.practice,
                _e.conversation_id == way.conversation,
                _e.kind == EntryKind.EVENT,
                _e.number >= first_of(way),
                _e.at >= since,
                _e.at <= until,
            )
            .order_by(_e.number)
        )
        async with self._database.within(way.practice) as connection:
            return [stored_entry(row) for row in await connection.execute(query)]

    async def spoke(self, way: Way, session: SessionId) -> list[Spoke]:
        """Who said something in a session, in the order of their first words."""
        first, last = func.min(_e.at).label("first"), func.max(_e.at).label("last")
        query = (
            select(_e.author_id, first, last, func.count().label("messages"))
            .where(
                _e.practice_id == way.practice,
                _e.conversation_id == way.conversation,
                _e.session_id == session,
                _e.kind == EntryKind.MESSAGE,
                _e.number >= first_of(way),
            )
            .group_by(_e.author_id)
            .order_by(first)
        )
        async with self._database.within(way.practice) as connection:
            rows = await connection.execute(query)
            return [Spoke(PersonId(row.author_id), row.first, row.last, row.messages) for row in rows]

    async def letters_by_message_ids(self, way: Way, hashes: Sequence[bytes]) -> dict[bytes, LetterId]:
        """The letter threads of those of these Message-IDs this conversation knows.

        One query, scoped to the conversation: a stranger's In-Reply-To can never place a letter elsewhere.
        """
        query = select(message_ids.c.hash, message_ids.c.letter_id).where(
            message_ids.c.practice_id == way.practice,
            message_ids.c.conversation_id == way.conversation,
            message_ids.c.hash.in_(hashes),
        )
        async with self._database.within(way.practice) as connection:
            return {row.hash: LetterId(row.letter_id) for row in await connection.execute(query)}

    async def attachment(self, way: Way, attachment: UUID) -> StoredFile | None:
        """A file of this conversation, once it may be handed out."""
        query = select(attachments.c.sealed, attachments.c.pieces).where(
            attachments.c.practice_id == way.practice,
            attachments.c.conversation_id == way.conversation,
            attachments.c.id == attachment,
            attachments.c.number >= first_of(way),
            attachments.c.state == FileState.CLEAN,
        )
        async with self._database.within(way.practice) as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else StoredFile(row.sealed, row.pieces)


def with_amendments(rows: Sequence[Any]) -> list[StoredEntry]:
    """Entries in order, each with what amends it, or amends what it amends. `beside` marks rows only read for that."""
    amending: defaultdict[int, list[StoredEntry]] = defaultdict(list)
    for row in sorted((r for r in rows if r.beside), key=_by_number):
        amending[row.amends].append(stored_entry(row))
    return [
        stored_entry(row, tuple(amending.get(row.amends or row.number, ())))
        for row in sorted((r for r in rows if not r.beside), key=_by_number)
    ]


def _by_number(row: Any) -> int:
    number: int = row.number
    return number


def stored_entry(row: Any, amendments: tuple[StoredEntry, ...] = ()) -> StoredEntry:
    """An entry from its row."""
    return StoredEntry(
        conversation=ConversationId(row.conversation_id),
        number=row.number,
        id=EntryId(row.id),
        author=PersonId(row.author_id),
        kind=EntryKind(row.kind),
        channel=Channel(row.channel),
        at=row.at,
        key=row.key,
        session=None if row.session_id is None else SessionId(row.session_id),
        letter=None if row.letter_id is None else LetterId(row.letter_id),
        amends=row.amends,
        sealed=row.sealed,
        amendments=amendments,
    )
