"""Is this the letter we already have? A hash of what the writer sent, whatever happened on the way.

The same Message-ID with other content is another letter: phones reuse ids, and so do attackers who want the
next letter silenced. So an id alone never decides.
"""

import hashlib
import re

from channels.email.mime.headers import split_letter

# Fields that every hop may add or rewrite; a second delivery of one letter differs in these only.
_ADDED_ON_THE_WAY = {
    "received",
    "return-path",
    "delivered-to",
    "envelope-to",
    "authentication-results",
    "received-spf",
    "dkim-signature",
}
_ADDED_PREFIXES = ("x-", "arc-")
_BLANKS = re.compile(rb"[ \t]+")


# What a signature that counts covers, always (`senders.signatures`, `senders.replays`), and what says how to read the body.
_SIGNED = ("from", "subject", "date")
_READ_BY = ("content-type", "content-transfer-encoding")


def signed_hashes(raw: bytes) -> tuple[bytes, bytes]:
    """Return what tells a letter that was sent again: the SHA-256 of what its writer signed, and the same together with
    the fields by which its words are read.

    Whoever holds a signed letter can change its Message-ID, and the shape of its body where that is not signed. The first
    hash stays the same then; where the second does too, it says the same words.
    """
    headers, body = split_letter(raw)
    digest = hashlib.sha256(b"signed letter\n")
    for name in _SIGNED:
        digest.update(name.encode() + b":" + _spaced(headers.raw(name)) + b"\n")
    # Blanks count for nothing to a signature, but may change how a line is read.
    body = _lines(body)
    digest.update(_BLANKS.sub(b" ", body).replace(b" \n", b"\n").strip())
    said = digest.digest()
    digest.update(body)
    for name in _READ_BY:
        digest.update(b"\n" + name.encode() + b":" + _spaced(headers.raw(name)))
    return said, digest.digest()


def content_hash(raw: bytes) -> bytes:
    """Return the SHA-256 of a letter without the fields added on the way; line ends count for nothing."""
    headers, body = split_letter(raw)
    digest = hashlib.sha256()
    for field in headers.fields:
        if field.name not in _ADDED_ON_THE_WAY and not field.name.startswith(_ADDED_PREFIXES):
            digest.update(field.name.encode() + b":" + _spaced(field.raw) + b"\n")
    # A length in front, so that no field can be passed off as the beginning of a body.
    body = _lines(body)
    digest.update(b"\n%d\n" % len(body) + body)
    return digest.digest()


def _spaced(value: bytes) -> bytes:
    return b" ".join(value.split())


def _lines(body: bytes) -> bytes:
    return body.replace(b"\r\n", b"\n").replace(b"\r", b"\n").rstrip(b"\n")
