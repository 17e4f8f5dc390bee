"""Conversations, their members and sessions."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, and_, insert, literal, select, true, update

from messaging.conversations import AnswerRule, Conversation, Kind, Member, Session, SessionState
from messaging.ids import ConversationId, PersonId, PracticeId, SessionId
from messaging.people import Role
from messaging.stored import InboxRow, OwnerKey
from threads.bell import ring
from threads.database import Database
from threads.keys import keep_key
from threads.tables import conversations, entries, members, sessions
from threads.thread import stored_entry

_c, _m, _s = conversations.c, members.c, sessions.c

_WHOLE = (
    select(
        conversations,
        _m.person_id,
        _m.role,
        _m.read_number,
        _s.starts,
        _s.minutes,
        _s.opened_at,
    )
    .select_from(conversations)
    .outerjoin(
        members,
        and_(_m.practice_id == _c.practice_id, _m.conversation_id == _c.id, _m.left_at.is_(None)),
    )
    .outerjoin(sessions, and_(_s.practice_id == _c.practice_id, _s.id == _c.live_session))
    .order_by(_c.id, _m.joined_at, _m.person_id)
)


class Conversations:
    """Relations, sessions and read marks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, practice: PracticeId, conversation: ConversationId) -> Conversation | None:
        """The conversation with its current members."""
        query = _WHOLE.where(_c.practice_id == practice, _c.id == conversation)
        async with self._database.within(practice) as connection:
            rows = (await connection.execute(query)).all()
        return _conversation(rows) if rows else None

    async def of_person(self, practice: PracticeId, person: PersonId) -> list[InboxRow]:
        """All this person belongs to, each with its last message."""
        mine = members.alias("mine")
        belongs = and_(mine.c.practice_id == practice, mine.c.person_id == person, mine.c.left_at.is_(None))
        whole = _WHOLE.join(
            mine, and_(mine.c.practice_id == _c.practice_id, mine.c.conversation_id == _c.id)
        ).where(belongs)
        last = (
            select(entries)
            .where(
                entries.c.practice_id == mine.c.practice_id,
                entries.c.conversation_id == mine.c.conversation_id,
                entries.c.kind == literal("message"),
            )
            .order_by(entries.c.number.desc())
            .limit(1)
            .lateral("last")
        )
        async with self._database.within(practice) as connection:
            rows = (await connection.execute(whole)).all()
            messages = await connection.execute(
                select(last).select_from(mine.join(last, true())).where(belongs)
            )
            latest = {row.conversation_id: stored_entry(row) for row in messages}
        found = [_conversation(list(group)) for _, group in groupby(rows, key=lambda r: r.id)]
        return [
            InboxRow(c, member.read_number if (member := c.member(person)) else 0, latest.get(c.id))
            for c in found
        ]

    async def create(self, conversation: Conversation, key: OwnerKey, at: datetime) -> None:
        """A new conversation with its members and key."""
        where = {"practice_id": conversation.practice, "conversation_id": conversation.id}
        async with self._database.within(conversation.practice) as connection:
            await connection.execute(
                insert(conversations).values(
                    practice_id=conversation.practice,
                    id=conversation.id,
                    kind=conversation.kind,
                    revision=conversation.revision,
                    last_number=0,
                    answer_weekday=conversation.answer.weekday,
                    answer_by=conversation.answer.by,
                    created_at=at,
                )
            )
            await connection.execute(
                insert(members),
                [
                    {**where, "person_id": m.person, "role": m.role, "read_number": 0, "joined_at": at}
                    for m in conversation.members
                ],
            )
            await keep_key(connection, conversation.practice, key, at)

    async def book(self, practice: PracticeId, session: Session) -> None:
        """A booked session."""
        async with self._database.within(practice) as connection:
            await connection.execute(
                insert(sessions).values(
                    practice_id=practice,
                    id=session.id,
                    conversation_id=session.conversation,
                    state=session.state,
                    starts=session.starts,
                    minutes=session.minutes,
                )
            )

    async def extend(self, practice: PracticeId, session: Session) -> None:
        """A live session's new length; rings the bell, for it is no entry."""
        async with self._database.within(practice) as connection:
            await connection.execute(
                update(sessions)
                .where(_s.practice_id == practice, _s.id == session.id, _s.state == "live")
                .values(minutes=session.minutes)
            )
            await ring(connection, f"m {practice}/{session.conversation}")

    async def session(self, practice: PracticeId, session: SessionId) -> Session | None:
        """One session."""
        found = await self._sessions(practice, _s.id == session)
        return found[0] if found else None

    async def sessions_of(
        self, practice: PracticeId, conversation: ConversationId, limit: int
    ) -> list[Session]:
        """The latest sessions of a conversation, newest first."""
        query = (
            select(sessions)
            .where(_s.practice_id == practice, _s.conversation_id == conversation)
            .order_by(_s.starts.desc())
            .limit(limit)
        )
        async with self._database.within(practice) as connection:
            return [_session(row) for row in await connection.execute(query)]

    async def next_booked(
        self, practice: PracticeId, conversations: Iterable[ConversationId], after: datetime
    ) -> list[Session]:
        """Booked sessions of these conversations that are still to come, soonest first."""
        return await self._sessions(
            practice, _s.conversation_id.in_(list(conversations)), _s.state == "booked", _s.starts > after
        )

    async def _sessions(self, practice: PracticeId, *conditions: Any) -> list[Session]:
        query = select(sessions).where(_s.practice_id == practice, *conditions).order_by(_s.starts)
        async with self._database.within(practice) as connection:
            return [_session(row) for row in await connection.execute(query)]

    async def mark_read(
        self, practice: PracticeId, conversation: ConversationId, person: PersonId, number: int
    ) -> None:
        """Moves the person's own read mark forward, never beyond what is there."""
        last = (
            select(_c.last_number).where(_c.practice_id == practice, _c.id == conversation).scalar_subquery()
        )
        async with self._database.within(practice) as connection:
            await connection.execute(
                update(members)
                .where(
                    _m.practice_id == practice,
                    _m.conversation_id == conversation,
                    _m.person_id == person,
                    _m.read_number < number,
                    last >= number,
                )
                .values(read_number=number)
            )

    async def remove_member(
        self, practice: PracticeId, conversation: ConversationId, person: PersonId, at: datetime
    ) -> bool:
        """Ends a membership, raises the revision, and rings the bell. False when there was none."""
        async with self._database.within(practice) as connection:
            # The conversation first, as the writer locks it: no posting of theirs can follow in the same breath.
            await connection.execute(
                update(conversations)
                .where(_c.practice_id == practice, _c.id == conversation)
                .values(revision=_c.revision + 1)
            )
            ended = await connection.execute(
                update(members)
                .where(
                    _m.practice_id == practice,
                    _m.conversation_id == conversation,
                    _m.person_id == person,
                    _m.left_at.is_(None),
                )
                .values(left_at=at)
            )
            await ring(connection, f"m {practice}/{conversation}")
            return ended.rowcount == 1

    async def set_answer_rule(
        self, practice: PracticeId, conversation: ConversationId, rule: AnswerRule
    ) -> None:
        """When letters are answered here."""
        async with self._database.within(practice) as connection:
            await connection.execute(
                update(conversations)
                .where(_c.practice_id == practice, _c.id == conversation)
                .values(answer_weekday=rule.weekday, answer_by=rule.by)
            )


def _conversation(rows: "list[Row[Any]] | Any") -> Conversation:
    """From its joined rows, one a member."""
    first = rows[0]
    conversation = ConversationId(first.id)
    live = None
    if first.live_session is not None and first.opened_at is not None:
        live = Session(
            SessionId(first.live_session),
            conversation,
            SessionState.LIVE,
            first.starts,
            first.minutes,
            first.opened_at,
        )
    return Conversation(
        practice=PracticeId(first.practice_id),
        id=conversation,
        kind=Kind(first.kind),
        revision=first.revision,
        last_number=first.last_number,
        last_at=first.last_at,
        waiting_since=first.waiting_since,
        answer=AnswerRule(first.answer_weekday, first.answer_by),
        live=live,
        members=tuple(
            Member(PersonId(r.person_id), Role(r.role), r.read_number)
            for r in rows
            if r.person_id is not None
        ),
    )


def _session(row: Any) -> Session:
    return Session(
        SessionId(row.id),
        ConversationId(row.conversation_id),
        SessionState(row.state),
        row.starts,
        row.minutes,
        row.opened_at,
        row.ended_at,
    )
