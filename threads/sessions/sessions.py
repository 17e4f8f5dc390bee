"""Therapy sessions as kept."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from messaging.conversations import Session, SessionRules, SessionState
from messaging.ids import ConversationId, PracticeId, SessionId
from messaging.trust.access import Pass, Way
from threads.bell import ring
from threads.database import Database
from threads.queue import claim, next_due, settle, wake
from threads.tables.sessions import session_rules, sessions

_s, _r = sessions.c, session_rules.c

KIND: Final = "session"
"""In the queue: sessions that are not over, and when somebody must look at them next."""


class Sessions:
    """Booked, live and past."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def book(self, held: Pass, session: Session, at: datetime) -> None:
        """A booked session as an import has it, whatever else is at that time. It is due to be attended at `at`."""
        async with self._database.within(held.practice) as connection:
            await connection.execute(
                insert(sessions).values(
                    practice_id=held.practice,
                    id=session.id,
                    conversation_id=held.conversation,
                    state=session.state,
                    starts=session.starts,
                    minutes=session.minutes,
                    sequence=session.sequence,
                )
            )
            await wake(connection, KIND, held.practice, session.id, at)

    async def due(self, now: datetime, lease: timedelta, limit: int) -> list[tuple[PracticeId, SessionId]]:
        """Claims sessions that somebody must look at now, skipping those another node holds."""
        claimed = await claim(self._database, KIND, now, lease.total_seconds(), limit)
        return [(PracticeId(practice), SessionId(session)) for practice, session in claimed]

    async def next_due(self) -> datetime | None:
        """When the next one is due."""
        return await next_due(self._database, KIND)

    async def attended(
        self, practice: PracticeId, session: SessionId, held_until: datetime, again: datetime | None
    ) -> None:
        """Done with for now; unless it was changed meanwhile, which made it due at another time."""
        await settle(self._database, KIND, practice, session, held_until, again)

    async def rules(self, practice: PracticeId) -> SessionRules:
        """The practice's own, or the usual ones."""
        async with self._database.within(practice) as connection:
            row = (await connection.execute(select(session_rules).where(_r.practice_id == practice))).first()
        return rules_of_row(row)

    async def set_rules(self, practice: PracticeId, rules: SessionRules) -> None:
        """The practice's own from now on; whoever is in a session is told of them."""
        values = {**asdict(rules), "regions": "\n".join(rules.regions)}
        async with self._database.within(practice) as connection:
            await connection.execute(
                upsert(session_rules)
                .values(practice_id=practice, **values)
                .on_conflict_do_update(index_elements=["practice_id"], set_=values)
            )
            for conversation in await connection.scalars(
                select(_s.conversation_id).where(_s.practice_id == practice, _s.state == SessionState.LIVE)
            ):
                await ring(connection, f"m {practice}/{conversation}")

    async def named(self, practice: PracticeId, session: SessionId) -> Session | None:
        """One session, by which its conversation is known only then."""
        found = await self._sessions(practice, _s.id == session)
        return found[0] if found else None

    async def find(self, way: Way, session: SessionId) -> Session | None:
        """One session of the conversation."""
        found = await self._sessions(way.practice, _s.conversation_id == way.conversation, _s.id == session)
        return found[0] if found else None

    async def these(self, way: Way, sessions: Sequence[SessionId]) -> list[Session]:
        """Those of the conversation that are among these."""
        return await self._sessions(
            way.practice, _s.conversation_id == way.conversation, _s.id.in_(set(sessions))
        )

    async def of_conversation(self, way: Way, limit: int, until: datetime | None = None) -> list[Session]:
        """The latest sessions of the conversation, or the latest that start before `until`; newest first."""
        theirs = (_s.practice_id == way.practice, _s.conversation_id == way.conversation)
        query = (
            select(sessions)
            .where(*theirs, *(() if until is None else (_s.starts < until,)))
            .order_by(_s.starts.desc())
            .limit(limit)
        )
        async with self._database.within(way.practice) as connection:
            return [session_of_row(row) for row in await connection.execute(query)]

    async def to_come(self, way: Way, after: datetime) -> list[Session]:
        """Booked sessions of the conversation still to come, soonest first."""
        return await self.next_booked(way.practice, [way.conversation], after)

    async def next_booked(
        self, practice: PracticeId, conversations: Iterable[ConversationId], after: datetime
    ) -> list[Session]:
        """The same of these conversations."""
        return await self._sessions(
            practice, _s.conversation_id.in_(list(conversations)), _s.state == "booked", _s.starts > after
        )

    async def _sessions(self, practice: PracticeId, *conditions: Any) -> list[Session]:
        query = select(sessions).where(_s.practice_id == practice, *conditions).order_by(_s.starts)
        async with self._database.within(practice) as connection:
            return [session_of_row(row) for row in await connection.execute(query)]


def rules_of_row(row: Any) -> SessionRules:
    """The practice's rules of its row, or of columns joined from it; the usual ones where there is none."""
    if row is None or row.grace_minutes is None:
        return SessionRules()
    return SessionRules(
        grace_minutes=row.grace_minutes,
        plan_b_minutes=row.plan_b_minutes,
        reminder_minutes=row.reminder_minutes,
        code_word=row.code_word,
        regions=tuple(row.regions.splitlines()),
        cancel_minutes=row.cancel_minutes,
    )


def session_of_row(row: Any) -> Session:
    """One row, as a session."""
    return Session(
        id=SessionId(row.id),
        conversation=ConversationId(row.conversation_id),
        state=SessionState(row.state),
        starts=row.starts,
        minutes=row.minutes,
        opened_at=row.opened_at,
        ended_at=row.ended_at,
        sequence=row.sequence,
        late=row.late,
    )
