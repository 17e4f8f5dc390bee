"""That a sealed identity was opened, told on its client's own pages: to who has no record of theirs alone to be told in.

In a conversation of several the others would read it. So it lies sealed with the client's own details, which nobody else
is shown, and there is no column or table by which it could be known whose identity was opened.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from messaging.details import Details, decode_details, person_place
from messaging.ids import PersonId
from messaging.office import Office
from messaging.people import Identity, Person, Role

KEPT: Final = 50
"""The newest: what is older is in the trail. Somebody's details stay small, for they are opened with each page."""


@dataclass(frozen=True, slots=True)
class IdentityOpening:
    """Who opened it, when they were first shown it, and what for. `request`: once for each, however often it is shown."""

    request: UUID
    by: PersonId
    name: str = field(repr=False)
    at: datetime
    reason: str = field(repr=False)


async def openings_of(office: Office, person: Person) -> Sequence[IdentityOpening]:
    """What they themselves are told, the newest first; nothing for everybody else. Raises Busy."""
    if person.role is not Role.CLIENT or person.identity is not Identity.SEALED:
        return ()
    found = await office.memory.people.find(person.practice, [person.id])
    if not found:
        return ()
    key = await office.keyring.key(person.practice, person.id)
    return _read(decode_details(key.open(person_place(person.practice, person.id), found[0].sealed)))


def with_opening(details: Details, opening: IdentityOpening) -> Details:
    """Told one more; the same request once."""
    known = _read(details)
    if any(one.request == opening.request for one in known):
        return details
    return replace(details, openings=json.dumps([_written(one) for one in (opening, *known)[:KEPT]]))


def _written(one: IdentityOpening) -> dict[str, str]:
    held = {"request": str(one.request), "by": str(one.by), "name": one.name}
    return held | {"at": one.at.isoformat(), "reason": one.reason}


def _read(details: Details) -> tuple[IdentityOpening, ...]:
    return tuple(
        IdentityOpening(
            request=UUID(one["request"]),
            by=PersonId(UUID(one["by"])),
            name=one["name"],
            at=datetime.fromisoformat(one["at"]),
            reason=one["reason"],
        )
        for one in json.loads(details.openings or "[]")
    )
