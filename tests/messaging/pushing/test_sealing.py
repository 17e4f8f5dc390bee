"""What push services carry: the example of RFC 8291 octet by octet, and who sends by RFC 8292."""

import json
from base64 import urlsafe_b64decode
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from messaging.pushing.sealing import (
    CURVE,
    exact_base64,
    plain_base64,
    read_device_keys,
    read_sender_key,
    seal,
    sealed_for,
)

# RFC 8291, appendix A.
WORDS = b"When I grow up, I want to be a watermelon"
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
DEVICE = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
SECRET = "BTBZMqHH6r4Tts7J_aSIgg"
MESSAGE = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
    "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_the_rfc() -> None:
    ours = read_sender_key(SENDER).private
    assert (
        plain_base64(seal(read_device_keys(DEVICE, SECRET), WORDS, exact_base64(SALT, 16), ours)) == MESSAGE
    )


def test_no_two_messages_are_alike() -> None:
    keys = read_device_keys(DEVICE, SECRET)
    first, second = (sealed_for(keys, WORDS, bytes([n]) * 56) for n in (1, 2))
    assert first != second
    assert len(first) == len(second) == len(WORDS) + 86 + 17


@pytest.mark.parametrize(
    ("point", "secret"),
    [("", SECRET), (DEVICE, ""), (DEVICE[:-1] + "5", SECRET), (DEVICE, SECRET * 2), (DEVICE, "\u0663" * 22),
     ("A" * 87, SECRET), (DEVICE[:-4], SECRET), ("B" * 9999, SECRET)],
)  # fmt: skip
def test_keys_that_are_none_are_refused(point: str, secret: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of whatever kind
        read_device_keys(point, secret)


@pytest.mark.parametrize("raw", ["", "short", "-----BEGIN nonsense", "A" * 43])
def test_a_sender_key_that_is_none_is_refused(raw: str) -> None:
    with pytest.raises(ValueError, match="P-256"):
        read_sender_key(raw)


def test_who_sends_is_signed_for_one_service_and_half_a_day() -> None:
    made = ec.generate_private_key(CURVE)
    pem = made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    now = datetime(2026, 11, 30, 21, tzinfo=UTC)
    header = read_sender_key(pem).authorization("https://push.example", "mailto:a@b.example", now)
    token, key = header.removeprefix("vapid t=").split(", k=")
    head, claims, signature = token.split(".")
    assert json.loads(urlsafe_b64decode(claims + "==")) == {
        "aud": "https://push.example",
        "exp": int(now.timestamp()) + 12 * 3600,
        "sub": "mailto:a@b.example",
    }
    octets = urlsafe_b64decode(signature + "==")
    der = encode_dss_signature(int.from_bytes(octets[:32], "big"), int.from_bytes(octets[32:], "big"))
    shown = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, urlsafe_b64decode(key + "=="))
    shown.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
