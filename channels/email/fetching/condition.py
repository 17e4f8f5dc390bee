"""How fetching stands, for health and metrics: states and counts, never an address."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from channels.email.fetching.selecting import Remark


class Standing(StrEnum):
    """What the fetcher of this node is doing."""

    STARTING = "starting"
    STANDBY = "standby"
    """Another node has the turn."""
    ATTENDING = "attending"
    """Signed in and up to date, or about to be."""
    UNREACHABLE = "unreachable"
    UNTRUSTED = "untrusted"
    """Its certificate is for another host, has ended, or is from nobody we trust: it does not hear the password."""
    REFUSED = "refused"
    """The server refuses the name or the password."""
    NO_CONSENT = "no_consent"
    """There is no consent of the provider to sign in with, or none any more: somebody must give one."""
    NO_TOKEN = "no_token"  # noqa: S105 - a state, no password
    """The provider gives no tokens at the moment."""
    READ_ONLY = "read_only"
    """The mailbox may only be read: what is kept could not be marked there."""
    NO_ROOM = "no_room"
    DATABASE = "database"
    FAULT = "fault"
    """Something of ours; the log says what kind."""


class Outcome(StrEnum):
    """What became of a letter in the mailbox."""

    KEPT = "kept"
    KNOWN = "known"
    """Kept before, under another number."""
    NOBODY = "nobody"
    """It names no address of ours; it stays in the mailbox, flagged."""
    REFUSED = "refused"
    """It names one, but not one that takes letters; it stays in the mailbox, flagged."""
    TOO_BIG = "too_big"
    UNFETCHED = "unfetched"
    """The server, or a fault of ours, would not give it in several tries; it stays in the mailbox, flagged."""


@dataclass(slots=True)
class Condition:
    """Changes as it goes."""

    standing: Standing = Standing.STARTING
    looked_at: datetime | None = None
    """When the mailbox was last seen to hold nothing new."""
    remarks: frozenset[Remark] = frozenset()
    """What the server leaves out, though it is fetched from."""
    letters: Counter[Outcome] = field(default_factory=Counter)  # bound: one for each Outcome
