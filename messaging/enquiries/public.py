"""What a practice says to who has not written yet: its public page, and who works there. A practice without one has none."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final
from urllib.parse import urlsplit

from messaging.details import decode_details, encode_details, person_place
from messaging.errors import Busy, Malformed, NotFound
from messaging.ids import PersonId, PracticeId
from messaging.leaving.wishes import TRIES
from messaging.memory.people import PersonChange
from messaging.office import Office
from messaging.people import Person, Practice, Profile, PublicPage
from messaging.practice.founding import practice_by_slug, practice_named
from messaging.practice.settings import PracticeChanges, change_practice, is_plain
from messaging.record.reading import person_named
from messaging.trust.noted import Noted
from messaging.trust.roles import Task, must_do

PART: Final = 500
"""Characters of each part of a profile: it is read on a phone, beside others."""
NAMES: Final = tuple(one.name for one in fields(Profile))


@dataclass(frozen=True, slots=True)
class Public:
    """A public page: the practice, what it says, who works there by name, and who of them takes enquiries."""

    practice: Practice
    page: PublicPage
    people: Sequence[Person] = field(repr=False)
    takers: Sequence[Person] = field(repr=False)


async def public_page(office: Office, slug: str) -> Public:
    """By the slug. Raises NotFound for one that is nobody's as for one whose practice has no page; Busy."""
    found = await practice_by_slug(office, slug)
    practice = await practice_named(office, found) if found is not None else None
    if practice is None or practice.page is None:
        raise NotFound
    people = await who_care(office, practice.id)
    shown = [one for one in people if one.profile is not None]
    return Public(practice, practice.page, shown, [one for one in people if one.takes_enquiries])


async def who_care(office: Office, practice: PracticeId) -> list[Person]:
    """Those of a practice who care, by name. Raises Busy."""
    stored = [one for one in await office.memory.people.all(practice) if one.role.is_clinician and one.active]
    await office.keyring.prefetch(practice, [one.id for one in stored])
    return sorted([await person_named(office, one) for one in stored], key=lambda one: one.name.casefold())


def profile_said(said: Mapping[str, Any]) -> Profile | None:
    """As it is kept; None where every part is empty. Other keys: the caller's. Raises Malformed."""
    parts = {name: said.get(name) or "" for name in NAMES}
    for name, text in parts.items():
        if not isinstance(text, str) or len(text) > PART or not is_plain(text):
            raise Malformed(f"`{name}` is a text of at most {PART} characters.")
    if parts["register"].strip() and not _is_page(parts["register"].strip()):
        raise Malformed("The register has an address like https://www.example.org/register.")
    profile = Profile(**{name: text.strip() for name, text in parts.items()})
    return None if profile == Profile() else profile


def _is_page(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme == "https" and bool(parts.hostname) and not parts.username and " " not in text
    except ValueError:
        return False


async def say_of_oneself(office: Office, person: Person, profile: Profile | None) -> None:
    """What the public page says of them from now on; None: nothing. Raises NotFound for who does not care, Busy."""
    if not person.role.is_clinician:
        raise NotFound
    await change_details(office, person, person.id, profile=profile)


async def write_page(
    office: Office, by: Person, page: PublicPage | None, takers: Collection[PersonId]
) -> None:
    """What the public page says from now on, None: there is none; and to whom enquiries come.

    Raises Malformed, NotFound, Busy.
    """
    must_do(by, Task.STAFF)
    await change_practice(office, by, PracticeChanges(page=page or ""))
    for one in await who_care(office, by.practice):
        await change_details(office, by, one.id, takes_enquiries=one.id in takers)


async def change_details(office: Office, by: Person, person: PersonId, **changes: Any) -> None:
    """Of who cares. Raises NotFound, Busy."""
    for _ in range(TRIES):
        found = await office.memory.people.find(by.practice, [person])
        if not found or not found[0].role.is_clinician:
            raise NotFound
        key, place = await office.keyring.key(by.practice, person), person_place(by.practice, person)
        was = decode_details(key.open(place, found[0].sealed))
        now = replace(was, **changes)
        if now == was:
            return
        sealed = office.keyring.seal(key, place, encode_details(now))
        change = PersonChange(found[0].sealed, sealed, found[0].email_mode, None)
        await office.memory.trail.note(by.practice, office.clock(), by.id, Noted.PERSON_CHANGED, person)
        if await office.memory.people.change(by.practice, person, change, office.clock()):
            return
    raise Busy
