"""What whoever runs the program may ask of every practice: which there are, whether their trails are whole. Never a word.

Nobody is admitted here: these are for commands at the machine itself, and for what keeps the server going.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from messaging.conversations import Conversation, SessionRules
from messaging.entrance.signing_in import WAYS_IN, name_hash, prepare
from messaging.errors import Conflict, Malformed, NotFound
from messaging.ids import SYSTEM, ConversationId, PersonId, PracticeId, SignInId
from messaging.memory.sign_ins import SignInKind, StoredSignIn
from messaging.office import Office
from messaging.people import Person, Practice, Role
from messaging.practice.joining import Invited, invite_anew
from messaging.record.reading import open_person
from messaging.trust.noted import ForReason, Noted
from messaging.trust.tokens import Token

REASON: Final = 200
"""Characters of what an act at the terminal is for."""
LONGEST: Final = timedelta(days=90)
"""For which a token is made: what a program holds for years is known by too many."""
LINES_AT_ONCE: Final = 1_000
"""Of the trail: fewer than may wait for it."""


async def practice_ids(office: Office) -> list[PracticeId]:
    """All practices of this installation. Raises Busy."""
    return await office.memory.directory.practices()


async def trails(office: Office) -> list[PracticeId]:
    """Practices that have an audit trail: also of those that were erased it stays. Raises Busy."""
    return [*await practice_ids(office), *await office.memory.directory.erased_practices()]


async def practices(office: Office) -> list[Practice]:
    """All practices of this installation, as they are set up. Raises Busy."""
    found = [await office.memory.people.practice(one) for one in await practice_ids(office)]
    return [one for one in found if one is not None]


async def practice_called(office: Office, slug: str) -> PracticeId:
    """By its slug. Raises NotFound, Busy."""
    found = await office.memory.directory.find("practice", office.installation.lookup("practice", slug))
    if not found:
        raise NotFound("there is no practice with this slug")
    return found[0][0]


async def only_practice(office: Office) -> PracticeId | None:
    """The practice of an installation that has one; None where it has none or several. Raises Busy."""
    found = await practice_ids(office)
    return found[0] if len(found) == 1 else None


async def verify_trail(office: Office, practice: PracticeId) -> tuple[int, int | None]:
    """Walks a practice's audit chain: how many lines, and the first that does not fit, if one does not. Raises Busy."""
    return await office.memory.trail.verify(practice)


async def has_conversation(office: Office, practice: PracticeId, conversation: ConversationId) -> bool:
    """Whether the practice has it. Raises Busy."""
    return await office.memory.conversations.find(practice, conversation) is not None


async def conversations_by_mail(office: Office, practice: PracticeId) -> list[ConversationId]:
    """Those into which a letter ever came by mail. Raises Busy."""
    return await office.memory.mailbox.conversations_by_mail(practice)


async def some_client(office: Office, practice: PracticeId) -> tuple[Person, Conversation] | None:
    """A client in care, whose reply address a test letter may take; None while there is none. Raises Busy."""
    for stored in await office.memory.people.all(practice):
        if stored.role is not Role.CLIENT or not stored.active:
            continue
        for row in await office.memory.inboxes.of_person(practice, stored.id):
            return await open_person(office, stored), row.conversation
    return None


async def lay_down_rules(office: Office, practice: PracticeId, rules: SessionRules) -> None:
    """A founded practice's rules for sessions, checked before (`sessions.rules.checked_rules`). Raises Busy."""
    await office.memory.sessions.set_rules(practice, rules)


def operator_of(practice: PracticeId) -> Person:
    """Whoever runs the program, where what they do is an administrator's: the trail names nobody."""
    return Person(practice, SYSTEM, Role.ADMINISTRATOR, "")


async def person_called(
    office: Office, username: str, slug: str | None = None
) -> tuple[PracticeId, PersonId]:
    """Whose username it is. `slug`: of the practice, where several have one. Raises NotFound, Conflict, Busy."""
    found = await office.memory.directory.find("username", name_hash(office, username))
    if slug is not None:
        named = await office.memory.directory.find("practice", office.installation.lookup("practice", slug))
        found = [one for one in found if one[0] in {practice for practice, _ in named}]
    if not found:
        raise NotFound("there is no person with this username")
    if len(found) > 1:
        raise Conflict("several practices have this username: name one with --practice SLUG")
    practice, target = found[0]
    return practice, PersonId(target)


async def reset_person(office: Office, practice: PracticeId, person: PersonId, reason: str) -> Invited:
    """For who has lost every way in: signed out everywhere, no second factor, a fresh invitation. Raises NotFound, Busy.

    Who has a second factor again sees to it after signing in: their grace is over.
    """
    # First what it is for, with whom: the trail must have it whatever comes after.
    await office.memory.trail.note(
        practice, office.clock(), SYSTEM, act_said(Noted.PERSON_RESET, reason), person
    )
    await office.memory.second_factors.end(practice, person)
    await office.memory.ways_back.end(practice, person)
    await office.memory.passkeys.remove_all(practice, person)
    await office.memory.sign_ins.end_all(practice, person, WAYS_IN, office.clock())
    return await invite_anew(office, operator_of(practice), person)


async def tokens_for(
    office: Office, people: Sequence[PersonId], lasts: timedelta, reason: str, *, stepped_up: bool = False
) -> dict[PersonId, Token]:
    """A bearer token for each of these people that exists, each a line in the trail; `stepped_up`: also for what cannot
    be taken back. Raises Malformed, Busy.
    """
    if lasts > LONGEST:
        raise Malformed(f"a token lasts at most {LONGEST.days} days")
    act = act_said(Noted.TOKEN_CREATED, reason)
    hashes = {office.installation.lookup("person", p.hex): p for p in people}
    known = await office.memory.directory.find_many("person", list(hashes))
    made = {
        hashes[h]: prepare(office, practice, hashes[h], SignInKind.BEARER, lasts)
        for h, (practice, _) in known.items()
    }
    kept = [
        (replace(stored, stepped_up_until=stored.expires_at) if stepped_up else stored, token.hash)
        for stored, token in made.values()
    ]
    for at in range(0, len(kept), LINES_AT_ONCE):
        # First the lines: the trail must have them whatever comes after.
        noted = [
            office.memory.trail.note(one.practice, office.clock(), SYSTEM, act, one.person)
            for one, _ in kept[at : at + LINES_AT_ONCE]
        ]
        for line in noted:
            await line
    if kept:
        await office.memory.sign_ins.create_many(kept)
    return {person: token for person, (_, token) in made.items()}


async def note_import(office: Office, practice: PracticeId, reason: str) -> None:
    """That lines of a file are put into a practice. Raises Malformed, Busy."""
    await office.memory.trail.note(
        practice, office.clock(), SYSTEM, act_said(Noted.PROVISIONED, reason), None
    )


def act_said(act: Noted, reason: str) -> ForReason:
    """What the trail has of an act at the terminal. Raises Malformed."""
    if not reason.strip() or len(reason) > REASON:
        raise Malformed(f"a reason has 1 to {REASON} characters")
    return ForReason(act, " ".join(reason.split()))


async def tokens_of(office: Office, practice: PracticeId, person: PersonId) -> list[StoredSignIn]:
    """Somebody's sign-ins that have not ended. Raises Busy."""
    now = office.clock()
    found = await office.memory.sign_ins.of_person(practice, person)
    return [one for one in found if now < one.expires_at]


async def revoke_token(office: Office, sign_in: SignInId) -> bool:
    """Ends a sign-in of whatever practice; False when there is none of this id that runs. Raises Busy."""
    for practice in await practice_ids(office):
        if await office.memory.sign_ins.end(practice, sign_in, office.clock()):
            await office.memory.trail.note(practice, office.clock(), SYSTEM, Noted.TOKEN_REVOKED, sign_in)
            return True
    return False
