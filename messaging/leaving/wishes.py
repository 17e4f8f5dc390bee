"""What a client wants of our mail beside its mode: receipts, and times in their own zone. Sealed with their name."""

from dataclasses import dataclass, replace
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from messaging.errors import Busy, Malformed, NotFound
from messaging.office import Office
from messaging.people import Person, encode_details
from messaging.record.reading import details_of, person_place

TRIES: Final = 5
"""Somebody else may change the same details; more often than this nobody does."""


@dataclass(frozen=True, slots=True)
class MailWishes:
    """`time_zone` None: times are the practice's."""

    time_zone: str | None
    receipts: bool


async def choose_wishes(office: Office, person: Person, wishes: MailWishes) -> None:
    """From now on. Twice is once. Raises Malformed for a zone nobody knows, Busy."""
    if wishes.time_zone is not None:
        known_zone(wishes.time_zone)
    for _ in range(TRIES):
        found = await office.memory.people.find(person.practice, [person.id])
        if not found:
            raise NotFound
        held = await details_of(office, found[0])
        details = replace(held, time_zone=wishes.time_zone, receipts=wishes.receipts)
        if details == held:
            return
        key = await office.keyring.key(person.practice, person.id)
        place = person_place(person.practice, person.id)
        sealed = office.keyring.seal(key, place, encode_details(details))
        await office.memory.trail.note(
            person.practice, office.clock(), person.id, "mail_wishes_chosen", person.id
        )
        if await office.memory.people.reseal(person.practice, person.id, found[0].sealed, sealed):
            return
    raise Busy


def known_zone(name: str) -> ZoneInfo:
    """A zone by its IANA name. Raises Malformed."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Malformed("The time zone is not known. Write it like Europe/Vienna.") from None
