"""A key is what its owner makes it, and no key costs anybody else their time: counted first, examined apart, once."""

from dataclasses import replace
from datetime import UTC, datetime
from time import thread_time

import pysequoia
import pytest

from channels.email.sealing.examining import Examine, Examined, Trouble, examine
from channels.email.sealing.keys import KEY_LIMIT, WAITING, Smith
from channels.email.workers.reading_room import ReadingRoom
from messaging.errors import Busy, Malformed, TooLong
from messaging.ids import PersonId
from messaging.leaving.keys import key_of, locks_for, offer_key, take_key
from messaging.memory.person_keys import StoredKey
from messaging.people import EmailMode
from messaging.trust.encryption import Place
from messaging.trust.locks import KeySource, Locks, PublicKey, Standing
from tests.cast import Cast
from tests.channels.email.sealing.costly_keys import AS_BAD, fresh, junk, packet

RUTH = "ruth@mail.example"
NOW = datetime(2027, 1, 1, tzinfo=UTC)
PUBLIC = {2, 10, 12, 13, 14, 17, 21}
"""Packets that may stand behind the primary of a key without a secret (RFC 9580 10.1), as bare as they are here."""
MARKER = 10


class Counting:
    """Examines here, and counts how often."""

    def __init__(self) -> None:
        self.asked = 0

    async def examine(self, question: Examine) -> Examined | None:
        self.asked += 1
        return examine(question)


def test_the_parts_of_a_key_are_counted_before_anything_else() -> None:
    taken = {tag for tag in range(1, 64) if examine(Examine(fresh(RUTH) + part(tag))).trouble is None}
    assert taken == PUBLIC
    for tag in PUBLIC:
        assert examine(Examine(fresh(RUTH) + part(tag) * 3001)).trouble is Trouble.TOO_MANY_PARTS


def part(tag: int) -> bytes:
    """A packet of a few octets, or of none where others would be no packet of its kind."""
    return packet(tag, b"PGP" if tag == MARKER else b"\x04" + bytes(8))


def test_a_key_of_junk_is_refused_in_time_that_grows_with_its_size_only() -> None:
    def cost(size: int) -> float:
        raw = junk(RUTH, size)
        began = thread_time()
        assert examine(Examine(raw)).trouble is Trouble.TOO_MANY_PARTS
        return thread_time() - began

    quarter, whole = (min(cost(size) for _ in range(7)) for size in (KEY_LIMIT // 4, KEY_LIMIT))
    assert whole < 9 * quarter, "what looks again for each part takes sixteen times as long"
    assert whole < 2.0


@pytest.mark.parametrize("name", AS_BAD)
async def test_the_worst_keys_cost_the_server_nothing(name: str) -> None:
    room = ReadingRoom(1)
    raw = AS_BAD[name](RUTH)
    began = thread_time()
    try:
        await Smith(room).examined(raw, RUTH, NOW)
    except Malformed:
        pass
    finally:
        spent = thread_time() - began
        await room.close()
    assert spent < 0.1


class Never:
    """Hands that do not manage."""

    async def examine(self, question: Examine) -> Examined | None:
        return None


async def test_what_cannot_be_examined_in_time_is_refused_in_words() -> None:
    with pytest.raises(TooLong, match="too many parts"):
        await Smith(Never()).examined(fresh(RUTH), RUTH, NOW)


async def test_only_so_many_keys_wait_to_be_examined() -> None:
    smith, refused = Smith(Counting()), []

    class Meanwhile:
        async def examine(self, question: Examine) -> Examined | None:
            try:
                await smith.examined(question.raw, RUTH, NOW)
            except Busy:
                refused.append(question)
            return examine(question)

    smith._hands = Meanwhile()
    await smith.examined(fresh(RUTH), RUTH, NOW)
    assert len(refused) == 1
    assert smith._waiting == 0
    assert WAITING > 1


@pytest.fixture
def counting(cast: Cast) -> Counting:
    made = Counting()
    object.__setattr__(cast.office, "locksmith", Smith(made))
    return made


async def test_a_key_is_examined_once_and_never_for_a_letter(cast: Cast, counting: Counting) -> None:
    address = cast["linden"].email
    assert address is not None
    key = fresh(address)
    await take_key(cast.office, cast["linden"], key, KeySource.UPLOAD)
    reader = replace(cast["linden"], email_mode=EmailMode.OPENPGP)
    locks = await locks_for(cast.office, cast.practice, reader)
    assert isinstance(locks, Locks)
    assert locks.theirs.certificate
    assert not await offer_key(cast.office, cast["linden"], key), "it comes along with each of their letters"
    assert counting.asked == 1


async def test_a_key_kept_before_findings_were_is_still_used(cast: Cast, counting: Counting) -> None:
    who, address = cast["linden"], cast["linden"].email
    assert address is not None
    certificate = fresh(address)
    await _kept_as_before(cast, who.id, certificate)
    held = await key_of(cast.office, who.practice, who.id)
    assert held is not None
    assert held.key.certificate == certificate
    assert held.key.found is None
    reader = replace(who, email_mode=EmailMode.OPENPGP)
    assert isinstance(await locks_for(cast.office, cast.practice, reader), Locks)
    assert counting.asked == 1


async def test_a_key_is_for_its_addresses_only_however_it_was_kept() -> None:
    smith = Smith(Counting())
    key = await smith.examined(fresh(RUTH), RUTH, NOW)
    for known in (key, PublicKey(key.fingerprint, key.certificate)):
        assert (await smith.usable(known, RUTH, NOW)).fingerprint == key.fingerprint
        with pytest.raises(Malformed, match="not for the address"):
            await smith.usable(known, "else@mail.example", NOW)


@pytest.mark.parametrize(
    "raw", [b"", b"\x99", b"\xc6\xff\xff\xff\xff\xff", b"a letter", bytes(99), b"\xc6" * 9]
)
def test_octets_that_are_no_key_have_no_name(raw: bytes) -> None:
    assert Smith(Never()).named(raw) is None


async def _kept_as_before(cast: Cast, person: PersonId, certificate: bytes) -> None:
    """As earlier versions kept it: the certificate alone."""
    own = await cast.office.keyring.key(cast.practice.id, person)
    place = Place(f"pgp_keys.sealed.{Standing.CURRENT}", cast.practice.id, person, person)
    sealed = cast.office.keyring.seal(own, place, certificate)
    fingerprint = pysequoia.Cert.from_bytes(certificate).fingerprint
    stored = StoredKey(fingerprint, KeySource.UPLOAD, cast.office.clock(), sealed)
    await cast.office.memory.person_keys.keep(cast.practice.id, person, Standing.CURRENT, stored)
