"""Who could have read what: asked for a report of a breach, once in years, by a window of time."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select, true

from messaging.conversations import Kind
from messaging.ids import ConversationId, PersonId
from messaging.memory.sign_ins import SignInKind
from messaging.memory.trail import Access, Openings, Span, Window
from messaging.people import Role
from messaging.trust.noted import Door, Noted
from threads.database import Database
from threads.tables.conversations import conversations, members
from threads.tables.people import sign_ins
from threads.tables.record import entries
from threads.tables.trail import trail


class Exposures:
    """See `messaging.memory.trail`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def spans(
        self, window: Window, person: PersonId | None, conversation: ConversationId | None
    ) -> list[Span]:
        """All who belonged, in the window, to a conversation of this person, to this one, or to any."""
        query = _spans(window)
        m = members.c
        if conversation is not None:
            query = query.where(m.conversation_id == conversation)
        if person is not None:
            theirs = select(m.conversation_id).where(m.practice_id == window.practice, m.person_id == person)
            query = query.where(m.conversation_id.in_(theirs.correlate(None)))
        async with self._database.within(window.practice) as connection:
            return [_span(row) for row in await connection.execute(query)]

    async def sign_ins(self, window: Window, people: Collection[PersonId]) -> list[Access]:
        """What could have acted for these people in the window."""
        s = sign_ins.c
        ends = func.least(func.coalesce(s.ended_at, s.expires_at), s.expires_at)
        query = (
            select(sign_ins, ends.label("ends"))
            .where(
                s.practice_id == window.practice,
                s.person_id.in_(list(people)),
                s.kind != SignInKind.INVITATION,
                s.created_at < window.until,
                ends > window.since,
            )
            .order_by(s.created_at, s.id)
        )
        async with self._database.within(window.practice) as connection:
            return [
                Access(
                    person=PersonId(row.person_id),
                    kind=SignInKind(row.kind),
                    device=row.device or "",
                    begun=row.created_at,
                    seen=row.seen_at,
                    ends=row.ends,
                )
                for row in await connection.execute(query)
            ]

    async def openings(self, window: Window, conversations: Collection[ConversationId]) -> list[Openings]:
        """Who opened these in the window."""
        t = trail.c
        query = (
            select(
                t.subject_id,
                t.actor_id,
                t.door,
                func.count().label("times"),
                func.min(t.at).label("first"),
                func.max(t.at).label("last"),
            )
            .where(
                t.practice_id == window.practice,
                t.subject_id.in_(list(conversations)),
                t.action == Noted.OPENED,
                t.at >= window.since,
                t.at < window.until,
            )
            .group_by(t.subject_id, t.actor_id, t.door)
            .order_by(t.subject_id, func.min(t.at), t.actor_id)
        )
        async with self._database.within(window.practice) as connection:
            return [
                Openings(
                    conversation=ConversationId(row.subject_id),
                    person=PersonId(row.actor_id),
                    door=Door(row.door) if row.door else None,
                    times=row.times,
                    first=row.first,
                    last=row.last,
                )
                for row in await connection.execute(query)
            ]


def _spans(window: Window) -> Select[Any]:
    m, ends = members.c, func.least(func.coalesce(members.c.left_at, window.until), window.until)
    could = and_(entries.c.number >= m.first_number, entries.c.at < ends)
    counted = (
        select(
            func.count(case((could, 1))).label("readable"),
            func.count(case((and_(could, entries.c.at >= window.since), 1))).label("written"),
        )
        .where(
            entries.c.practice_id == window.practice,
            entries.c.conversation_id == m.conversation_id,
            entries.c.at < window.until,
        )
        .lateral("counted")
    )
    c = conversations.c
    return (
        select(members, c.kind, counted.c.readable, counted.c.written)
        .join(conversations, and_(c.practice_id == window.practice, c.id == m.conversation_id))
        .join(counted, true())
        .where(
            m.practice_id == window.practice,
            m.joined_at < window.until,
            or_(m.left_at.is_(None), m.left_at > window.since),
        )
        .order_by(m.conversation_id, m.joined_at, m.person_id)
    )


def _span(row: Any) -> Span:
    return Span(
        conversation=ConversationId(row.conversation_id),
        kind=Kind(row.kind),
        person=PersonId(row.person_id),
        role=Role(row.role),
        joined=row.joined_at,
        left=row.left_at,
        readable=row.readable,
        written=row.written,
    )
