"""In which forms what an entry says beside its words is kept, where that is not the text itself (`facts`)."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from messaging.ids import parse_uuid


def moment(at: datetime) -> str:
    """RFC 3339 in UTC, to the millisecond: alike on every node."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _canonical(text: str) -> UUID:
    found = parse_uuid(text)
    if found is None:
        raise ValueError
    return found


def form(read: Callable[[str], Any], write: Callable[[Any], str]) -> Mapping[str, Any]:
    """How a field stands in the record, where that is not the text itself. `read` raises ValueError."""
    return {"read": read, "write": write}


ID: Final = form(_canonical, str)
HEX: Final = form(lambda text: UUID(hex=text), lambda named: str(named.hex))
WHOLE: Final = form(int, str)
YES: Final = form({"yes": True, "no": False}.__getitem__, lambda said: "yes" if said else "no")
LINES: Final = form(lambda text: tuple(text.splitlines()), "\n".join)
AS_SAID: Final = form(datetime.fromisoformat, datetime.isoformat)
"""With the offset it was said with."""
IN_UTC: Final = form(datetime.fromisoformat, lambda at: at.astimezone(UTC).isoformat())
ZULU: Final = form(datetime.fromisoformat, lambda at: at.astimezone(UTC).isoformat().replace("+00:00", "Z"))
"""Times as RFC 3339 in UTC: the record is read in other places, and after the zones' rules have changed."""
MILLISECONDS: Final = form(datetime.fromisoformat, moment)
