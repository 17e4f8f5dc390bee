"""Whether a release stands, asked in the statement that reads by it: a way is a statement about a moment."""

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import DateTime, Uuid, bindparam, exists

from messaging.trust.access import Slice
from threads.tables.releases import releases

_FOREVER: Final = datetime(9999, 12, 31, tzinfo=UTC)
_TIME: Final = DateTime(timezone=True)
_r = releases.c

SINCE: Final = bindparam("since", type_=_TIME)
UNTIL: Final = bindparam("until", type_=_TIME)
STANDS: Final = exists().where(
    _r.practice_id == bindparam("practice"),
    _r.conversation_id == bindparam("conversation"),
    _r.id == bindparam("release", type_=Uuid),
    _r.receiver_id == bindparam("reader", type_=Uuid),
    _r.ended_at.is_(None),
    _r.expires_at > bindparam("now", type_=_TIME),
)


def asked_by(way: Slice, now: datetime) -> dict[str, Any]:
    """What the three above ask for."""
    return {
        "practice": way.practice,
        "conversation": way.conversation,
        "release": way.release.id,
        "reader": way.reader,
        "now": now,
        "since": way.release.since,
        "until": way.release.until or _FOREVER,
    }
