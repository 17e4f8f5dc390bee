"""What an inbox lists of conversations, for one reader or for several: the last message, and what each has not read."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Row, Uuid, and_, any_, exists, func, literal, select, true

from messaging.conversations import Conversation
from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.memory.inbox import InboxCounts, InboxHead, InboxRow, StoredArrangement
from messaging.memory.record import StoredEntry
from messaging.messages import EntryKind
from messaging.people import Role
from messaging.trust.access import Pass
from threads.database import Database
from threads.inbox.arranging import arrange
from threads.inbox.awaited import awaited_in
from threads.inbox.heads import counts_of, heads_of, own_of
from threads.inbox.raised import given, raised_at
from threads.practice.whole import WHOLE, conversation_of_rows
from threads.record.thread import stored_entry
from threads.tables.conversations import conversations, members
from threads.tables.drafts import drafts
from threads.tables.record import entries

COUNTED: Final = 2_000
"""Of a conversation's newest entries those not read are counted: beyond that nobody reads on by a number, and it costs."""

LETTER: Final = "letter"
"""The kind of a draft that becomes one."""

_c = conversations.c
_later, _target = entries.alias("later"), entries.alias("target")


class Inboxes:
    """See `messaging.memory.inbox.Inboxes`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_person(self, practice: PracticeId, person: PersonId) -> list[InboxRow]:
        """All this person belongs to."""
        return await self._rows(practice, _memberships(practice, [person]))

    async def own(
        self, practice: PracticeId, person: PersonId, clients: Sequence[PersonId] | None = None
    ) -> list[ConversationId]:
        """The names of those in which this person cares, of all or of some clients."""
        async with self._database.within(practice) as connection:
            return await own_of(connection, practice, person, clients)

    async def heads(self, practice: PracticeId, person: PersonId, long_ago: datetime) -> list[InboxHead]:
        """Of all those."""
        async with self._database.within(practice) as connection:
            return await heads_of(connection, practice, person, long_ago)

    async def counts(self, practice: PracticeId, person: PersonId) -> InboxCounts:
        """Of all those."""
        async with self._database.within(practice) as connection:
            return await counts_of(connection, practice, person)

    async def whole(
        self, practice: PracticeId, person: PersonId, wanted: Sequence[ConversationId]
    ) -> list[Conversation]:
        """Those of these conversations that this person belongs to."""
        mine = select(members.c.conversation_id).where(
            members.c.practice_id == practice,
            members.c.person_id == person,
            members.c.left_at.is_(None),
            members.c.conversation_id == _any_of(wanted),
        )
        async with self._database.within(practice) as connection:
            rows = (await connection.execute(WHOLE.where(_c.practice_id == practice, _c.id.in_(mine)))).all()
        return [conversation_of_rows(group) for group in _grouped(rows)]

    async def of_people(
        self, practice: PracticeId, people: Sequence[PersonId], wanted: Sequence[ConversationId]
    ) -> list[InboxRow]:
        """Those of these conversations that each of these people belongs to."""
        return await self._rows(practice, _memberships(practice, people, wanted))

    async def arrange(self, held: Pass, wanted: StoredArrangement) -> bool:
        """In one transaction."""
        async with self._database.within(held.practice) as connection:
            return await arrange(connection, held, wanted)

    async def _rows(self, practice: PracticeId, mine: Any) -> list[InboxRow]:
        here = select(mine.c.conversation_id).distinct().subquery("here")
        last = _last_message(practice, here)
        both = here.join(last, true())
        belongs = and_(_c.practice_id == practice, _c.id.in_(select(here.c.conversation_id)))
        async with self._database.within(practice) as connection:
            # Words first and who belongs last: what came after somebody's removal is never theirs to see.
            messages = (await connection.execute(select(last).select_from(both))).all()
            later = await connection.execute(select(_later).select_from(both.join(_later, _amends(last))))
            latest = _latest(messages, later.all())
            amending = _by_reader((await connection.execute(_amending(mine))).all())
            waiting = await awaited_in(connection, practice, here)
            counts = (await connection.execute(_counts(mine))).all()
            whole = (await connection.execute(WHOLE.where(belongs))).all()
        found = {group[0].id: conversation_of_rows(group) for group in _grouped(whole)}
        return [
            InboxRow(
                person=PersonId(row.reader),
                conversation=found[row.conversation_id],
                last=_readable(latest.get(row.conversation_id), found[row.conversation_id], row.reader),
                others=row.others,
                amending=amending.get((row.reader, row.conversation_id), ()),
                answered_aside=row.answered_aside,
                begun=row.begun,
                new=row.new,
                raised_at=row.raised_at,
                given=row.given,
                awaited=_all_readable(
                    waiting.get(row.conversation_id, ()), found[row.conversation_id], row.reader
                ),
            )
            for row in counts
            if row.conversation_id in found and found[row.conversation_id].member(row.reader)
        ]


def _readable(last: StoredEntry | None, conversation: Conversation, reader: PersonId) -> StoredEntry | None:
    """The last message, for who was there already when it was written."""
    member = conversation.member(reader)
    return last if last and member and last.number >= member.first_number else None


def _all_readable(
    some: Sequence[StoredEntry], conversation: Conversation, reader: PersonId
) -> tuple[StoredEntry, ...]:
    return tuple(one for one in some if _readable(one, conversation, reader))


def _grouped(whole: "Sequence[Row[Any]]") -> "list[list[Row[Any]]]":
    return [list(group) for _, group in groupby(whole, key=lambda row: row.id)]


def _memberships(
    practice: PracticeId, people: Sequence[PersonId], wanted: Sequence[ConversationId] | None = None
) -> Any:
    """Who of them belongs where, and from which number on there may be something they have not read."""
    m = members.c
    beyond = func.greatest(m.read_number, _c.last_number - COUNTED).label("beyond")
    query = (
        select(
            m.practice_id,
            m.conversation_id,
            m.person_id,
            m.snoozed_number,
            m.read_number,
            m.first_number,
            beyond,
        )
        .join(conversations, and_(_c.practice_id == m.practice_id, _c.id == m.conversation_id))
        .where(m.practice_id == practice, m.person_id == _any_of(people), m.left_at.is_(None))
    )
    if wanted is not None:
        query = query.where(m.conversation_id == _any_of(wanted))
    return query.subquery("mine")


def _any_of(ids: Sequence[UUID]) -> Any:
    return any_(literal(list(ids), ARRAY(Uuid)))


def _counts(mine: Any) -> Any:
    """Messages of others beyond the mark. Which of them were withdrawn only their amendments say, and those are sealed."""
    e = entries.c
    others = (
        select(func.count())
        .select_from(entries)
        .where(
            e.practice_id == mine.c.practice_id,
            e.conversation_id == mine.c.conversation_id,
            e.number > mine.c.beyond,
            e.kind == EntryKind.MESSAGE,
            e.author_id != mine.c.person_id,
        )
        .scalar_subquery()
    )
    return select(
        mine.c.person_id.label("reader"),
        mine.c.conversation_id,
        others.label("others"),
        _written(mine, [Role.CLIENT], mine.c.snoozed_number).label("answered_aside"),
        _begun(mine).label("begun"),
        (~_written(mine, [role for role in Role if role.is_clinician], literal(0))).label("new"),
        raised_at(mine).label("raised_at"),
        given(mine).label("given"),
    )


def _written(mine: Any, roles: Sequence[Role], beyond: Any) -> Any:
    """Whether somebody who belongs or belonged to it as one of these wrote beyond a number; not beyond none at all."""
    e, author = entries.c, members.alias("author")
    return exists().where(
        e.practice_id == mine.c.practice_id,
        e.conversation_id == mine.c.conversation_id,
        e.number > beyond,
        e.kind == EntryKind.MESSAGE,
        author.c.practice_id == e.practice_id,
        author.c.conversation_id == e.conversation_id,
        author.c.person_id == e.author_id,
        author.c.role.in_([role.value for role in roles]),
    )


def _begun(mine: Any) -> Any:
    d = drafts.c
    return exists().where(
        d.practice_id == mine.c.practice_id,
        d.conversation_id == mine.c.conversation_id,
        d.person_id == mine.c.person_id,
        d.kind == LETTER,
    )


def _amending(mine: Any) -> Any:
    """What the authors of those messages made of them later."""
    return (
        select(mine.c.person_id.label("reader"), _later)
        .select_from(mine)
        .join(
            _later,
            and_(
                _later.c.practice_id == mine.c.practice_id,
                _later.c.conversation_id == mine.c.conversation_id,
                _later.c.amends > mine.c.beyond,
                _later.c.author_id != mine.c.person_id,
            ),
        )
        .join(
            _target,
            and_(
                _target.c.practice_id == _later.c.practice_id,
                _target.c.conversation_id == _later.c.conversation_id,
                _target.c.number == _later.c.amends,
                _target.c.author_id == _later.c.author_id,
                _target.c.kind == EntryKind.MESSAGE,
            ),
        )
        .order_by(_later.c.number)
    )


def _by_reader(rows: "Sequence[Row[Any]]") -> dict[tuple[UUID, UUID], tuple[StoredEntry, ...]]:
    found: defaultdict[tuple[UUID, UUID], list[StoredEntry]] = defaultdict(list)
    for row in rows:
        found[row.reader, row.conversation_id].append(stored_entry(row))
    return {reader: tuple(some) for reader, some in found.items()}


def _last_message(practice: PracticeId, here: Any) -> Any:
    """The last message of each conversation."""
    return (
        select(entries)
        .where(
            entries.c.practice_id == practice,
            entries.c.conversation_id == here.c.conversation_id,
            entries.c.kind == literal(EntryKind.MESSAGE.value),
        )
        .order_by(entries.c.number.desc())
        .limit(1)
        .lateral("last")
    )


def _amends(last: Any) -> Any:
    return and_(
        _later.c.practice_id == last.c.practice_id,
        _later.c.conversation_id == last.c.conversation_id,
        _later.c.amends == last.c.number,
    )


def _latest(messages: "Sequence[Row[Any]]", amending: "Sequence[Row[Any]]") -> dict[UUID, StoredEntry]:
    """By conversation, each with what its author made of it later."""
    later: defaultdict[UUID, list[StoredEntry]] = defaultdict(list)
    for row in sorted(amending, key=lambda r: r.number):
        later[row.conversation_id].append(stored_entry(row))
    return {
        row.conversation_id: stored_entry(row, tuple(later.get(row.conversation_id, ()))) for row in messages
    }
