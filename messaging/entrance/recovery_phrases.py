"""Recovery phrases: what a client keeps on paper for the day the password is lost. Told once, kept as a password is.

Four words that nobody has to know: proquints (arXiv:0901.4016), each 16 random bits as five letters that can be said aloud
in any language, and no list of words to keep. 64 bits, guessed at argon2's pace and only behind a mailed link.
"""

from datetime import datetime
from typing import Final

from messaging.errors import NotFound
from messaging.office import Asking, Office
from messaging.people import Person, Role

WORDS: Final = 4
CONSONANTS: Final = "bdfghjklmnprstvz"
VOWELS: Final = "aiou"
LETTERS: Final = frozenset(CONSONANTS + VOWELS)
SAID_MOST: Final = 200
"""Characters looked at of what somebody says it is."""


async def fresh_phrase(office: Office, person: Person) -> str:
    """Another phrase, told once; the former is none any more. Raises NotFound for who is no client, Busy."""
    if person.role is not Role.CLIENT:
        raise NotFound
    phrase = written(office.random(2 * WORDS))
    encoded = await office.passwords.hash(plain(phrase), Asking(person.id, known=True))
    await office.memory.trail.note(person.practice, office.clock(), person.id, "recovery_phrase_made", None)
    await office.memory.ways_back.keep_phrase(person.practice, person.id, encoded, office.clock())
    return phrase


async def phrase_since(office: Office, person: Person) -> datetime | None:
    """Since when they have the one that counts; None where they have none. Raises Busy."""
    found = await office.memory.ways_back.phrase(person.practice, person.id)
    return None if found is None else found.made_at


def written(random: bytes) -> str:
    """Two bytes a word: consonant, vowel, consonant, vowel, consonant."""
    pairs = (int.from_bytes(random[at : at + 2], "big") for at in range(0, len(random), 2))
    return " ".join(_word(pair) for pair in pairs)


def plain(said: str) -> str:
    """As it is compared: how it is parted, and in which letters it was written down, does not count."""
    return "".join(one for one in said[:SAID_MOST].casefold() if one in LETTERS)


def _word(pair: int) -> str:
    consonants = [CONSONANTS[pair >> place & 15] for place in (12, 6, 0)]
    vowels = [VOWELS[pair >> place & 3] for place in (10, 4)]
    return f"{consonants[0]}{vowels[0]}{consonants[1]}{vowels[1]}{consonants[2]}"
