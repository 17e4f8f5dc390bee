"""The practice's own forms in their versions, as rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from messaging.ids import PersonId, PracticeId
from messaging.memory.forms import StoredForm
from messaging.memory.keys import OwnerKey
from threads.database import Database
from threads.keys import keep_key
from threads.tables.forms import form_versions, forms

_f, _v = forms.c, form_versions.c


class Forms:
    """See `messaging.memory.forms.Forms`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self, practice: PracticeId) -> list[StoredForm]:
        """Each in its newest version."""
        other = form_versions.alias()
        newest = select(func.max(other.c.version)).where(
            other.c.practice_id == _v.practice_id, other.c.form_id == _v.form_id
        )
        query = _versions(practice).where(_v.version == newest.scalar_subquery())
        return await self._found(practice, query.order_by(_f.made_at, _f.id))

    async def versions(self, practice: PracticeId, wanted: Sequence[UUID]) -> list[StoredForm]:
        """All of these, in order."""
        query = _versions(practice).where(_f.id.in_(wanted)).order_by(_f.made_at, _f.id, _v.version)
        return await self._found(practice, query)

    async def add(self, practice: PracticeId, form: StoredForm, key: OwnerKey) -> None:
        """With its first version and its key."""
        row = {"practice_id": practice, "id": form.id, "made_at": form.made_at}
        async with self._database.within(practice) as connection:
            await connection.execute(insert(forms).values(**row))
            await connection.execute(insert(form_versions).values(**_row(practice, form)))
            await keep_key(connection, practice, key, form.made_at)

    async def add_version(self, practice: PracticeId, form: StoredForm) -> bool:
        """Where its number is free."""
        made = (
            upsert(form_versions)
            .values(**_row(practice, form))
            .on_conflict_do_nothing()
            .returning(_v.version)
        )
        async with self._database.within(practice) as connection:
            return (await connection.execute(made)).first() is not None

    async def end(self, practice: PracticeId, form: UUID, at: datetime) -> None:
        """From then on; whoever ended it first did."""
        ended = update(forms).where(_f.practice_id == practice, _f.id == form, _f.ended_at.is_(None))
        async with self._database.within(practice) as connection:
            await connection.execute(ended.values(ended_at=at))

    async def _found(self, practice: PracticeId, query: Select[Any]) -> list[StoredForm]:
        async with self._database.within(practice) as connection:
            return [_form(row) for row in await connection.execute(query)]


def _versions(practice: PracticeId) -> Select[Any]:
    same = and_(_v.practice_id == _f.practice_id, _v.form_id == _f.id)
    columns = (
        _f.id,
        _f.made_at,
        _f.ended_at,
        _v.version,
        _v.author_id,
        _v.made_at.label("changed_at"),
        _v.sealed,
    )
    return select(*columns).join_from(forms, form_versions, same).where(_f.practice_id == practice)


def _form(row: Any) -> StoredForm:
    return StoredForm(
        id=row.id,
        made_at=row.made_at,
        ended_at=row.ended_at,
        version=row.version,
        author=PersonId(row.author_id),
        changed_at=row.changed_at,
        sealed=row.sealed,
    )


def _row(practice: PracticeId, form: StoredForm) -> dict[str, Any]:
    return {
        "practice_id": practice,
        "form_id": form.id,
        "version": form.version,
        "author_id": form.author,
        "made_at": form.changed_at,
        "sealed": form.sealed,
    }
