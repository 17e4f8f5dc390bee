"""What a clinician keeps around sessions: minutes free before and after each, and how long before one it may be taken."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from messaging.errors import Malformed, NotFound
from messaging.memory.bookings import Margins
from messaging.office import Office
from messaging.people import Person

LONGEST: Final = {"before": 120, "after": 120, "notice": 14 * 24 * 60}
"""Minutes. Beyond, nothing could be booked between two sessions of a day, or nothing taken within two weeks."""


async def margins_of(office: Office, clinician: Person) -> Margins:
    """Their own. Raises NotFound for everyone else, Busy."""
    _must_be_clinician(clinician)
    return await office.memory.bookings.margins(clinician.practice, clinician.id)


async def set_margins(office: Office, clinician: Person, wanted: Mapping[str, Any]) -> Margins:
    """Changes those that are named, for what is booked from now on. Raises NotFound, Malformed, Busy."""
    _must_be_clinician(clinician)
    margins = checked_margins(wanted, await office.memory.bookings.margins(clinician.practice, clinician.id))
    await office.memory.bookings.set_margins(clinician.practice, clinician.id, margins)
    return margins


def checked_margins(wanted: Mapping[str, Any], known: Margins) -> Margins:
    """The margins with these changes. Raises Malformed."""
    if wanted.keys() - LONGEST.keys():
        raise Malformed("What is kept free around sessions is `before`, `after` and `notice`, in minutes.")
    return Margins(**{name: _minutes(name, value) for name, value in (asdict(known) | dict(wanted)).items()})


def _minutes(name: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LONGEST[name]:
        raise Malformed(f"`{name}` is 0 to {LONGEST[name]} minutes.")
    return value


def _must_be_clinician(person: Person) -> None:
    if not person.role.is_clinician:
        raise NotFound
