"""The practice's documents, and what was agreed to, as rows."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import insert, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from messaging.conversations import Working
from messaging.ids import PersonId, PracticeId
from messaging.memory.agreements import Agree, StoredAgreement, StoredDocument, StoredVersion, TakeBack
from messaging.memory.exchanges import AnswerBy
from messaging.memory.keys import OwnerKey
from messaging.trust.access import Way
from threads.agreements.exchanges import answered_statements
from threads.database import Database
from threads.keys import keep_key
from threads.tables.agreements import agreements, document_versions, documents

_d, _v, _a = documents.c, document_versions.c, agreements.c


class Agreements:
    """See `messaging.memory.agreements.Agreements`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def documents(self, practice: PracticeId, document: UUID | None = None) -> list[StoredDocument]:
        """Each with the numbers and times of its versions."""
        named = [] if document is None else [_d.id == document]
        query = select(documents).where(_d.practice_id == practice, *named).order_by(_d.made_at, _d.id)
        numbers = [one for one in document_versions.c if one is not _v.sealed]
        of = [] if document is None else [_v.document_id == document]
        dated = select(*numbers).where(_v.practice_id == practice, *of).order_by(_v.version)
        async with self._database.within(practice) as connection:
            rows = (await connection.execute(query)).all()
            if not rows:
                return []
            versions: dict[UUID, list[StoredVersion]] = defaultdict(list)  # bound: those there are
            for row in await connection.execute(dated):
                versions[row.document_id].append(_version(row, b""))
        return [_document(row, tuple(versions[row.id])) for row in rows]

    async def versions(self, practice: PracticeId, wanted: Sequence[tuple[UUID, int]]) -> list[StoredVersion]:
        """With their words."""
        if not wanted:
            return []
        query = select(document_versions).where(
            _v.practice_id == practice, tuple_(_v.document_id, _v.version).in_(wanted)
        )
        async with self._database.within(practice) as connection:
            return [_version(row, row.sealed) for row in await connection.execute(query)]

    async def add_document(
        self, practice: PracticeId, document: StoredDocument, first: StoredVersion, key: OwnerKey
    ) -> None:
        """With its first version and its key."""
        row = {
            "practice_id": practice,
            "id": document.id,
            "language": document.language,
            "way": document.way,
            "original_id": document.original,
            "made_at": document.made_at,
        }
        async with self._database.within(practice) as connection:
            await connection.execute(insert(documents).values(**row))
            await connection.execute(insert(document_versions).values(**_row(practice, first)))
            await keep_key(connection, practice, key, document.made_at)

    async def add_version(self, practice: PracticeId, version: StoredVersion) -> bool:
        """Where its number is free."""
        made = (
            upsert(document_versions)
            .values(**_row(practice, version))
            .on_conflict_do_nothing()
            .returning(_v.version)
        )
        async with self._database.within(practice) as connection:
            return (await connection.execute(made)).first() is not None

    async def end_document(self, practice: PracticeId, document: UUID, at: datetime) -> None:
        """From then on; whoever ended it first did."""
        ended = update(documents).where(_d.practice_id == practice, _d.id == document, _d.ended_at.is_(None))
        async with self._database.within(practice) as connection:
            await connection.execute(ended.values(ended_at=at))

    async def agreed(self, way: Way) -> list[StoredAgreement]:
        """In order."""
        query = (
            select(agreements)
            .where(_a.practice_id == way.practice, _a.conversation_id == way.conversation)
            .order_by(_a.at, _a.id)
        )
        async with self._database.within(way.practice) as connection:
            return [_agreement(row) for row in await connection.execute(query)]


def _document(row: Any, versions: tuple[StoredVersion, ...]) -> StoredDocument:
    return StoredDocument(
        id=row.id,
        language=row.language,
        way=Working(row.way),
        original=row.original_id,
        made_at=row.made_at,
        ended_at=row.ended_at,
        versions=versions,
    )


def _version(row: Any, sealed: bytes) -> StoredVersion:
    return StoredVersion(
        document=row.document_id,
        number=row.version,
        author=PersonId(row.author_id),
        made_at=row.made_at,
        binds_from=row.binds_from,
        sealed=sealed,
    )


def _row(practice: PracticeId, version: StoredVersion) -> dict[str, Any]:
    return {
        "practice_id": practice,
        "document_id": version.document,
        "version": version.number,
        "author_id": version.author,
        "made_at": version.made_at,
        "binds_from": version.binds_from,
        "sealed": version.sealed,
    }


def _agreement(row: Any) -> StoredAgreement:
    return StoredAgreement(
        id=row.id,
        person=PersonId(row.person_id),
        document=row.document_id,
        version=row.version,
        at=row.at,
        withdrawn_at=row.withdrawn_at,
        sealed=row.sealed,
    )


def agreed_statements(effect: Agree | TakeBack | AnswerBy) -> list[tuple[str, tuple[Any, ...]]]:
    """Statements and their arguments from the third on; practice and conversation come first in each."""
    if isinstance(effect, AnswerBy):
        return answered_statements(effect)
    if isinstance(effect, TakeBack):
        return [(_TAKE_BACK, (effect.person, list(effect.documents), effect.at)), (_REVISED, ())]
    one = effect.agreement
    return [(_AGREE, (one.id, one.person, one.document, one.version, one.at, one.sealed)), (_REVISED, ())]


_AGREE: Final = """
insert into agreements (practice_id, conversation_id, id, person_id, document_id, version, at, sealed)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_TAKE_BACK: Final = """
update agreements set withdrawn_at = $5
 where practice_id = $1 and conversation_id = $2 and person_id = $3 and document_id = any($4::uuid[])
   and withdrawn_at is null
"""
# What they may begin is another from now on: whoever follows it is admitted anew.
_REVISED: Final = "update conversations set revision = revision + 1 where practice_id = $1 and id = $2"
