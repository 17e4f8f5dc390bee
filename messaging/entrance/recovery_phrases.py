"""Recovery phrases: what a client keeps on paper for the day the password is lost. Told once, kept as a password is.

Four words that can be said aloud (`trust.sayable`): 64 bits, guessed at argon2's pace and only behind a mailed link.
"""

from datetime import datetime
from typing import Final

from messaging.errors import NotFound
from messaging.office import Asking, Office
from messaging.people import Person, Role
from messaging.trust.noted import Noted
from messaging.trust.sayable import plain, written

WORDS: Final = 4


async def fresh_phrase(office: Office, person: Person) -> str:
    """Another phrase, told once; the former is none any more. Raises NotFound for who is no client, Busy."""
    if person.role is not Role.CLIENT:
        raise NotFound
    phrase = written(office.random(2 * WORDS))
    encoded = await office.passwords.hash(plain(phrase), Asking(person.id, known=True))
    await office.memory.trail.note(
        person.practice, office.clock(), person.id, Noted.RECOVERY_PHRASE_MADE, None
    )
    await office.memory.ways_back.keep_phrase(person.practice, person.id, encoded, office.clock())
    return phrase


async def phrase_since(office: Office, person: Person) -> datetime | None:
    """Since when they have the one that counts; None where they have none. Raises Busy."""
    found = await office.memory.ways_back.phrase(person.practice, person.id)
    return None if found is None else found.made_at
