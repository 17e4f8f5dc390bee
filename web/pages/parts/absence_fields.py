"""What forms about an absence say: days, who stands in, and for what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from messaging.absence.declaring import Wanted, checked_wanted, say_sudden, today
from messaging.errors import Malformed
from messaging.ids import PersonId, parse_uuid
from web.pages.parts.asking import Visit

CHOOSE: Final = "Please choose whose absence it is, and say that they could not say it."


@dataclass(frozen=True, slots=True)
class Fields:
    """What a form said that was refused."""

    first: str = ""
    until: str = ""
    cover: str = ""
    scope: str = ""
    person: str = ""


NOTHING: Final = Fields()
"""A form that nobody has filled in."""


async def said_of(visit: Visit, fields: Mapping[str, str], said: Fields) -> None:
    """Of somebody who could not say it, from today on. Raises Malformed, Conflict, NotFound, Busy."""
    absent = parse_uuid(fields.get("person"))
    if absent is None or fields.get("sure") != "yes":
        raise Malformed(CHOOSE)
    day = today(visit.practice, visit.here.now).isoformat()
    wanted = wanted_in({"from": day, "until": said.until, "cover": said.cover, "scope": said.scope})
    await say_sudden(visit.office, visit.person, PersonId(absent), wanted)


def wanted_in(fields: Mapping[str, str]) -> Wanted:
    """As a form says it: nobody chosen is nobody. Raises Malformed."""
    said = {name: fields[name] for name in ("from", "until", "cover", "scope") if fields.get(name)}
    if "cover" not in said:
        said.pop("scope", None)
    return checked_wanted(said)


def fields_in(fields: Mapping[str, str]) -> Fields:
    """As they were said, to be shown once more."""
    named = {name: fields.get(name, "") for name in ("until", "cover", "scope", "person")}
    return Fields(first=fields.get("from", ""), **named)


def noon(visit: Visit, day: date) -> datetime:
    """A day, as the forms of dates take it."""
    return datetime.combine(day, time(12), visit.here.zone)
