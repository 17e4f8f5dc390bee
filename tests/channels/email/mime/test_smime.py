"""S/MIME: a letter within a signature is read, a sealed one is named; made by a real signer."""

import base64
import time
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.email.mime.bodies import SIGNED, Unreadable
from channels.email.mime.parsing import parse
from channels.email.mime.smime import Kind, open_smime

INNER = (
    b"Content-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    + "Schöne Grüße".encode()
    + b"\r\n--i\r\nContent-Type: application/pdf; name=plan.pdf\r\n\r\n%PDF\r\n--i--\r\n"
)


@cache
def _pair() -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Mara Lind")])
    now = datetime(2031, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=9))
    return key, made.sign(key, hashes.SHA256())


@cache
def signed() -> bytes:
    key, certificate = _pair()
    builder = pkcs7.PKCS7SignatureBuilder().set_data(INNER).add_signer(certificate, key, hashes.SHA256())
    return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])


@cache
def sealed() -> bytes:
    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(INNER).add_recipient(_pair()[1])
    return builder.encrypt(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])


def in_pieces(content: bytes) -> bytes:
    """Signed data as mail programs stream it: no lengths, and the letter cut into pieces."""
    pieces = b"".join(
        b"\x04" + bytes([len(c)]) + c for c in (content[i : i + 99] for i in range(0, len(content), 99))
    )
    signed_name, data_name = b"\x06\x09*\x86H\x86\xf7\r\x01\x07\x02", b"\x06\x09*\x86H\x86\xf7\r\x01\x07\x01"
    inner = b"0\x80" + data_name + b"\xa0\x80" + b"\x24\x80" + pieces + b"\0\0" * 3
    return b"0\x80" + signed_name + b"\xa0\x80" + b"0\x80\x02\x01\x011\x00" + inner + b"1\x00" + b"\0\0" * 3


def mailed(content: bytes, kind: str = "") -> bytes:
    head = f"From: mara@example.org\r\nContent-Type: application/pkcs7-mime; name=smime.p7m{kind}\r\n"
    return head.encode() + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(content)


@pytest.mark.parametrize("form", [signed, lambda: in_pieces(INNER)])
def test_a_letter_within_a_signature_is_read_and_its_files_are_kept(form: object) -> None:
    assert callable(form)
    read = parse(mailed(form()))
    assert (read.text, read.unreadable, read.sender) == ("Schöne Grüße", None, "mara@example.org")
    assert [(one.name, one.content) for one in read.attachments] == [("plan.pdf", b"%PDF")]
    assert read.problems == (SIGNED,)


def test_a_sealed_letter_is_named_whatever_its_label_says() -> None:
    read = parse(mailed(sealed(), "; smime-type=signed-data"))
    assert (read.unreadable, [one.name for one in read.attachments]) == (Unreadable.SMIME, ["smime.p7m"])
    assert open_smime(sealed()).kind is Kind.SEALED


def test_a_sealed_letter_within_a_signature_is_named() -> None:
    read = parse(mailed(in_pieces(mailed(sealed()))))
    assert (read.unreadable, [one.name for one in read.attachments]) == (Unreadable.SMIME, ["smime.p7m"])


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_mutation_raises(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from([in_pieces(INNER), signed(), sealed()]))
    place = data.draw(st.integers(0, min(len(whole), 80)))
    open_smime(
        whole[:place] + data.draw(st.binary(max_size=8)) + whole[place + data.draw(st.integers(0, 8)) :]
    )


BOMBS = {
    "deep": b"0\x80" * 100_000,
    "deep pieces": b"0\x80\x06\x09*\x86H\x86\xf7\r\x01\x07\x02\xa0\x80" + b"\x24\x80" * 90_000,
    "many pieces": in_pieces(b"")[:-12] + b"\x04\x00" * 1_000_000,
    "a huge length": b"0\x88" + b"\xff" * 8,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_given_up_in_a_moment(name: str) -> None:
    begun = time.process_time()
    assert open_smime(BOMBS[name]).content is None
    assert time.process_time() - begun < 1.0
