"""What we sign is believed by whoever checks it, and by nobody once it was changed."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from channels.email.leaving.signing import Signer, read_signer
from channels.email.senders.authenticity import Dmarc, How, verify
from messaging.mail.delivering import claim
from tests.cast import found_cast
from tests.channels.email.fake_dns import DMARC, LETTER, TAKEN, Table
from tests.channels.email.test_courier import write
from tests.conftest import TestDatabase
from web.house import house
from web.settings import BadSettings


def pem(key: rsa.RSAPrivateKey | Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


RSA = read_signer("s2026", pem(rsa.generate_private_key(public_exponent=65537, key_size=2048)))


def judged(raw: bytes, signer: Signer) -> Dmarc:
    dns = Table(DMARC, {("s2026._domainkey.example.org", "TXT"): (signer.published,)})
    return verify(raw, taken=TAKEN, client_ip=None, helo="", mail_from="", resolver=dns).dmarc


def test_a_signed_mail_passes_and_a_changed_one_does_not() -> None:
    signed = RSA.sign(LETTER, "example.org")
    assert judged(signed, RSA) is Dmarc.PASS
    assert judged(signed.replace(b"lake", b"pond"), RSA) is Dmarc.FAIL


@pytest.mark.parametrize("name", [b"From", b"Subject", b"Date"])
def test_nobody_can_add_a_second_sender_subject_or_date(name: bytes) -> None:
    signed = RSA.sign(LETTER, "example.org")
    assert judged(name + b": another\r\n" + signed, RSA) is not Dmarc.PASS


def test_only_sound_keys_are_taken_and_their_secret_is_not_shown() -> None:
    curve = pem(Ed25519PrivateKey.generate())
    weak = pem(rsa.generate_private_key(public_exponent=65537, key_size=1024))
    for wrong in (b"", b"-----BEGIN", weak, curve, pem(ec.generate_private_key(ec.SECP256R1()))):
        with pytest.raises(ValueError, match="DKIM key"):
            read_signer("s", wrong)
    assert RSA.key.decode() not in repr(RSA)


async def test_with_a_key_every_mail_of_the_house_is_signed(database: TestDatabase, tmp_path: Path) -> None:
    key = tmp_path / "dkim.pem"
    key.write_bytes(pem(rsa.generate_private_key(public_exponent=65537, key_size=2048)))
    async with house(database.settings(QUIETLINE_DKIM=f"s2026:{key}")) as built:
        cast = await found_cast(built)
        await write(cast, "ruth")
        (mail,) = [
            one.mail for one in await claim(cast.office, 1000) if one.stored.practice == cast.practice.id
        ]
    assert mail is not None
    signer = read_signer("s2026", key.read_bytes())
    dns = Table({("s2026._domainkey.quietline.localhost", "TXT"): (signer.published,)})
    verdict = verify(mail.raw, taken=TAKEN, client_ip=None, helo="", mail_from="", resolver=dns)
    assert (verdict.aligned, verdict.how) == (True, How.OWN_DKIM)


@pytest.mark.parametrize("wrong", ["s2026", "s2026:", "a b:/key", "s2026:/nowhere/key.pem"])
async def test_a_key_that_cannot_be_used_is_one_line_for_the_operator(
    database: TestDatabase, wrong: str
) -> None:
    with pytest.raises(BadSettings, match="QUIETLINE_DKIM"):
        async with house(database.settings(QUIETLINE_DKIM=wrong)):
            pass
