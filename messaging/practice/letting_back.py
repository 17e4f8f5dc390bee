"""Letting somebody back in without password and phrase: who answers for them says yes, and a day later a link is enough.

They know the person: whoever asks has shown no more than that they read the person's mail.
"""

from dataclasses import dataclass
from datetime import datetime

from messaging.errors import Conflict
from messaging.ids import PersonId
from messaging.leaving.own_account import tell_of_account
from messaging.memory.leaving import MailForm
from messaging.office import Office
from messaging.people import Person
from messaging.practice.caseload import charge_of, sees_everybody
from messaging.practice.ways_back import WAIT, is_over, open_from
from messaging.record.reading import open_person, people_named, person_named
from messaging.trust.noted import Noted
from messaging.trust.roles import Task, tasks_of
from messaging.trust.tokens import SECRET_BYTES, new_token

NOBODY_WISHES = "Nobody waits for this any more."


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody wishes to come back in. `open_from`: yes was said, and from then on a link is enough."""

    person: Person
    since: datetime
    open_from: datetime | None = None


async def wishes(office: Office, by: Person) -> list[Wish]:
    """Of those who are one's business, longest first; nothing for who answers for nobody. Raises Busy."""
    if Task.CLIENTS not in tasks_of(by.role):
        return []
    found = [one for one in await office.memory.ways_back.wished(by.practice) if not is_over(office, one)]
    if found and not sees_everybody(by):
        own = await office.memory.people.own_clients(by.practice, by.id)
        found = [one for one in found if one.person in own]
    named = await people_named(office, by.practice, [one.person for one in found])
    return [
        Wish(named[one.person], one.wished_at, open_from(one))
        for one in found
        if one.person in named and one.wished_at is not None
    ]


async def wish_of(office: Office, by: Person, person: PersonId) -> Wish | None:
    """That of one in one's charge. Raises NotFound, Busy."""
    stored = await charge_of(office, by, person)
    found = await office.memory.ways_back.find(by.practice, person)
    if found is None or found.wished_at is None or is_over(office, found):
        return None
    return Wish(await person_named(office, stored), found.wished_at, open_from(found))


async def say_yes(office: Office, by: Person, person: PersonId) -> None:
    """A day from now a link is enough; they are told, and can stop it. Raises NotFound, Conflict, Busy."""
    stored = await charge_of(office, by, person)
    found = await office.memory.ways_back.find(by.practice, person)
    if found is None or is_over(office, found) or not stored.active:
        raise Conflict(NOBODY_WISHES)
    stop, now = new_token(by.practice, office.random(SECRET_BYTES)), office.clock()
    await office.memory.trail.note(by.practice, now, by.id, Noted.WAY_BACK_ALLOWED, person)
    if await office.memory.ways_back.say_yes(by.practice, person, by.id, now, stop.hash):
        to = await open_person(office, stored)
        await tell_of_account(office, to, MailForm.BACK_FROM, stop.text, now + WAIT)


async def say_no(office: Office, by: Person, person: PersonId) -> None:
    """Nothing comes of it, also after a yes. Twice is once. Raises NotFound, Busy."""
    await charge_of(office, by, person)
    await office.memory.trail.note(by.practice, office.clock(), by.id, Noted.WAY_BACK_REFUSED, person)
    await office.memory.ways_back.end(by.practice, person)
