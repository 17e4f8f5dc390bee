"""Is it for us, and of now? A signature stays true whoever hands the letter on, and however long after.

A letter that a client signed for somebody else can be sent on by whoever got it, to the client's reply address, and DKIM
vouches for it as before (RFC 6376 section 8.6). A machine that may send for the domain (SPF) vouches for the sending, a
signature only for the writing. So where nothing but a signature vouches, the letter must name our address, and a day near
now, in what was signed.
"""

from collections.abc import Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from channels.email.addresses import keys_in, same_reply_address
from channels.email.mime.headers import Headers, read_date
from channels.email.mime.mailboxes import read_mailboxes

FRESH: Final = timedelta(days=7)
"""Relays try for five days (RFC 5321 section 4.5.4.1); two more for a laptop that was asleep with the letter in it."""

REFERENCES: Final = ("in-reply-to", "references")


class Doubt(StrEnum):
    """What a letter that rests on a signature lacks."""

    NOT_TO_US = "not_to_us"
    """Its signed To and Cc do not name the address it came to; or that is everybody's, and the references that say whose it
    is were not signed: whoever holds the letter could have written them."""
    NOT_NOW = "not_now"
    """Its signed Date is none, or more than a week away."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Where and when a letter was taken: the address it came to, in each spelling that is ours."""

    to: tuple[str, ...] = field(repr=False)
    at: datetime
    key: str | None = field(default=None, repr=False)
    """The token in its references by which it was placed, where the address is everybody's."""


def doubt_about(headers: Headers, covered: Set[str], taken: Taken) -> Doubt | None:
    """What makes a letter doubtful of which only the fields in `covered` are vouched for (names in lower case)."""
    named = [one.address for name in ("to", "cc") if name in covered for one in read_mailboxes(headers, name)]
    if not any(same_reply_address(one, ours) for one in named for ours in taken.to):
        return Doubt.NOT_TO_US
    if taken.key is not None and taken.key not in _signed_keys(headers, covered):
        return Doubt.NOT_TO_US
    written = read_date(headers.text("date")) if "date" in covered else None
    if written is None or abs(taken.at - written) > FRESH:
        return Doubt.NOT_NOW
    return None


def _signed_keys(headers: Headers, covered: Set[str]) -> set[str]:
    return {key for name in REFERENCES if name in covered for key in keys_in(headers.plain(name))}
