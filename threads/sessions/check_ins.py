"""Check-ins and code words, read; a check-in is written with its event (see effects)."""

from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from messaging.ids import PersonId, PracticeId, SessionId
from messaging.memory.check_ins import StoredCheckIn, StoredCodeWord
from messaging.trust.access import Pass
from threads.database import Database
from threads.tables.sessions import check_ins, code_words

_c, _w = check_ins.c, code_words.c


class CheckIns:
    """What somebody answered stays sealed; of a word only its hash is here."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_session(self, held: Pass, session: SessionId) -> list[StoredCheckIn]:
        """All of a session of the conversation, in order of time."""
        query = select(check_ins).where(*_here(held), _c.session_id == session).order_by(_c.at, _c.id)
        return await self._found(held.practice, query)

    async def latest(self, held: Pass, limit: int) -> list[StoredCheckIn]:
        """The holder's last ones in any session of the conversation, newest first."""
        query = (
            select(check_ins)
            .where(*_here(held), _c.person_id == held.person)
            .order_by(_c.at.desc(), _c.id)
            .limit(limit)
        )
        return await self._found(held.practice, query)

    async def newest(self, held: Pass, limit: int) -> list[StoredCheckIn]:
        """Everybody's last ones in any session of the conversation, newest first."""
        query = select(check_ins).where(*_here(held)).order_by(_c.at.desc(), _c.id).limit(limit)
        return await self._found(held.practice, query)

    async def code_word(self, practice: PracticeId, person: PersonId) -> StoredCodeWord | None:
        """The person's word, or None."""
        query = select(_w.hash, _w.set_at).where(_w.practice_id == practice, _w.person_id == person)
        async with self._database.within(practice) as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else StoredCodeWord(row.hash, row.set_at)

    async def set_code_word(
        self, practice: PracticeId, person: PersonId, word: StoredCodeWord, *, replace: bool
    ) -> bool:
        """Keeps it; without `replace` only where there is none yet. Whether it was kept."""
        insert = upsert(code_words).values(
            practice_id=practice, person_id=person, hash=word.hash, set_at=word.set_at
        )
        key = [_w.practice_id, _w.person_id]
        statement = (
            insert.on_conflict_do_update(
                index_elements=key, set_={"hash": insert.excluded.hash, "set_at": insert.excluded.set_at}
            )
            if replace
            else insert.on_conflict_do_nothing(index_elements=key)
        )
        async with self._database.within(practice) as connection:
            return (await connection.execute(statement)).rowcount == 1

    async def forget_code_word(self, practice: PracticeId, person: PersonId) -> bool:
        """Whether there was one."""
        statement = delete(code_words).where(_w.practice_id == practice, _w.person_id == person)
        async with self._database.within(practice) as connection:
            return (await connection.execute(statement)).rowcount == 1

    async def _found(self, practice: PracticeId, query: Any) -> list[StoredCheckIn]:
        async with self._database.within(practice) as connection:
            return [
                StoredCheckIn(
                    id=row.id,
                    session=SessionId(row.session_id),
                    person=PersonId(row.person_id),
                    at=row.at,
                    sealed=row.sealed,
                )
                for row in await connection.execute(query)
            ]


def _here(held: Pass) -> tuple[ColumnElement[bool], ...]:
    return _c.practice_id == held.practice, _c.conversation_id == held.conversation
