"""DKIM: has a domain that counts signed the whole letter, is it unchanged, and what does the signature cover?
(RFC 6376, by dkimpy)

The library's own preparation of the body takes quadratic time on long runs of blanks, so it is given a body
whose blanks are already in order; the result is the same, because that preparation changes nothing twice.
"""

import base64
import binascii
import hashlib
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

import dkim
from dkim.canonicalization import CanonicalizationPolicy, InvalidCanonicalizationPolicyError

from channels.email.mime.headers import FIELD_LIMIT, Headers
from channels.email.senders.resolving import Lookup

SIGNATURE_LIMIT = 3  # that could count; each costs another look at the whole letter
KEY_BITS = 1024

CLOCKS: Final = timedelta(hours=1)
"""How far a signer's clock may be ahead of ours."""

_DIGITS: Final = 12  # of a time in seconds (RFC 6376 section 3.5)
_NAME = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")
"""Of a domain, or of a selector. With a NUL or a bracket in it, what is asked for is not what is read."""
_SOUND_ALGORITHMS = {b"rsa-sha256", b"ed25519-sha256"}  # RFC 8301: SHA-1 proves nothing any more
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_LINE_END = re.compile(rb"\r?\n")
_BLANKS = re.compile(rb"[\t ]+")
# The library logs the headers it checks, so it gets a logger that hears nothing.
_DEAF = logging.Logger("dkim", level=logging.CRITICAL + 1)


@dataclass(frozen=True, slots=True)
class Signer:
    """Whose signature counts, and at what time."""

    counts: Callable[[str], bool]
    """Whether the domain that signed may vouch for the sender."""
    mailbox: str = field(repr=False)
    """What stands before the @ of the sender: a signature that names somebody else there is theirs (RFC 6376 section 3.5,
    `i=`)."""
    at: datetime
    """When the letter was taken: a signature may have an end."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A signature field that says it vouches, whether it does or not."""

    place: int  # among the DKIM-Signature fields, top to bottom
    tags: dict[bytes, bytes] = field(repr=False)
    covered: frozenset[str]
    """The fields it covers; none where it leaves open what others could then write."""

    def says(self, name: str) -> str:
        """One of its tags."""
        return self.tags.get(name.encode(), b"").decode("ascii", "replace")


@dataclass(frozen=True, slots=True)
class _Candidate:
    claim: Claim
    canonical: bytes
    body_hash: bytes


def covered_by_sound(raw: bytes, headers: Headers, signer: Signer, dns: Lookup) -> Iterator[frozenset[str]]:
    """The fields that each sound signature covers, one after the other: none, if nobody who counts has signed it all."""
    candidates = list(islice(_candidates(headers, signer), SIGNATURE_LIMIT))
    ready = {kind: prepared(raw, kind) for kind in {one.canonical for one in candidates}}

    for one in candidates:
        letter, body_hash = ready[one.canonical]
        if body_hash != one.body_hash:
            continue
        try:
            if dkim.DKIM(letter, logger=_DEAF, minkey=KEY_BITS).verify(
                one.claim.place, dnsfunc=text_record(dns)
            ):
                yield one.claim.covered
        except Exception:  # noqa: S112
            # Whatever a broken signature does to the library, it is no proof; the next one may be.
            continue


def text_record(dns: Lookup) -> Callable[..., bytes | None]:
    """Our DNS in the shape the library asks in."""

    def asked(name: bytes, timeout: int = 5) -> bytes | None:
        found = dns.look_up(name.decode("ascii", "replace"), "TXT")
        return found[0].encode("latin-1") if found else None

    return asked


def claims(headers: Headers, signer: Signer) -> Iterator[Claim]:
    """Every signature field of a domain that counts, sound or not."""
    needed = {"from"} | ({"subject"} if headers.all("subject") else set())
    for place, value in enumerate(headers.all("dkim-signature")):
        try:
            tags = dkim.util.parse_tag_value(value[:FIELD_LIMIT])
        except dkim.util.InvalidTagValueList:
            continue
        claim = Claim(place, tags, _covered(tags))
        if _is_name(claim.says("d")) and _is_name(claim.says("s")) and signer.counts(claim.says("d")):
            # With l= anyone may add words below what was signed, so such a signature vouches for nothing here; nor does
            # one that leaves the subject open, for whoever holds the letter could write another.
            whole = len(value) <= FIELD_LIMIT and b"l" not in tags and needed <= claim.covered
            yield claim if whole and _names(claim, signer) else replace(claim, covered=frozenset())


def _candidates(headers: Headers, signer: Signer) -> Iterator[_Candidate]:
    for claim in claims(headers, signer):
        tags = claim.tags
        if not claim.covered or tags.get(b"a") not in _SOUND_ALGORITHMS or not _is_in_time(claim, signer.at):
            continue
        try:
            policy = CanonicalizationPolicy.from_c_value(tags.get(b"c", b"simple/simple"))
            body_hash = base64.b64decode(b"".join(tags.get(b"bh", b"").split()))
        except (InvalidCanonicalizationPolicyError, binascii.Error):
            continue
        yield _Candidate(claim, policy.body_algorithm.name, body_hash)


def _covered(tags: dict[bytes, bytes]) -> frozenset[str]:
    return frozenset(
        name.strip().lower().decode("ascii", "replace") for name in tags.get(b"h", b"").split(b":")
    )


def _names(claim: Claim, signer: Signer) -> bool:
    return claim.says("i").rpartition("@")[0].lower() in ("", signer.mailbox.lower())


def _is_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None


def _is_in_time(claim: Claim, at: datetime) -> bool:
    """Neither over (x=) nor made after it was taken (t=); times that are no numbers are left to the library."""
    made, ends = claim.says("t"), claim.says("x")
    now = at.timestamp()
    return not (
        (ends.isdecimal() and int(ends[:_DIGITS]) < now)
        or (made.isdecimal() and int(made[:_DIGITS]) > now + CLOCKS.total_seconds())
    )


def prepared(raw: bytes, kind: bytes) -> tuple[bytes, bytes]:
    """Return the letter as the library shall see it, and the hash of its canonical body (section 3.4)."""
    end = _BLANK_LINE.search(raw)
    head, body = (raw, b"") if end is None else (raw[: end.start()], raw[end.end() :])
    body = _LINE_END.sub(b"\r\n", body)
    if kind == b"relaxed":
        body = _BLANKS.sub(b" ", body).replace(b" \r\n", b"\r\n")
    canonical = CanonicalizationPolicy.from_c_value(b"simple/" + kind).canonicalize_body(body)
    return head + b"\r\n\r\n" + body, hashlib.sha256(canonical).digest()
