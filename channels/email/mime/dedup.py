"""Is this the letter we already have? A hash of what the writer sent, whatever happened on the way.

The same Message-ID with other content is another letter: phones reuse ids, and so do attackers who want the
next letter silenced. So an id alone never decides.
"""

import hashlib

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


def content_hash(raw: bytes) -> bytes:
    """Return the SHA-256 of a letter without the fields added on the way; line ends count for nothing."""
    headers, body = split_letter(raw)
    digest = hashlib.sha256()
    for field in headers.fields:
        if field.name not in _ADDED_ON_THE_WAY and not field.name.startswith(_ADDED_PREFIXES):
            digest.update(field.name.encode() + b":" + b" ".join(field.raw.split()) + b"\n")
    # A length in front, so that no field can be passed off as the beginning of a body.
    body = _lines(body)
    digest.update(b"\n%d\n" % len(body) + body)
    return digest.digest()


def _lines(body: bytes) -> bytes:
    return body.replace(b"\r\n", b"\n").replace(b"\r", b"\n").rstrip(b"\n")
