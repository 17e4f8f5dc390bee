"""The forms in which facts are kept (`facts`): how a value stands in the record where that is not the text itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from messaging.ids import PersonId, parse_uuid


@dataclass(frozen=True, slots=True)
class OpenPgp:
    """What is known of a letter's signature (`channels.email.sealing.opening.Signed`). `opened`: it came encrypted to us."""

    signed: str
    opened: bool = False


@dataclass(frozen=True, slots=True)
class Quoted:
    """Which letter is quoted: its number, its author and its time."""

    number: int
    author: PersonId
    at: datetime


def quoted_text(quoted: Quoted) -> str:
    """As it is kept."""
    return f"{quoted.number} {quoted.author} {quoted.at.isoformat()}"


def read_quoted(text: str) -> Quoted:
    """The inverse of `quoted_text`. Raises ValueError."""
    number, author, at = text.split(" ")
    return Quoted(int(number), PersonId(UUID(author)), datetime.fromisoformat(at))


def moment(at: datetime) -> str:
    """RFC 3339 in UTC, to the millisecond: alike on every node."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _canonical(text: str) -> UUID:
    found = parse_uuid(text)
    if found is None:
        raise ValueError
    return found


def _read_openpgp(text: str) -> OpenPgp:
    return OpenPgp(text.removeprefix("encrypted "), opened=text.startswith("encrypted "))


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
DAY: Final = form(date.fromisoformat, date.isoformat)
"""By the practice's clock."""
MILLISECONDS: Final = form(datetime.fromisoformat, moment)
OPENPGP: Final = form(_read_openpgp, lambda told: f"{'encrypted ' if told.opened else ''}{told.signed}")
QUOTED: Final = form(read_quoted, quoted_text)
