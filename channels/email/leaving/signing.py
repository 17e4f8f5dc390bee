"""DKIM: our domain vouches for the mail we send (RFC 6376, rsa-sha256 as RFC 8301 demands).

For practices whose relay does not sign. Signed once, when the mail is frozen, so that every copy of it is the same.
"""

import logging
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Final

import dkim
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

KEY_BITS: Final = 2048
"""Of an RSA key: receivers take no notice of less than 1024, and advise twice as much."""
# Each once more than it occurs, so that nobody can add a second one to a mail we signed.
SIGNED: Final = tuple(
    name.encode()
    for name in (
        "from",
        "to",
        "reply-to",
        "subject",
        "date",
        "message-id",
        "in-reply-to",
        "references",
        "mime-version",
        "content-type",
        "auto-submitted",
    )
)
# The library logs the headers it signs, so it gets a logger that hears nothing.
_DEAF: Final = logging.Logger("dkim", level=logging.CRITICAL + 1)


@dataclass(frozen=True, slots=True)
class Signer:
    """One key, published under `selector` in the DNS of every domain that mail is sent from."""

    selector: str
    key: bytes = field(repr=False)
    published: str
    """The TXT record that belongs at `selector._domainkey.DOMAIN`."""

    def sign(self, raw: bytes, domain: str) -> bytes:
        """The mail with a signature on top."""
        oversigned = [
            name for name in SIGNED for _ in range(2 if name in (b"from", b"subject", b"date") else 1)
        ]
        made = dkim.DKIM(raw, logger=_DEAF).sign(
            self.selector.encode(),
            domain.encode(),
            self.key,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=oversigned,
        )
        return bytes(made) + raw


def read_signer(selector: str, pem: bytes) -> Signer:
    """A signer from a private key as a PEM file holds it: RSA of at least 2048 bits. Raises ValueError."""
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError("the DKIM key cannot be read: a private key in PEM, without a password") from None
    # Ed25519 (RFC 8463) is not offered: too few receivers can check it, and to the others such a mail is unsigned.
    if not isinstance(key, RSAPrivateKey) or key.key_size < KEY_BITS:
        raise ValueError(f"the DKIM key must be RSA of at least {KEY_BITS} bits")
    private = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Signer(selector, private, f"v=DKIM1; k=rsa; p={b64encode(public).decode()}")
