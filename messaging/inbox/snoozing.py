"""Snoozing: out of one clinician's sight until a moment, or until it might need them.

A snooze puts away what rests; it never covers what runs. While somebody waits for an answer, a letter is held, a session is
live or words are unread, the row stands where it stood, whatever was wished. So a client's next letter wakes it; and the
wish outlives a mere "thanks": once that needs no answer any more, the row is put away again until the moment first chosen.
Nothing is done at that moment: whether a row sleeps is derived from the clock, each time it is asked.
"""

from datetime import datetime, timedelta
from typing import Final

from messaging.conversations import Conversation, Snoozed
from messaging.errors import Malformed

LONGEST: Final = timedelta(days=366)


def checked_until(until: datetime, now: datetime) -> datetime:
    """A moment until which one may look away. Raises Malformed."""
    if not now < until <= now + LONGEST:
        raise Malformed("A conversation is put aside until a moment ahead, within a year.")
    return until


def runs(conversation: Conversation, *, unread: bool, held: bool) -> bool:
    """Whether somebody may be needed here now: such a row is seen, whatever was wished."""
    return conversation.waiting_since is not None or conversation.live is not None or unread or held


def snoozed_until(snoozed: Snoozed | None, now: datetime, *, woken: bool) -> datetime | None:
    """Until when the wish holds, None where it does not. `woken`: a client wrote since, and that is not dealt with."""
    return snoozed.until if snoozed is not None and snoozed.until > now and not woken else None


def is_back(snoozed: Snoozed | None, now: datetime) -> bool:
    """Its time has come, and who put it aside has not yet said that they saw it."""
    return snoozed is not None and snoozed.until <= now
