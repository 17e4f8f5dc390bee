"""Who is away: rows, and the queue of those at which somebody must look."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, func, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.conversations import CoverScope, StartAsked
from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.memory.absence import Counted, Offer, Reason, SetAway, StoredAbsence, StoredCover
from messaging.trust.access import Errand, Pass, Way
from threads.database import Database
from threads.practice.away import written_away
from threads.practice.covers import cover_of_row
from threads.practice.from_start import written_asked
from threads.queue import claim, settle, wake
from threads.tables.absence import absences, covers
from threads.tables.conversations import conversations

KIND: Final = "absence"
_a, _v, _c = absences.c, covers.c, conversations.c


class Absences:
    """See `messaging.memory.absence.Absences`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, new: StoredAbsence) -> bool:
        """Kept, and looked at soon. False where this person has one already that is not over."""
        async with self._database.within(new.practice) as connection:
            # One at a time for each person: the same absence said twice at once is one.
            await connection.execute(
                select(func.pg_advisory_xact_lock(func.hashtextextended(f"absence {new.person}", 0)))
            )
            open_one = select(_a.id).where(
                _a.practice_id == new.practice, _a.person_id == new.person, _a.ended_at.is_(None)
            )
            if await connection.scalar(open_one) is not None:
                return False
            await connection.execute(insert(absences).values(**_columns(new)))
            await wake(connection, KIND, new.practice, new.id, new.made_at)
            return True

    async def find(self, practice: PracticeId, absence: UUID) -> StoredAbsence | None:
        """One of them."""
        found = await self._found(practice, select(absences).where(_a.id == absence))
        return found[0] if found else None

    async def last_of(self, practice: PracticeId, person: PersonId) -> StoredAbsence | None:
        """Somebody's newest, over or not."""
        query = select(absences).where(_a.person_id == person).order_by(_a.made_at.desc()).limit(1)
        found = await self._found(practice, query)
        return found[0] if found else None

    async def covered_by(
        self, practice: PracticeId, person: PersonId, since: datetime
    ) -> Sequence[StoredAbsence]:
        """For which somebody was asked to stand in; what was over before `since` not."""
        late = or_(_a.ended_at.is_(None), _a.ended_at >= since)
        query = select(absences).where(_a.cover_id == person, late).order_by(_a.begins, _a.id)
        return await self._found(practice, query)

    async def standing(self, practice: PracticeId) -> Sequence[StoredAbsence]:
        """All that are not over, the first to begin first."""
        query = select(absences).where(_a.ended_at.is_(None)).order_by(_a.begins, _a.id)
        return await self._found(practice, query)

    async def say(self, practice: PracticeId, absence: UUID, was: Offer, now: Offer) -> bool:
        """What becomes of an offer; it is looked at soon. False where it is not as it was, or the absence is over."""
        open_one = (_a.practice_id == practice, _a.id == absence, _a.ended_at.is_(None))
        async with self._database.within(practice) as connection:
            said = await connection.execute(
                update(absences).where(*open_one, _a.offer == was).values(offer=now)
            )
            await wake(connection, KIND, practice, absence, await _now(connection))
            return said.rowcount == 1

    async def end(self, practice: PracticeId, absence: UUID, at: datetime) -> bool:
        """It is over. False: it was already."""
        open_one = (_a.practice_id == practice, _a.id == absence, _a.ended_at.is_(None))
        async with self._database.within(practice) as connection:
            ended = await connection.execute(update(absences).where(*open_one).values(ended_at=at))
            await wake(connection, KIND, practice, absence, await _now(connection))
            return ended.rowcount == 1

    async def covers(self, practice: PracticeId, absence: UUID) -> Sequence[StoredCover]:
        """How it stands in each conversation that knows of it."""
        query = (
            select(covers)
            .where(_v.practice_id == practice, _v.absence_id == absence)
            .order_by(_v.told_at, _v.conversation_id)
        )
        async with self._database.within(practice) as connection:
            return [cover_of_row(row) for row in await connection.execute(query)]

    async def covers_in(self, way: Way) -> Sequence[StoredCover]:
        """How those absences that are not over stand in one conversation."""
        mine = (_v.practice_id == way.practice, _v.conversation_id == way.conversation)
        query = (
            select(covers)
            .join(absences, (_a.practice_id == _v.practice_id) & (_a.id == _v.absence_id))
            .where(*mine, _a.ended_at.is_(None))
            .order_by(_a.begins, _a.id)
        )
        async with self._database.within(way.practice) as connection:
            return [cover_of_row(row) for row in await connection.execute(query)]

    async def answer(self, held: Pass, absence: UUID, at: datetime, *, agrees: bool) -> bool:
        """The holder's yes or no; a no ends it there for good. False where it is not asked of them."""
        mine = (
            _v.practice_id == held.practice,
            _v.conversation_id == held.conversation,
            _v.absence_id == absence,
        )
        # Not where it has lapsed, been declined or handed back meanwhile: there is nothing left to say yes or no to.
        asks = select(_a.id).where(
            _a.practice_id == held.practice,
            _a.id == absence,
            _a.ended_at.is_(None),
            _a.offer == Offer.ACCEPTED,
        )
        async with self._database.within(held.practice) as connection:
            query = select(covers).where(*mine, _v.ended_at.is_(None), _v.absence_id.in_(asks))
            row = (await connection.execute(query.with_for_update())).one_or_none()
            asked = cover_of_row(row).asked if row is not None else None
            if asked is None or asked.refused or held.person not in asked.asked:
                return False
            # Of a no is kept that it was said, not by whom.
            no = StartAsked(by=asked.by, at=asked.at, asked=frozenset(), refused=True)
            said = replace(asked, yes=asked.yes | {held.person}) if agrees else no
            await connection.execute(update(covers).where(*mine).values(asked=written_asked(said)))
            await wake(connection, KIND, held.practice, absence, at)
            return True

    async def set_away(self, way: Errand, wanted: SetAway) -> bool:
        """The effect, where there is nothing to write. False where something else was there."""
        async with self._database.within(way.practice) as connection:
            changed = await connection.execute(
                update(conversations)
                .where(
                    _c.practice_id == way.practice,
                    _c.id == way.conversation,
                    _c.away.is_not_distinct_from(written_away(wanted.was)),
                )
                .values(away=written_away(wanted.now))
            )
            return changed.rowcount == 1

    async def counted(
        self, practice: PracticeId, absence: UUID, until: datetime
    ) -> Mapping[ConversationId, Counted]:
        """What went on between its begin and then in the conversations that know of it."""
        asked = {"practice": practice, "absence": absence, "until": until}
        async with self._database.within(practice) as connection:
            rows = (await connection.execute(_COUNTED, asked)).all()
        return {
            ConversationId(row.conversation_id): Counted(row.arrived, row.answered, row.sessions)
            for row in rows
        }

    async def due(self, now: datetime, lease: timedelta, limit: int) -> list[tuple[PracticeId, UUID]]:
        """Claims absences at which somebody must look until `now + lease`, skipping those another node holds."""
        claimed = await claim(self._database, KIND, now, lease.total_seconds(), limit)
        return [(PracticeId(practice), item) for practice, item in claimed]

    async def attended(
        self, practice: PracticeId, absence: UUID, held_until: datetime, again: datetime | None
    ) -> None:
        """Done with for now; unless it was given another time meanwhile."""
        await settle(self._database, KIND, practice, absence, held_until, again)

    async def _found(self, practice: PracticeId, query: Any) -> list[StoredAbsence]:
        async with self._database.within(practice) as connection:
            rows = await connection.execute(query.where(_a.practice_id == practice))
            return [_absence_of_row(row) for row in rows]


async def _now(connection: AsyncConnection) -> datetime:
    return (await connection.execute(select(func.now()))).scalar_one()


def _columns(one: StoredAbsence) -> dict[str, Any]:
    return {
        "practice_id": one.practice,
        "id": one.id,
        "person_id": one.person,
        "from_day": one.first,
        "until_day": one.last,
        "begins": one.begins,
        "ends": one.ends,
        "reason": one.reason,
        "cover_id": one.cover,
        "scope": one.scope,
        "offer": one.offer,
        "offer_until": one.offer_until,
        "made_by": one.made_by,
        "made_at": one.made_at,
    }


def _absence_of_row(row: "Row[Any]") -> StoredAbsence:
    return StoredAbsence(
        practice=PracticeId(row.practice_id),
        id=row.id,
        person=PersonId(row.person_id),
        first=row.from_day,
        last=row.until_day,
        begins=row.begins,
        ends=row.ends,
        reason=Reason(row.reason),
        made_by=PersonId(row.made_by),
        made_at=row.made_at,
        cover=None if row.cover_id is None else PersonId(row.cover_id),
        scope=None if row.scope is None else CoverScope(row.scope),
        offer=None if row.offer is None else Offer(row.offer),
        offer_until=row.offer_until,
        ended_at=row.ended_at,
    )


_COUNTED: Final = text("""
select v.conversation_id,
       count(e.number) filter (where e.kind = 'message' and e.channel <> 'chat' and exists (
           select from members w where w.practice_id = e.practice_id and w.conversation_id = e.conversation_id
              and w.person_id = e.author_id and w.role = 'client')) as arrived,
       count(e.number) filter (where e.kind = 'message' and e.channel <> 'chat' and e.author_id = a.cover_id) as answered,
       (select count(*) from sessions s
         where s.practice_id = v.practice_id and s.conversation_id = v.conversation_id and s.state = 'ended'
           and s.opened_at >= a.begins and s.opened_at < :until) as sessions
  from absences a
  join covers v on v.practice_id = a.practice_id and v.absence_id = a.id
  left join entries e on e.practice_id = v.practice_id and e.conversation_id = v.conversation_id
                     and e.at >= a.begins and e.at < :until
 where a.practice_id = :practice and a.id = :absence
 group by v.practice_id, v.conversation_id, a.begins
""")
