"""ARC: what a forwarder found out before it changed a letter (RFC 8617), for forwarders on a list only.

Anyone can seal a letter that says it was in order: a seal proves who sealed, not that the sealer is honest. So the newest
seal, and every one down to the words that are believed, must be of a domain the operator has named.
"""

import logging
from collections.abc import Iterable
from typing import Final

import dkim

from channels.email.mime.headers import FIELD_LIMIT, Headers
from channels.email.senders.authentication_results import Result, sealed_results
from channels.email.senders.resolving import Lookup
from channels.email.senders.signatures import KEY_BITS, prepared, text_record

HOPS: Final = 5
"""Each costs another look at the whole letter; real mail has one to three."""
_FIELDS: Final = ("arc-seal", "arc-message-signature", "arc-authentication-results")
# The library logs the headers it checks, so it gets a logger that hears nothing.
_DEAF: Final = logging.Logger("arc", level=logging.CRITICAL + 1)


def forwarders_results(
    raw: bytes, headers: Headers, sealers: Iterable[str], dns: Lookup
) -> list[list[Result]]:
    """What each believed forwarder found, the newest first; empty unless the chain is whole and the letter unchanged.

    `sealers` are the domains whose seals are believed, exactly as they sign (`d=`).
    """
    believed = {domain.lower().rstrip(".") for domain in sealers}
    fields = [value for name in _FIELDS for value in headers.all(name)]
    if not believed or not fields or len(fields) > HOPS * 3 or any(len(f) > FIELD_LIMIT for f in fields):
        return []
    if not _newest_covers_all(headers):
        return []
    letter, _ = prepared(raw, _canonical(headers))
    try:
        verdict, sets, _ = dkim.ARC(letter, logger=_DEAF, minkey=KEY_BITS).verify(dnsfunc=text_record(dns))
    except Exception:
        # Whatever a broken chain does to the library, it is no proof.
        return []
    found: list[list[Result]] = []
    if verdict != dkim.CV_Pass:
        return found
    for one in sets:  # newest first
        sealer = one["as-domain"].decode("ascii", "replace").lower().rstrip(".")
        if sealer not in believed:
            break
        found.append(sealed_results(one["aar-value"].decode("utf-8", "replace")))
    return found


def sealed_fields(headers: Headers) -> frozenset[str]:
    """The fields that the newest forwarder signed (names in lower case); nothing is said of whether it holds."""
    names = _newest(headers).get(b"h", b"").split(b":")
    return frozenset(name.strip().lower().decode("ascii", "replace") for name in names)


def _newest_covers_all(headers: Headers) -> bool:
    """The newest signature must cover From, and the body to its end: with l= anyone may add words below."""
    return "from" in sealed_fields(headers) and b"l" not in _newest(headers)


def _canonical(headers: Headers) -> bytes:
    _, _, body = _newest(headers).get(b"c", b"relaxed/relaxed").partition(b"/")
    return b"simple" if body.strip() == b"simple" else b"relaxed"


def _newest(headers: Headers) -> dict[bytes, bytes]:
    best: dict[bytes, bytes] = {}
    for value in headers.all("arc-message-signature"):
        try:
            tags = dkim.util.parse_tag_value(value)
        except dkim.util.InvalidTagValueList:
            continue
        if _instance(tags) > _instance(best):
            best = tags
    return best


def _instance(tags: dict[bytes, bytes]) -> int:
    value = tags.get(b"i", b"0").strip()
    return int(value) if value.isdigit() and len(value) < 3 else 0
