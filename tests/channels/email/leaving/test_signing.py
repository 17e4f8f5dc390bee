"""What we sign is believed by whoever checks it, and by nobody once it was changed."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.utils import parsedate_to_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from channels.email.composing.mail import compose_full, compose_notice
from channels.email.composing.promising import RECEIVED, Places, compose_promise
from channels.email.composing.signing import SIGNED, VALID, Signer, read_signer
from channels.email.senders.authenticity import Dmarc, How, verify
from messaging.leaving.delivering import claim
from tests.cast import found_cast
from tests.channels.email.leaving.dkim_by_the_book import checked, terms
from tests.channels.email.leaving.test_composing import DATE, LINK, TO_MARA
from tests.channels.email.leaving.test_courier import write
from tests.channels.email.senders.fake_dns import DMARC, LETTER, TAKEN, Table
from tests.conftest import TestDatabase
from web.house import house
from web.settings import BadSettings


def pem(key: rsa.RSAPrivateKey | Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


RSA = read_signer("s2026", pem(rsa.generate_private_key(public_exponent=65537, key_size=2048)))
FULL = compose_full(TO_MARA, "Dear Mara,\n\nhow was the week?\n-- \nMira")
NOTICE = compose_notice(replace(TO_MARA, auto=True, unasked=True), LINK)
PROMISE = compose_promise(
    replace(TO_MARA, auto=True), RECEIVED, DATE, (ZoneInfo("Europe/Berlin"),), Places(LINK, LINK)
)


def judged(raw: bytes, signer: Signer) -> Dmarc:
    dns = Table(DMARC, {("s2026._domainkey.example.org", "TXT"): (signer.published,)})
    return verify(raw, taken=TAKEN, client_ip=None, helo="", mail_from="", resolver=dns).dmarc


def test_a_signed_mail_passes_and_a_changed_one_does_not() -> None:
    signed = RSA.sign(LETTER, "example.org")
    assert judged(signed, RSA) is Dmarc.PASS
    assert judged(signed.replace(b"lake", b"pond"), RSA) is Dmarc.FAIL


@pytest.mark.parametrize("name", [name.decode() for name in SIGNED])
@pytest.mark.parametrize("mail", [LETTER, FULL, NOTICE, PROMISE], ids=["letter", "full", "notice", "promise"])
def test_no_field_that_is_read_can_be_added_above_a_mail_we_signed(name: str, mail: bytes) -> None:
    """Whoever got a notice could put their own Reply-To above it and send it on as ours (RFC 6376 8.15)."""
    signed = RSA.sign(mail, "practice.test")
    assert checked(signed, RSA.published)
    for other in (name, name.upper(), name.title()):
        added = f"{other}: <thief@evil.test>\r\n".encode()
        assert not checked(added + signed, RSA.published)
        head, _, body = signed.partition(b"\r\n\r\n")
        assert not checked(b"\r\n".join([head, added, body]), RSA.published)


def test_every_field_of_our_mails_that_changes_what_is_read_is_signed() -> None:
    for mail in (FULL, NOTICE, PROMISE):
        names = {line.partition(b":")[0].lower() for line in mail.partition(b"\r\n\r\n")[0].split(b"\r\n")}
        names = {name for name in names if not name.startswith((b" ", b"\t"))}
        assert names - set(SIGNED) <= {b"x-auto-response-suppress", b"thread-index"}


def test_a_signature_holds_for_some_days_from_the_date_of_the_mail() -> None:
    said = terms(RSA.sign(FULL, "practice.test"))
    assert int(said["x"]) == int(DATE.timestamp()) + 10 * 86400
    assert int(said["t"]) < int(said["x"])
    dns = Table(DMARC, {("s2026._domainkey.example.org", "TXT"): (RSA.published,)})
    signed = RSA.sign(LETTER, "example.org")
    for days, wanted in ((9, Dmarc.PASS), (11, Dmarc.FAIL)):
        taken = replace(TAKEN, at=DATE + timedelta(days=days))
        assert (
            verify(signed, taken=taken, client_ip=None, helo="", mail_from="", resolver=dns).dmarc is wanted
        )


@pytest.mark.parametrize("date", [b"", b"Date: Tue, 14 Jan 2003 18:20:05 +0100\r\n"])
def test_it_never_ends_before_it_begins(date: bytes) -> None:
    said = terms(RSA.sign(b"From: a@example.org\r\n" + date + b"\r\nHello\r\n", "example.org"))
    assert int(said["x"]) - int(said["t"]) == VALID.total_seconds()


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
    taken = replace(TAKEN, at=parsedate_to_datetime(message_from_bytes(mail.raw)["Date"]))
    verdict = verify(mail.raw, taken=taken, client_ip=None, helo="", mail_from="", resolver=dns)
    assert (verdict.aligned, verdict.how) == (True, How.OWN_DKIM)


@pytest.mark.parametrize("wrong", ["s2026", "s2026:", "a b:/key", "s2026:/nowhere/key.pem"])
async def test_a_key_that_cannot_be_used_is_one_line_for_the_operator(
    database: TestDatabase, wrong: str
) -> None:
    with pytest.raises(BadSettings, match="QUIETLINE_DKIM"):
        async with house(database.settings(QUIETLINE_DKIM=wrong)):
            pass
