"""Keys for mail: a client's own key taken or given up, the practice's made when first needed, and what a client chose.

A key is only ever used because its owner said so. What came along with a letter is offered, no more.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from messaging.errors import KeyExpired, Malformed, NotFound
from messaging.ids import PersonId, PracticeId
from messaging.memory.leaving import MailForm
from messaging.memory.person_keys import PersonKey, StoredKey
from messaging.office import Office
from messaging.people import EmailMode, Person, Practice
from messaging.trust.encryption import DataKey, Place
from messaging.trust.locks import Findings, KeySource, Locks, PublicKey, Standing
from messaging.trust.noted import Noted

PERSON_KEY: Final = "pgp_keys.sealed"
PRACTICE_KEY: Final = "practice_pgp_keys.sealed"


async def key_of(
    office: Office, practice: PracticeId, person: PersonId, standing: Standing = Standing.CURRENT
) -> PersonKey | None:
    """A person's key, opened."""
    stored = await office.memory.person_keys.of_person(practice, person, standing)
    if stored is None:
        return None
    key = await office.keyring.key(practice, person)
    opened = key.open(_person_place(practice, person, standing), stored.sealed)
    return PersonKey(_decoded(stored.fingerprint, opened), stored.source, stored.at)


async def has_offered(office: Office, client: Person) -> bool:
    """Whether a key came along with a letter of theirs that nobody has decided about. Raises Busy."""
    return await office.memory.person_keys.of_person(client.practice, client.id, Standing.OFFERED) is not None


async def take_key(office: Office, person: Person, raw: bytes, source: KeySource) -> PublicKey:
    """The person's key from now on, by their own wish. Mail locked with an earlier one is stopped. Raises Malformed."""
    return await _taken(office, person, await _examined(office, person, raw), source)


async def _taken(office: Office, person: Person, key: PublicKey, source: KeySource) -> PublicKey:
    await _keep(office, person, key, source, Standing.CURRENT)
    offered = await office.memory.person_keys.of_person(person.practice, person.id, Standing.OFFERED)
    if offered is not None and offered.fingerprint == key.fingerprint:
        await office.memory.person_keys.forget(person.practice, person.id, Standing.OFFERED)
    return key


async def offer_key(office: Office, person: Person, raw: bytes) -> bool:
    """A key that came with a letter of theirs stands beside until they decide. False when there is nothing new in it."""
    # Most programs send it along with every letter: what is known already is not examined again.
    if await _is_known(office, person, office.locksmith.named(raw)):
        return False
    try:
        key = await _examined(office, person, raw)
    except Malformed:
        return False
    if await _is_known(office, person, key.fingerprint):
        return False
    await _keep(office, person, key, KeySource.AUTOCRYPT, Standing.OFFERED)
    return True


async def _is_known(office: Office, person: Person, fingerprint: str | None) -> bool:
    kept = [
        await office.memory.person_keys.of_person(person.practice, person.id, standing)
        for standing in Standing
    ]
    return any(one is not None and one.fingerprint == fingerprint for one in kept)


async def accept_offer(office: Office, person: Person, fingerprint: str) -> PublicKey:
    """The offered key is theirs, they say, having seen its fingerprint. Raises NotFound when it is another by now."""
    offered = await key_of(office, person.practice, person.id, Standing.OFFERED)
    if offered is None or offered.key.fingerprint != fingerprint:
        raise NotFound
    return await _taken(office, person, await _usable(office, person, offered.key), offered.source)


async def give_up_key(office: Office, person: Person) -> None:
    """No key any more; mail goes as a notice. Twice is once."""
    if not await office.memory.person_keys.forget(person.practice, person.id, Standing.CURRENT):
        return
    await office.memory.trail.note(
        person.practice, office.clock(), person.id, Noted.PGP_KEY_GIVEN_UP, person.id
    )
    if person.email_mode is EmailMode.OPENPGP:
        await _set_mode(office, person, EmailMode.NOTICE, Noted.MAIL_NOTICE_CHOSEN, person.id)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a client wants by mail. `warning` is what they read and ticked, where a tick is asked."""

    mode: EmailMode
    warning: str = ""
    ticked: bool = False


async def choose_mode(office: Office, person: Person, choice: Choice) -> None:
    """What our mail may say to them, recorded in the trail. Twice is once.

    Full text only with the warning ticked; the trail keeps which warning it was (`text_name`). OpenPGP only with a key.
    Raises Malformed.
    """
    if choice.mode is EmailMode.FULL:
        if not (choice.ticked and choice.warning):
            raise Malformed("Please tick that you have read what could happen to mail in full text.")
        await _set_mode(office, person, choice.mode, Noted.MAIL_FULL_AGREED, text_name(choice.warning))
        return
    if choice.mode is EmailMode.OPENPGP:
        held = await key_of(office, person.practice, person.id)
        if held is None:
            raise Malformed("Please give us your OpenPGP key first.")
        await _usable(office, person, held.key)
    await _set_mode(office, person, choice.mode, Noted(f"mail_{choice.mode}_chosen"), person.id)


def text_name(text: str) -> UUID:
    """A text's name in the trail: the first 128 bits of its SHA-256, so that whoever has the text can show it was this."""
    return UUID(bytes=hashlib.sha256(text.encode()).digest()[:16])


async def locks_for(office: Office, practice: Practice, reader: Person) -> Locks | MailForm | None:
    """What a letter to this reader is locked with, or which notice goes because it cannot be. None: they did not ask."""
    if reader.email_mode is not EmailMode.OPENPGP or reader.email is None:
        return None
    held = await key_of(office, reader.practice, reader.id)
    if held is None:
        return MailForm.KEYLESS
    try:
        theirs = await _usable(office, reader, held.key)
    except KeyExpired:
        return MailForm.EXPIRED
    except Malformed:  # revoked since, or their address is another now
        return MailForm.UNUSABLE
    return Locks(theirs, await practice_secret(office, practice))


async def is_copy(office: Office, person: Person, mark: bytes) -> bool:
    """Whether this locked letter came from somebody else before. `mark` is the same for all copies of it.

    The practice's key opens every letter to the practice. Whoever caught another client's letter could send it on from
    their own address, and read the words in their own conversation.
    """
    name = office.installation.lookup("locked-letter", mark.hex())
    return await office.memory.person_keys.first_sender(person.practice, name, person.id) != person.id


async def practice_secret(office: Office, practice: Practice) -> bytes:
    """The practice's own secret key, made when it is first needed."""
    place = Place(PRACTICE_KEY, practice.id, practice.id, practice.id)
    key = await office.keyring.key(practice.id, practice.id)
    sealed = await office.memory.person_keys.of_practice(practice.id)
    if sealed is None:
        made = office.locksmith.new_key(practice.name, office.press.sender_address(practice))
        sealed = await office.memory.person_keys.keep_of_practice(
            practice.id, office.keyring.seal(key, place, made), office.clock()
        )
    return key.open(place, sealed)


async def practice_key(office: Office, practice: Practice) -> PublicKey:
    """What everybody may know of the practice's key."""
    return office.locksmith.public(await practice_secret(office, practice))


async def _examined(office: Office, person: Person, raw: bytes) -> PublicKey:
    return await office.locksmith.examined(raw, _address(person), office.clock())


async def _usable(office: Office, person: Person, key: PublicKey) -> PublicKey:
    return await office.locksmith.usable(key, _address(person), office.clock())


def _address(person: Person) -> str:
    if person.email is None:
        raise Malformed("A key needs an address: the practice knows none of yours.")
    return person.email


async def _keep(
    office: Office, person: Person, key: PublicKey, source: KeySource, standing: Standing
) -> None:
    own: DataKey = await office.keyring.key(person.practice, person.id)
    place = _person_place(person.practice, person.id, standing)
    sealed = office.keyring.seal(own, place, _encoded(key))
    now = office.clock()
    action = Noted.PGP_KEY_TAKEN if standing is Standing.CURRENT else Noted.PGP_KEY_OFFERED
    named = UUID(bytes=bytes.fromhex(key.fingerprint)[:16])
    await office.memory.trail.note(person.practice, now, person.id, action, named)
    await office.memory.person_keys.keep(
        person.practice, person.id, standing, StoredKey(key.fingerprint, source, now, sealed)
    )


def _encoded(key: PublicKey) -> bytes:
    """What was found as one line of JSON, then the certificate, so that no later letter has to look at it again."""
    found = key.found
    if found is None:
        return key.certificate
    expires = found.expires.isoformat() if found.expires else None
    return json.dumps({"addresses": found.addresses, "expires": expires}).encode() + b"\n" + key.certificate


def _decoded(fingerprint: str, opened: bytes) -> PublicKey:
    if not opened.startswith(
        b"{"
    ):  # kept before findings were: a packet's first octet has its highest bit set
        return PublicKey(fingerprint, opened)
    line, _, certificate = opened.partition(b"\n")
    held: dict[str, Any] = json.loads(line)
    expires = datetime.fromisoformat(held["expires"]) if held["expires"] else None
    return PublicKey(fingerprint, certificate, Findings(tuple(held["addresses"]), expires))


async def _set_mode(office: Office, person: Person, mode: EmailMode, action: Noted, subject: UUID) -> None:
    await office.memory.trail.note(person.practice, office.clock(), person.id, action, subject)
    await office.memory.people.set_email_mode(person.practice, person.id, mode)


def _person_place(practice: PracticeId, person: PersonId, standing: Standing) -> Place:
    """A place of each standing: with access to the database an offered key cannot be made the one that is used."""
    return Place(f"{PERSON_KEY}.{standing}", practice, person, person)
