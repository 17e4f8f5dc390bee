"""What a client wants of us beside the mode of our mail: receipts, their own zone, a language. Sealed with their name."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from messaging.details import Details, decode_details, encode_details, person_place
from messaging.errors import Busy, Malformed, NotFound
from messaging.office import Office
from messaging.people import Language, Person, QuietHours
from messaging.trust.noted import Noted

MOST_MINUTES: Final = 24 * 60
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
    await change_own(
        office, person, lambda held: replace(held, zone=wishes.time_zone, receipts=wishes.receipts)
    )


async def choose_language(office: Office, person: Person, language: Language | None) -> None:
    """In which pages and mail speak to them from now on; None: as the practice says. Twice is once. Raises Busy."""
    await change_own(office, person, lambda held: replace(held, language=language))


async def choose_told(
    office: Office, person: Person, after: int | None, quiet: QuietHours | None = None
) -> None:
    """After how many minutes a mail tells a clinician of a letter they have not read, and when none does; None: never.

    Raises Malformed, Busy.
    """
    if after is not None and not 0 <= after <= MOST_MINUTES:
        raise Malformed(f"Minutes are a number from 0 to {MOST_MINUTES}.")
    await change_own(office, person, lambda held: replace(held, told_after=after, quiet=quiet))


async def change_own(
    office: Office,
    person: Person,
    change: Callable[[Details], Details],
    noted: Noted = Noted.MAIL_WISHES_CHOSEN,
) -> None:
    """Their own details, otherwise; twice is once, and nothing is noted where nothing changes. Raises NotFound, Busy."""
    place = person_place(person.practice, person.id)
    key = await office.keyring.key(person.practice, person.id)
    for _ in range(TRIES):
        found = await office.memory.people.find(person.practice, [person.id])
        if not found:
            raise NotFound
        held = decode_details(key.open(place, found[0].sealed))
        details = change(held)
        if details == held:
            return
        sealed = office.keyring.seal(key, place, encode_details(details))
        await office.memory.trail.note(person.practice, office.clock(), person.id, noted, person.id)
        if await office.memory.people.reseal(person.practice, person.id, found[0].sealed, sealed):
            return
    raise Busy


def known_zone(name: str) -> ZoneInfo:
    """A zone by its IANA name. Raises Malformed."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Malformed("The time zone is not known. Write it like Europe/Vienna.") from None
