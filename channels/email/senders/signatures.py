"""DKIM: has a domain that counts signed the whole letter, and is it unchanged? (RFC 6376, by dkimpy)

The library's own preparation of the body takes quadratic time on long runs of blanks, so it is given a body
whose blanks are already in order; the result is the same, because that preparation changes nothing twice.
"""

import base64
import binascii
import hashlib
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import dkim
from dkim.canonicalization import CanonicalizationPolicy, InvalidCanonicalizationPolicyError

from channels.email.mime.headers import FIELD_LIMIT, Headers
from channels.email.senders.resolving import Lookup

SIGNATURE_LIMIT = 3  # that could count; each costs another look at the whole letter
KEY_BITS = 1024

_SOUND_ALGORITHMS = {b"rsa-sha256", b"ed25519-sha256"}  # RFC 8301: SHA-1 proves nothing any more
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_LINE_END = re.compile(rb"\r?\n")
_BLANKS = re.compile(rb"[\t ]+")
# The library logs the headers it checks, so it gets a logger that hears nothing.
_DEAF = logging.Logger("dkim", level=logging.CRITICAL + 1)


@dataclass(frozen=True, slots=True)
class _Candidate:
    place: int  # among the DKIM-Signature fields, top to bottom
    canonical: bytes
    body_hash: bytes


def signed_by(raw: bytes, headers: Headers, counts: Callable[[str], bool], dns: Lookup) -> bool:
    """Say whether a sound signature of a domain that `counts` covers the whole letter."""
    candidates = list(_candidates(headers, counts))[:SIGNATURE_LIMIT]
    ready = {kind: prepared(raw, kind) for kind in {one.canonical for one in candidates}}

    for one in candidates:
        letter, body_hash = ready[one.canonical]
        if body_hash != one.body_hash:
            continue
        try:
            if dkim.DKIM(letter, logger=_DEAF, minkey=KEY_BITS).verify(one.place, dnsfunc=text_record(dns)):
                return True
        except Exception:  # noqa: S112
            # Whatever a broken signature does to the library, it is no proof; the next one may be.
            continue
    return False


def text_record(dns: Lookup) -> Callable[..., bytes | None]:
    """Our DNS in the shape the library asks in."""

    def asked(name: bytes, timeout: int = 5) -> bytes | None:
        found = dns.look_up(name.decode("ascii", "replace"), "TXT")
        return found[0].encode("latin-1") if found else None

    return asked


def _candidates(headers: Headers, counts: Callable[[str], bool]) -> Iterator[_Candidate]:
    needed = {b"from"} | ({b"subject"} if headers.all("subject") else set())
    for place, value in enumerate(headers.all("dkim-signature")):
        try:
            tags = dkim.util.parse_tag_value(value[:FIELD_LIMIT])
            policy = CanonicalizationPolicy.from_c_value(tags.get(b"c", b"simple/simple"))
            body_hash = base64.b64decode(b"".join(tags.get(b"bh", b"").split()))
        except (dkim.util.InvalidTagValueList, InvalidCanonicalizationPolicyError, binascii.Error):
            continue
        covered = {name.strip().lower() for name in tags.get(b"h", b"").split(b":")}
        # With l= anyone may add words below what was signed, so such a signature vouches for nothing here; nor does one
        # that leaves the subject open, for whoever holds the letter could write another.
        sound = tags.get(b"a") in _SOUND_ALGORITHMS and b"l" not in tags and needed <= covered
        if len(value) <= FIELD_LIMIT and sound and counts(tags.get(b"d", b"").decode("ascii", "replace")):
            yield _Candidate(place, policy.body_algorithm.name, body_hash)


def prepared(raw: bytes, kind: bytes) -> tuple[bytes, bytes]:
    """Return the letter as the library shall see it, and the hash of its canonical body (section 3.4)."""
    end = _BLANK_LINE.search(raw)
    head, body = (raw, b"") if end is None else (raw[: end.start()], raw[end.end() :])
    body = _LINE_END.sub(b"\r\n", body)
    if kind == b"relaxed":
        body = _BLANKS.sub(b" ", body).replace(b" \r\n", b"\r\n")
    canonical = CanonicalizationPolicy.from_c_value(b"simple/" + kind).canonicalize_body(body)
    return head + b"\r\n\r\n" + body, hashlib.sha256(canonical).digest()
