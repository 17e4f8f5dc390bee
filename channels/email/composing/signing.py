"""DKIM: our domain vouches for the mail we send (RFC 6376, rsa-sha256 as RFC 8301 demands).

For practices whose relay does not sign. Signed once, when the mail is frozen, so that every copy of it is the same.
"""

import logging
from base64 import b64encode
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime
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
SIGNED: Final = tuple(
    name.encode()
    for name in (
        "from",
        "sender",
        "reply-to",
        "to",
        "cc",
        "subject",
        "date",
        "message-id",
        "in-reply-to",
        "references",
        "mime-version",
        "content-type",
        "content-transfer-encoding",
        "auto-submitted",
        "autocrypt",
    )
)
"""Each once more than it occurs, those we never write among them (RFC 6376 5.4.2).

A verifier takes the lowest of several and a reader the topmost: whoever got a notice could put their own Reply-To or key
above it and send it on, and it would still pass as the practice's.
"""
VALID: Final = timedelta(days=10)
"""How long a signature holds (x=, RFC 6376 3.5), so that nobody has one of ours to send on for ever.

Two days of tries are ours, five are every relay's on the way (RFC 5321 4.5.4.1); the rest is for a relay that was away.
"""
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
        mail = _Dated(raw, logger=_DEAF)
        written = Counter(name.lower() for name, _ in mail.headers)
        made = mail.sign(
            self.selector.encode(),
            domain.encode(),
            self.key,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[name for name in SIGNED for _ in range(written[name] + 1)],
        )
        return bytes(made) + raw


class _Dated(dkim.DKIM):  # type: ignore[misc]
    """Says until when its signature holds, beside since when: the library has no word for it."""

    def gen_header(self, fields: list[tuple[bytes, bytes]], *rest: object, **more: object) -> bytes:
        """The signature over these fields, and one more: some days from the mail's Date, which is when it was frozen."""
        made = [name for name, _ in fields].index(b"t")
        date = next((value.decode() for name, value in self.headers if name.lower() == b"date"), None)
        since = parsedate_to_datetime(date).timestamp() if date else 0
        # Never before t= (RFC 6376 3.5), which the library takes from a clock of its own.
        until = max(int(since), int(fields[made][1])) + int(VALID.total_seconds())
        fields.insert(made + 1, (b"x", b"%d" % until))
        return bytes(super().gen_header(fields, *rest, **more))


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
