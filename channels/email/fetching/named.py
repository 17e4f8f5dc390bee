"""Whom a fetched letter is for. IMAP keeps no envelope, so it is read from what the provider wrote into the letter."""

from collections.abc import Iterator
from typing import Final

from channels.email.mime.headers import Headers
from channels.email.mime.mailboxes import read_mailboxes

FIELDS: Final = (
    "X-Gm-Original-To",
    "Delivered-To",
    "Envelope-To",
    "X-Envelope-To",
    "X-Original-To",
    "To",
    "Cc",
)
"""The first that names one of ours decides: what the provider says of the envelope before what the writer says."""
ADDRESSES: Final = 20
"""Of one field; each is a look-up."""


def named(headers: Headers) -> Iterator[tuple[str, ...]]:
    """Field by field, the addresses it names."""
    for name in FIELDS:
        found = [one.address for one in read_mailboxes(headers, name.lower()) if "@" in one.address]
        if found:
            yield tuple(dict.fromkeys(found))[:ADDRESSES]


def envelope_sender(headers: Headers) -> str | None:
    """The Return-Path the provider wrote; empty for a report, None when it wrote none."""
    fields = headers.all("return-path")
    return headers.unfolded(fields[0]).strip().strip("<>").strip() if fields else None
