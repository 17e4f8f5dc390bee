"""Passkeys: a key on somebody's own device, which signs for who has shown the device that they are its owner.

One counts as password and code together. For who works here a first one is their second factor: from then on the password
alone lets nobody in. A challenge is a time and random bytes under a key of ours, for one purpose and
for five minutes, and nothing of it is kept until it is answered: what answers it spends it, with all that were made before.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from messaging.entrance.known_devices import known_device, proof_for
from messaging.entrance.second_factors import has_app, must_be_first_hat, recovery_codes
from messaging.entrance.signing_in import CameFrom, Entered, SignedIn, enter_as, name_hash
from messaging.entrance.stepping_up import must_be_stepped_up, note_stepped_up
from messaging.errors import Conflict, Malformed, NotFound, WrongCredentials
from messaging.ids import PersonId, PracticeId
from messaging.memory.entrance import StoredPasskey
from messaging.memory.sign_ins import SignInKind
from messaging.office import Office
from messaging.people import Person, Role
from messaging.record.reading import username_of
from messaging.trust.noted import Noted
from messaging.trust.signed_challenges import Claim, NotSigned, Party, claim_in

LASTS: Final = timedelta(minutes=5)
RANDOM_BYTES: Final = 24
BODY_BYTES: Final = 8 + RANDOM_BYTES
MOST: Final = 20
"""Of one person's: a list that is read by a person."""
DISCREET: Final = "Notes"
"""What a device shows: it may lie on a table."""
UNKNOWN: Final = "This passkey could not be used. Please try again, or sign in with your password."


@dataclass(frozen=True, slots=True)
class From:
    """Where somebody signs in: for which party, on what, and the proofs their browser keeps of having been here."""

    party: Party
    device: str = ""
    proofs: Sequence[str] = field(default=(), repr=False)
    shared: bool = False


def ask_to_sign(office: Office, party: Party) -> dict[str, Any]:
    """What a browser is given to sign in with; memory is not asked."""
    return office.witness.asked_to_sign(party, _challenge(office, b"sign in"))


async def ask_to_make(office: Office, signed_in: SignedIn, party: Party) -> dict[str, Any]:
    """What a browser is given to make one. Raises StepUp, NotFound, Conflict for who has many, Busy."""
    must_be_stepped_up(office, signed_in)
    person = signed_in.person
    must_be_first_hat(person)
    known = await office.memory.passkeys.of_person(person.practice, person.id)
    if len(known) >= MOST:
        raise Conflict("You have %(most)s passkeys. Please remove one first.", {"most": MOST})
    name = DISCREET if person.role is Role.CLIENT else person.name
    challenge = _challenge(office, _for_making(signed_in))
    return office.witness.asked_to_make(
        party, name, _handle(person), challenge, [one.credential for one in known]
    )


async def add_passkey(office: Office, signed_in: SignedIn, said: str, at: From) -> list[str]:
    """From now on it lets them in. Raises StepUp, NotFound, Malformed, Conflict, Busy.

    Recovery codes, told once, where it is the first second factor of who must have one: nobody stays signed in elsewhere
    who came by the password alone. No client's account changes by it but for one more way in.
    """
    must_be_stepped_up(office, signed_in)
    person = signed_in.person
    must_be_first_hat(person)
    if len(await office.memory.passkeys.of_person(person.practice, person.id)) >= MOST:
        raise Conflict("You have %(most)s passkeys. Please remove one first.", {"most": MOST})
    try:
        claim = claim_in(said)
        _challenged(office, claim, _for_making(signed_in))
        new = office.witness.made(at.party, claim)
    except NotSigned:
        raise Malformed("The device made no passkey that could be used. Please try again.") from None
    kept = StoredPasskey(
        practice=person.practice,
        id=office.new_id(),
        person=person.id,
        credential=new.credential,
        public_key=new.public_key,
        signs=new.signs,
        device=at.device,
        created_at=office.clock(),
    )
    await office.memory.trail.note(person.practice, office.clock(), person.id, Noted.PASSKEY_ADDED, None)
    is_factor = person.role is not Role.CLIENT and not person.second_factor
    await office.memory.passkeys.add(kept, is_factor=is_factor)
    if not is_factor:
        return []
    await office.memory.sign_ins.end_all(
        person.practice, person.id, [SignInKind.COOKIE], office.clock(), signed_in.sign_in.id
    )
    return await recovery_codes(office, replace(person, second_factor=True))


async def remove_passkey(office: Office, signed_in: SignedIn, name: UUID) -> None:
    """It lets nobody in any more. Raises StepUp, NotFound, Busy, Conflict for the last of who has no other factor."""
    must_be_stepped_up(office, signed_in)
    person = signed_in.person
    one_stays = person.role is not Role.CLIENT and not await has_app(office, person.practice, person.id)
    await office.memory.trail.note(person.practice, office.clock(), person.id, Noted.PASSKEY_REMOVED, None)
    if not await office.memory.passkeys.remove(person.practice, person.id, name, one_stays=one_stays):
        raise NotFound


def ask_to_step_up(office: Office, signed_in: SignedIn, party: Party) -> dict[str, Any]:
    """What a browser is given to say once more who is there; memory is not asked."""
    return office.witness.asked_to_sign(party, _challenge(office, _for_stepping_up(signed_in)))


async def step_up_by_passkey(office: Office, signed_in: SignedIn, said: str, party: Party) -> None:
    """As `stepping_up.step_up`: the device was shown its owner, and now. A second hat's is the first one's.

    Raises WrongCredentials, alike for whatever does not fit, Busy.
    """
    person = signed_in.person
    try:
        claim = claim_in(said)
        challenged = _challenged(office, claim, _for_stepping_up(signed_in))
        kept = await office.memory.passkeys.find(person.practice, claim.credential)
        theirs = _theirs(kept, person.hat_of or person.id)
        await _must_be_signed(office, theirs, claim, challenged, party)
    except NotSigned:
        raise WrongCredentials(UNKNOWN) from None
    await note_stepped_up(office, signed_in)


async def may_step_up_by_passkey(office: Office, person: Person) -> bool:
    """Whether they have one to show. Raises Busy."""
    return bool(await office.memory.passkeys.of_person(person.practice, person.hat_of or person.id))


async def passkeys_of(office: Office, person: Person) -> list[StoredPasskey]:
    """Theirs, oldest first. Raises Busy."""
    return await office.memory.passkeys.of_person(person.practice, person.id)


async def sign_in_by_passkey(office: Office, said: str, at: From) -> Entered:
    """In, with both factors. Raises WrongCredentials, alike for whatever does not fit, Busy."""
    try:
        claim = claim_in(said)
        challenged = _challenged(office, claim, b"sign in")
        practice, person = _owner(claim)
        kept = await office.memory.passkeys.find(practice, claim.credential)
        await _must_be_signed(office, _theirs(kept, person), claim, challenged, at.party)
    except NotSigned:
        raise WrongCredentials(UNKNOWN) from None
    for stored in await office.memory.people.find(practice, [person]):
        if stored.active:
            name = name_hash(office, await username_of(office, stored))
            known = await known_device(office, name, at.proofs)
            is_known = known is not None and known.person == person
            came = CameFrom(at.device, known=is_known, shared=at.shared)
            return await enter_as(
                office, stored, came, proof_for(office, name, stored, stored.password_hash or "")
            )
    raise WrongCredentials(UNKNOWN)


def _theirs(kept: StoredPasskey | None, person: PersonId) -> StoredPasskey:
    if kept is None or kept.person != person:
        raise NotSigned
    return kept


async def _must_be_signed(
    office: Office, kept: StoredPasskey, claim: Claim, challenged: int, party: Party
) -> None:
    try:
        signs = office.witness.signs_after(party, claim, kept.public_key, kept.signs)
    except NotSigned:
        await office.memory.trail.note(kept.practice, office.clock(), kept.person, Noted.WRONG_PASSKEY, None)
        raise
    if not await office.memory.passkeys.answered(kept, challenged, signs, office.clock()):
        raise NotSigned


def _challenge(office: Office, purpose: bytes) -> bytes:
    """Microseconds (8) | random (24) | MAC (32)."""
    now = int(office.clock().timestamp() * 1_000_000)
    body = now.to_bytes(8, "big") + office.random(RANDOM_BYTES)
    return body + _mac(office, purpose, body)


def _challenged(office: Office, claim: Claim, purpose: bytes) -> int:
    """When the challenge was made, in microseconds. Raises NotSigned for one of somebody else's, or of long ago."""
    body, mac = claim.challenge[:BODY_BYTES], claim.challenge[BODY_BYTES:]
    if len(body) != BODY_BYTES or not hmac.compare_digest(mac, _mac(office, purpose, body)):
        raise NotSigned
    made_at = int.from_bytes(body[:8], "big")
    if office.clock().timestamp() * 1_000_000 - made_at > LASTS.total_seconds() * 1_000_000:
        raise NotSigned
    return made_at


def _mac(office: Office, purpose: bytes, body: bytes) -> bytes:
    return office.installation.device_mac(b"passkey\x00" + purpose + b"\x00" + body)


def _for_making(signed_in: SignedIn) -> bytes:
    """In this sign-in alone."""
    return b"make " + signed_in.sign_in.id.bytes


def _for_stepping_up(signed_in: SignedIn) -> bytes:
    """In this sign-in alone: what another page has asked for lets nobody do more here."""
    return b"step up " + signed_in.sign_in.id.bytes


def _handle(person: Person) -> bytes:
    """What the device keeps of whose it is: ids, and no name."""
    return person.practice.bytes + person.id.bytes


def _owner(claim: Claim) -> tuple[PracticeId, PersonId]:
    if len(claim.owner) != 32:
        raise NotSigned
    return PracticeId(UUID(bytes=claim.owner[:16])), PersonId(UUID(bytes=claim.owner[16:]))
