"""What each member of a conversation has still to agree to: a column of the question who belongs to it.

It rides there because that is asked before anything is begun, and so that no page and no letter asks once more. For a
practice without documents it is one look into an empty index.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Label, literal_column

from messaging.conversations import Due, Working

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# Of each original: since when the version after the last that they agreed to binds, in whichever language they agreed; and
# where they agreed to none, since when the first does. What will bind later is told too: the asker's clock decides.
DUE: Final[Label[Any]] = literal_column(
    """
case when members.role = 'client' then (
    select array_agg(o.way || ' ' || trunc(extract(epoch from o.since) * 1000000)) from (
        select d.way, coalesce(
                   (select max(coalesce(
                               (select min(v.binds_from) from document_versions v
                                 where v.practice_id = a.practice_id and v.document_id = a.document_id
                                   and v.version > a.version), timestamptz 'infinity'))
                      from agreements a
                      join documents s on s.practice_id = a.practice_id and s.id = a.document_id
                     where a.practice_id = conversations.practice_id and a.conversation_id = conversations.id
                       and a.person_id = members.person_id and a.withdrawn_at is null and s.original_id = d.id),
                   (select min(v.binds_from) from document_versions v
                     where v.practice_id = d.practice_id and v.document_id = d.id)) as since
          from documents d
         where d.practice_id = conversations.practice_id and d.id = d.original_id and d.ended_at is null) as o
     where isfinite(o.since)) end
"""
).label("due")


def read_due(kept: list[str] | None) -> tuple[Due, ...]:
    """The same, read."""
    return tuple(_due(*one.split(" ")) for one in kept or ())


def _due(way: str, microseconds: str) -> Due:
    return Due(Working(way), _EPOCH + timedelta(microseconds=int(microseconds)))
