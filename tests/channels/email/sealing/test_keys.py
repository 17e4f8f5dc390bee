"""Keys that clients hand in: taken when mail can be locked with them, refused in plain words when not."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pysequoia
import pytest

from channels.email.sealing import keys
from channels.email.sealing.examining import Examine, Examined, examine
from channels.email.sealing.keys import Smith
from messaging.errors import KeyExpired, Malformed
from messaging.trust.locks import Locks, PublicKey
from tests.cast import Cast
from tests.peers.gnupg import GnuPG, gnupg
from tests.peers.running import needs
from tests.sizes import size

pytestmark = needs("gpg")
RUTH = "ruth@mail.example"


@pytest.fixture(scope="module")
def gpg() -> Iterator[GnuPG]:
    with gnupg() as made:
        yield made


class Here:
    """Examines in this process, to save the time of starting another."""

    async def examine(self, question: Examine) -> Examined | None:
        return examine(question)


def smith() -> Smith:
    return Smith(Here())


async def taken(raw: bytes, address: str = RUTH) -> PublicKey:
    return await smith().examined(raw, address, datetime.now(UTC))


async def refused(raw: bytes, address: str = RUTH, after: timedelta = timedelta()) -> str:
    """The words with which a key is refused."""
    with pytest.raises(Malformed) as refusal:
        await smith().examined(raw, address, datetime.now(UTC) + after)
    return refusal.value.detail


@pytest.mark.parametrize("kind", ["ed25519", "rsa2048"])
async def test_keys_of_both_kinds_are_taken(gpg: GnuPG, kind: str) -> None:
    fingerprint = gpg.key(f"Ruth <{kind}.{RUTH}>", kind=kind)
    key = await taken(gpg.public(fingerprint), f"{kind}.Ruth@MAIL.example")
    assert key.fingerprint.upper() == fingerprint
    assert smith().named(key.certificate) == key.fingerprint


async def test_a_key_is_refused_with_the_reason(gpg: GnuPG) -> None:
    expiring = gpg.key(f"Soon <soon.{RUTH}>", expires="2d")
    assert await refused(gpg.public(expiring), f"soon.{RUTH}", timedelta(days=3)) == KeyExpired.words
    revoked = gpg.key(f"Gone <gone.{RUTH}>")
    gpg.revoke(revoked)
    assert await refused(gpg.public(revoked), f"gone.{RUTH}") == keys.REVOKED
    signing = gpg.key(f"Signs <signs.{RUTH}>", encrypts=False)
    assert await refused(gpg.public(signing), f"signs.{RUTH}") == keys.SIGNS_ONLY
    others = gpg.key(f"Other <other.{RUTH}>")
    assert await refused(gpg.public(others)) == keys.FOREIGN
    assert await refused(gpg.public(others) + gpg.public(signing), f"other.{RUTH}") == keys.SEVERAL
    secret = gpg.run("--armor", "--export-secret-keys", others).content
    assert await refused(secret, f"other.{RUTH}") == keys.YOURS_ALONE


@pytest.mark.parametrize(
    "raw", [b"", b"a letter", b"\x99\x01", b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n", b"\x00" * 9]
)
async def test_what_is_no_key_is_refused(raw: bytes) -> None:
    assert await refused(raw) == keys.NO_KEY


async def test_what_is_too_large_is_not_even_read() -> None:
    assert "too large" in await refused(b"x" * (keys.KEY_LIMIT + 1))


async def test_an_address_inside_a_name_is_not_the_address() -> None:
    made = pysequoia.Tsk.generate(user_id=f"{RUTH} <evil@evil.example>", profile=pysequoia.Profile.RFC4880)
    assert await refused(bytes(made.extract_certificate())) == keys.FOREIGN


def test_a_practice_name_cannot_put_an_address_on_its_key() -> None:
    made_by = smith()
    made = made_by.public(made_by.new_key("Linde <evil@evil.example>\n", "post@linde.example"))
    ids = [str(one) for one in pysequoia.Cert.from_bytes(made.certificate).user_ids]
    assert ids == ["Linde evil@evil.example <post@linde.example>"]


async def test_what_is_given_out_holds_no_secret() -> None:
    made_by = smith()
    secret = made_by.new_key("Linde", "post@linde.example")
    public = made_by.public(secret)
    with pytest.raises(Malformed, match="secret"):
        await made_by.examined(secret, "post@linde.example", datetime.now(UTC))
    await made_by.examined(public.certificate, "post@linde.example", datetime.now(UTC))
    assert "PUBLIC KEY BLOCK" in made_by.armored(public)


async def test_keys_do_not_print(cast: Cast) -> None:
    secret = smith().new_key("Linde", "post@linde.example")
    public: PublicKey = smith().public(secret)
    shown = f"{Locks(public, secret)!r} {public!r} {cast.office.locksmith!r}"
    assert repr(secret)[2:40] not in shown
    assert repr(public.certificate)[2:40] not in shown


async def test_no_octets_make_examining_raise_anything_else(gpg: GnuPG) -> None:
    whole = gpg.run("--export", gpg.key(f"Many <many.{RUTH}>")).content
    for place in range(0, len(whole), size(17, 1)):
        for made in (whole[:place], whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :]):
            with suppress(Malformed):
                assert len((await taken(made, f"many.{RUTH}")).fingerprint) == 40


async def test_an_address_that_nobody_signed_onto_a_key_is_not_on_it(gpg: GnuPG) -> None:
    whole = gpg.run("--export", gpg.key(f"Theirs <theirs.{RUTH}>")).content
    name = f"Ruth <{RUTH}>".encode()
    assert await refused(whole + bytes([0xC0 | 13, len(name)]) + name) == keys.FOREIGN
