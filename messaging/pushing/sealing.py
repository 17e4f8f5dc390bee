"""What a push service carries and cannot read (RFC 8188, 8291), and how it knows who sends it (VAPID, RFC 8292)."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

RECORD: Final = 4096
"""Octets of a record: what every push service takes (RFC 8291 section 4)."""
POINT: Final = 65
SECRET: Final = 16
SALT: Final = 16
CURVE: Final = ec.SECP256R1()
ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
LASTS: Final = timedelta(hours=12)
"""Of the statement who sends; a day at most (RFC 8292 section 2)."""


@dataclass(frozen=True, slots=True)
class DeviceKeys:
    """What a browser gave for its subscription: a point of P-256, and a secret of 16 octets."""

    point: bytes = field(repr=False)
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SenderKey:
    """The key by which push services know this server."""

    private: ec.EllipticCurvePrivateKey = field(repr=False)

    @property
    def public(self) -> str:
        """As a browser is given it to subscribe."""
        return plain_base64(_point_of(self.private.public_key()))

    def authorization(self, audience: str, contact: str, now: datetime) -> str:
        """The header of a request to the service at `audience` (scheme and host). `contact`: whom it may write to."""
        claims = {"aud": audience, "exp": int((now + LASTS).timestamp()), "sub": contact}
        signed = f"{_part({'typ': 'JWT', 'alg': 'ES256'})}.{_part(claims)}"
        r, s = decode_dss_signature(self.private.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        signature = plain_base64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
        return f"vapid t={signed}.{signature}, k={self.public}"


def read_sender_key(raw: str) -> SenderKey:
    """A private key of P-256, in PEM or as 32 octets in base64url. Raises ValueError."""
    wrong = "write a private key of the curve P-256, in PEM or as its 32 octets in base64url"
    try:
        if raw.lstrip().startswith("-----"):
            made = serialization.load_pem_private_key(raw.encode(), None)
        else:
            made = ec.derive_private_key(int.from_bytes(exact_base64(raw.strip(), 32), "big"), CURVE)
    except (ValueError, TypeError):
        raise ValueError(wrong) from None
    if not isinstance(made, ec.EllipticCurvePrivateKey) or made.curve.name != CURVE.name:
        raise ValueError(wrong)
    return SenderKey(made)


def read_device_keys(point: str, secret: str) -> DeviceKeys:
    """As a browser gives them. Raises ValueError for what is no point of the curve."""
    octets = exact_base64(point, POINT)
    ec.EllipticCurvePublicKey.from_encoded_point(CURVE, octets)
    return DeviceKeys(octets, exact_base64(secret, SECRET))


def sealed_for(keys: DeviceKeys, words: bytes, random: bytes) -> bytes:
    """The body of a push message, which the device alone opens. `random`: 16 octets of salt and 40 for a fresh key."""
    salt, seed = random[:SALT], random[SALT:]
    # 320 bits for a key of 256: none is likelier than another by more than 2^-64 (FIPS 186-5, A.2.1).
    return seal(
        keys, words, salt, ec.derive_private_key(int.from_bytes(seed, "big") % (ORDER - 1) + 1, CURVE)
    )


def seal(keys: DeviceKeys, words: bytes, salt: bytes, ours: ec.EllipticCurvePrivateKey) -> bytes:
    """The same with a salt and key that are given. Raises ValueError for words that are too long."""
    if len(words) > RECORD - 17 - SALT - 5 - POINT:
        raise ValueError("too long for one record")
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, keys.point)
    shared, own = ours.exchange(ec.ECDH(), theirs), _point_of(ours.public_key())
    # RFC 8291 section 3.4, then RFC 8188 section 2.2 and 2.3.
    material = _derived(keys.secret, shared, b"WebPush: info\x00" + keys.point + own, 32)
    key = _derived(salt, material, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derived(salt, material, b"Content-Encoding: nonce\x00", 12)
    head = salt + RECORD.to_bytes(4, "big") + bytes([POINT]) + own
    return head + AESGCM(key).encrypt(nonce, words + b"\x02", None)


def _derived(salt: bytes, material: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(material)


def _point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def _part(said: Mapping[str, object]) -> str:
    return plain_base64(json.dumps(said, separators=(",", ":")).encode())


def plain_base64(octets: bytes) -> str:
    """base64url without padding (RFC 7515)."""
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def exact_base64(text: str, length: int) -> bytes:
    """The inverse, of so many octets. Raises ValueError."""
    if len(text) > 4 * length or not text.isascii():
        raise ValueError("not of this length")
    octets = base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    if len(octets) != length or plain_base64(octets) != text.rstrip("="):
        raise ValueError("not of this length")
    return octets
