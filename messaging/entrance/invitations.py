"""Invitations: the way in of who was added, once; by a link, or by the words of a card."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from messaging.entrance.recovery_phrases import fresh_phrase
from messaging.entrance.signing_in import WAYS_IN, well_chosen
from messaging.errors import NotSignedIn
from messaging.ids import PersonId
from messaging.memory.sign_ins import SignInKind, StoredSignIn
from messaging.office import Asking, Office
from messaging.people import Role
from messaging.record.reading import open_person, username_of
from messaging.trust.noted import Noted
from messaging.trust.passwords import checked_password
from messaging.trust.sayable import LETTERS_OF_A_WORD, plain
from messaging.trust.tokens import read_token

INVITATION: Final = timedelta(hours=72)
INVITATION_WORDS: Final = 3
"""48 bits, guessed at the entrance's pace and for some days."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """With which name they sign in from now on, and a client's recovery phrase, told once."""

    username: str = field(repr=False)
    phrase: str = field(default="", repr=False)


async def accept_invitation(office: Office, shown: str, password: object) -> Accepted:
    """Sets the first password, once, and says with which name it goes. A client gets a recovery phrase with it.

    Raises NotSignedIn for every token that is not (or no longer) good, Malformed, Busy.
    """
    checked_password(password)
    found = await _invitation(office, shown)
    if found is None or found.kind is not SignInKind.INVITATION or office.clock() >= found.expires_at:
        raise NotSignedIn("This invitation is no longer valid. Please ask for a new one.")
    invited = await office.memory.people.find(found.practice, [found.person])
    if not invited:
        raise NotSignedIn("This invitation is no longer valid. Please ask for a new one.")
    chosen = await well_chosen(office, invited[0].role, password, second_factor=invited[0].second_factor)
    encoded = await office.passwords.hash(chosen, Asking(found.person, known=True))
    if not await office.memory.sign_ins.end(found.practice, found.id, office.clock()):
        raise NotSignedIn("This invitation is no longer valid. Please ask for a new one.")
    await office.memory.people.set_password(found.practice, found.person, encoded)
    # Who was invited again has lost a password, or a device with it: whoever is in by the old one is out.
    await office.memory.sign_ins.end_all(
        found.practice, found.person, [*WAYS_IN, SignInKind.ENQUIRY], office.clock()
    )
    await office.memory.ways_back.end(found.practice, found.person)
    await office.memory.trail.note(found.practice, office.clock(), found.person, Noted.INVITATION_USED, None)
    is_client = invited[0].role is Role.CLIENT
    phrase = await fresh_phrase(office, await open_person(office, invited[0])) if is_client else ""
    return Accepted(await username_of(office, invited[0]), phrase)


def is_said(shown: str) -> bool:
    """Whether it is words somebody has read aloud or typed, and no token: those can be guessed at."""
    return read_token(shown) is None


def words_hash(office: Office, words: str) -> bytes:
    """The keyed hash under which an invitation is found by its words: whoever steals the database cannot try them."""
    return office.installation.lookup("invitation_words", plain(words))


async def _invitation(office: Office, shown: str) -> StoredSignIn | None:
    """By its token, or by the words of its card."""
    token = read_token(shown)
    if token is not None:
        return await office.memory.sign_ins.find(token.practice, token.hash)
    if len(plain(shown)) != INVITATION_WORDS * LETTERS_OF_A_WORD:
        return None
    for practice, person in await office.memory.directory.find("invitation_words", words_hash(office, shown)):
        return await office.memory.sign_ins.invitation_of(practice, PersonId(person))
    return None
