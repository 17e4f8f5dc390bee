"""The way back in for who has lost a password: a mailed link, and something that whoever reads their mail does not have.

That is a client's recovery phrase, or the yes of who answers for them and a day's wait in which both sides can stop it; for
who works here a recovery code of their second factor. Else somebody else invites them anew. A partner may know the mailbox
and the code word: these never suffice. Whether there is such a person nobody is told who asks.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, assert_never

from messaging.entrance.recovery_phrases import fresh_phrase
from messaging.entrance.second_factors import pass_recovery_code
from messaging.entrance.signing_in import CANDIDATES, name_hash, well_chosen
from messaging.errors import Conflict, NotSignedIn, WrongProof
from messaging.ids import PersonId, PracticeId
from messaging.leaving.own_account import tell_of_account
from messaging.memory.entrance import StoredWayBack
from messaging.memory.leaving import MailForm
from messaging.memory.people import StoredPerson
from messaging.memory.sign_ins import SignInKind
from messaging.office import Asking, Office
from messaging.people import Person, Role
from messaging.practice.founding import email_hash
from messaging.record.reading import open_person, username_of
from messaging.trust.noted import Noted
from messaging.trust.sayable import plain
from messaging.trust.tokens import SECRET_BYTES, new_token, read_token

LINK: Final = timedelta(minutes=30)
WAIT: Final = timedelta(hours=24)
"""Between the yes and the link that is enough: whoever reads their mail has told them by then, on every device of theirs."""
OPEN_FOR: Final = timedelta(days=7)
"""After the wait. A yes that nobody used is none for ever."""
OVER: Final = "This link opens nothing any more. Please ask for another one."


class Proof(StrEnum):
    """What is asked for beside the link."""

    PHRASE = "phrase"
    CODE = "code"
    NOTHING = "nothing"
    """Somebody said yes, and the wait is over."""
    YES = "yes"
    """Nothing else is left: somebody who answers for them must say yes."""
    SOMEBODY = "somebody"
    """Who works here without a second factor is invited anew by somebody who administers."""


@dataclass(frozen=True, slots=True)
class WayBack:
    """What a link opens. `wished_at`: they wait for a yes; `open_from`: it was said."""

    person: PersonId
    role: Role
    proof: Proof
    wished_at: datetime | None = None
    open_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class BackIn:
    """With which name they sign in from now on, and a client's new phrase, told once."""

    username: str = field(repr=False)
    phrase: str = field(default="", repr=False)


async def ask_way_back(office: Office, said: str, may_mail: Callable[[PersonId], bool]) -> int:
    """A link goes to everybody this is the username or the address of, who has a password. How many mails. Raises Busy.

    `may_mail`: false for whom enough were sent of late.
    """
    mailed = 0
    for practice, person in await _meant(office, said):
        for stored in await office.memory.people.find(practice, [person]):
            if stored.active and stored.password_hash is not None and may_mail(stored.id):
                mailed += await _mail_link(office, await open_person(office, stored))
    return mailed


async def way_back(office: Office, shown: str) -> WayBack:
    """What this link opens; nothing is used up by looking. Raises NotSignedIn for what is no link any more, Busy."""
    _, stored, found = await _linked(office, shown)
    phrase = await office.memory.ways_back.phrase(stored.practice, stored.id)
    proof = _proof(office, stored, found, has_phrase=phrase is not None)
    return WayBack(stored.id, stored.role, proof, found.wished_at, open_from(found))


async def go_back_in(office: Office, shown: str, proof: str, password: object) -> BackIn:
    """Another password, once; every sign-in of theirs ends. Raises NotSignedIn, WrongProof, Malformed, Busy."""
    hashed, stored, found = await _linked(office, shown)
    chosen = await well_chosen(office, stored.role, password, second_factor=stored.second_factor)
    await _must_prove(office, stored, found, proof)
    encoded = await office.passwords.hash(chosen, Asking(stored.id, known=True))
    if not await office.memory.ways_back.spend_link(stored.practice, hashed):
        raise NotSignedIn(OVER)
    practice, person = stored.practice, stored.id
    await office.memory.trail.note(practice, office.clock(), person, Noted.PASSWORD_RESET, None)
    await office.memory.people.set_password(practice, person, encoded)
    await office.memory.sign_ins.end_all(practice, person, list(SignInKind), office.clock())
    opened = await open_person(office, stored)
    await tell_of_account(office, opened, MailForm.PASSWORD_CHANGED)
    phrase = await fresh_phrase(office, opened) if stored.role is Role.CLIENT else ""
    return BackIn(await username_of(office, stored), phrase)


async def wish_back(office: Office, shown: str) -> None:
    """Who answers for them is asked for their yes. Twice is once. Raises NotSignedIn, Conflict for staff, Busy."""
    _, stored, _ = await _linked(office, shown)
    if stored.role is not Role.CLIENT:
        raise Conflict("Please ask somebody who administers your practice for a fresh card.")
    await office.memory.trail.note(stored.practice, office.clock(), stored.id, Noted.WAY_BACK_WISHED, None)
    await office.memory.ways_back.wish(stored.practice, stored.id, office.clock())


async def stop_by_link(office: Office, shown: str) -> bool:
    """What was mailed with the yes stops it, without a sign-in. False when there is nothing to stop. Raises Busy."""
    token = read_token(shown)
    person = await office.memory.ways_back.stop(token.practice, token.hash) if token else None
    if token is None or person is None:
        return False
    await office.memory.trail.note(token.practice, office.clock(), person, Noted.WAY_BACK_STOPPED, None)
    return True


async def stop_own(office: Office, person: Person) -> None:
    """They are signed in, and did not ask. Raises Busy."""
    if await office.memory.ways_back.end(person.practice, person.id):
        await office.memory.trail.note(
            person.practice, office.clock(), person.id, Noted.WAY_BACK_STOPPED, None
        )


async def own_wish(office: Office, person: Person) -> datetime | None:
    """Since when somebody wishes to come back in as them: whoever is signed in can stop it. Raises Busy."""
    found = await office.memory.ways_back.find(person.practice, person.id)
    return None if found is None or is_over(office, found) else found.wished_at


def is_over(office: Office, found: StoredWayBack) -> bool:
    """Whether nothing comes of a wish any more: there is none, nobody said yes for days, or nobody used the yes."""
    since = found.yes_at or found.wished_at
    return since is None or office.clock() >= since + WAIT + OPEN_FOR


def open_from(found: StoredWayBack) -> datetime | None:
    """From when a link is enough; None where nobody said yes."""
    return None if found.yes_at is None else found.yes_at + WAIT


async def _meant(office: Office, said: str) -> list[tuple[PracticeId, PersonId]]:
    """Everybody of this username or address: a couple may share a mailbox, and each gets a link of their own."""
    found = list(await office.memory.directory.find("username", name_hash(office, said)))
    found += await office.memory.directory.find("email", email_hash(office, said.strip()))
    return list(dict.fromkeys((practice, PersonId(target)) for practice, target in found))[:CANDIDATES]


async def _mail_link(office: Office, person: Person) -> bool:
    found = await office.memory.ways_back.find(person.practice, person.id)
    if found is not None and is_over(office, found):
        await office.memory.ways_back.end(person.practice, person.id)
    token = new_token(person.practice, office.random(SECRET_BYTES))
    until = office.clock() + LINK
    await office.memory.trail.note(person.practice, office.clock(), person.id, Noted.WAY_BACK_ASKED, None)
    await office.memory.ways_back.keep_link(person.practice, person.id, token.hash, until)
    return await tell_of_account(office, person, MailForm.WAY_BACK, token.text, until)


async def _linked(office: Office, shown: str) -> tuple[bytes, StoredPerson, StoredWayBack]:
    token = read_token(shown)
    found = await office.memory.ways_back.by_link(token.practice, token.hash) if token else None
    if token is None or found is None or found.link_until is None or office.clock() >= found.link_until:
        raise NotSignedIn(OVER)
    for stored in await office.memory.people.find(found.practice, [found.person]):
        if stored.active:
            return token.hash, stored, found
    raise NotSignedIn(OVER)


def _proof(office: Office, stored: StoredPerson, found: StoredWayBack, *, has_phrase: bool) -> Proof:
    if stored.role is not Role.CLIENT:
        return Proof.CODE if stored.second_factor else Proof.SOMEBODY
    enough = open_from(found)
    if enough is not None and office.clock() >= enough and not is_over(office, found):
        return Proof.NOTHING
    return Proof.PHRASE if has_phrase else Proof.YES


async def _must_prove(office: Office, stored: StoredPerson, found: StoredWayBack, said: str) -> None:
    phrase = await office.memory.ways_back.phrase(stored.practice, stored.id)
    proof = _proof(office, stored, found, has_phrase=phrase is not None)
    match proof:
        case Proof.NOTHING:
            return
        case Proof.PHRASE:
            hashed = phrase.hashed if phrase else None
            if not await office.passwords.verify(hashed, plain(said), Asking(stored.id, known=True)):
                await _note_wrong(office, stored)
                raise WrongProof
        case Proof.CODE:
            if not await pass_recovery_code(office, stored, said):
                await _note_wrong(office, stored)
                raise WrongProof
        case Proof.YES | Proof.SOMEBODY:
            raise WrongProof
        case _:
            assert_never(proof)


async def _note_wrong(office: Office, stored: StoredPerson) -> None:
    await office.memory.trail.note(stored.practice, office.clock(), stored.id, Noted.WRONG_PROOF, None)
