"""Snippets as kept: by whose they are."""

from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from messaging.ids import PersonId, PracticeId
from messaging.memory.snippets import StoredSnippet
from threads.database import Database
from threads.tables.people import people
from threads.tables.snippets import snippets

_s, _p = snippets.c, people.c


class Snippets:
    """See `messaging.memory.snippets.Snippets`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, practice: PracticeId, person: PersonId) -> list[StoredSnippet]:
        """All of theirs."""
        query = select(_s.id, _s.at, _s.sealed).where(_s.practice_id == practice, _s.person_id == person)
        async with self._database.within(practice) as connection:
            rows = await connection.execute(query)
            return [StoredSnippet(row.id, row.at, row.sealed) for row in rows]

    async def keep(self, practice: PracticeId, person: PersonId, kept: StoredSnippet, most: int) -> bool:
        """A new one, or other words for one of theirs."""
        whose = (_s.practice_id == practice, _s.person_id == person)
        others = select(func.count()).select_from(snippets).where(*whose, _s.id != kept.id)
        # Of one person one after the other: the count must hold.
        locked = select(_p.id).where(_p.practice_id == practice, _p.id == person)
        row = {
            "practice_id": practice,
            "person_id": person,
            "id": kept.id,
            "at": kept.at,
            "sealed": kept.sealed,
        }
        made = insert(snippets).values(row)
        made = made.on_conflict_do_update(
            index_elements=[_s.practice_id, _s.person_id, _s.id],
            set_={"at": kept.at, "sealed": kept.sealed},
        )
        async with self._database.within(practice) as connection:
            await connection.execute(locked.with_for_update(key_share=True))
            if (await connection.scalar(others) or 0) >= most:
                return False
            await connection.execute(made)
        return True

    async def remove(self, practice: PracticeId, person: PersonId, snippet: UUID) -> None:
        """It is gone."""
        gone = delete(snippets).where(_s.practice_id == practice, _s.person_id == person, _s.id == snippet)
        async with self._database.within(practice) as connection:
            await connection.execute(gone)
