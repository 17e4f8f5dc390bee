"""How often something is asked: once, before every n-th session, or every n weeks; and whether it is asked now."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from messaging.conversations import Session
from messaging.errors import Malformed

MOST: Final = 52
"""Sessions or weeks between two times: a year."""
_SAID: Final = re.compile(r"([1-9][0-9]?) (sessions|weeks)\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Every:
    """Before every n-th session, or every n weeks."""

    count: int
    of_sessions: bool

    def __str__(self) -> str:
        if self.of_sessions:
            return "session" if self.count == 1 else f"{self.count} sessions"
        return f"{self.count} weeks"


def read_every(raw: object) -> Every | None:
    """`"session"`, `"n sessions"`, `"n weeks"`; None: once. Raises Malformed."""
    if raw is None:
        return None
    if raw in ("session", "1 session"):
        return Every(1, of_sessions=True)
    if raw in ("week", "1 week"):
        return Every(1, of_sessions=False)
    found = _SAID.match(raw) if isinstance(raw, str) else None
    if found is None or int(found[1]) > MOST:
        raise Malformed(f'`every` is "session", "n sessions" or "n weeks", with n from 1 to {MOST}.')
    return Every(int(found[1]), of_sessions=found[2] == "sessions")


def is_asked(
    every: Every | None, answered: datetime | None, sessions: Sequence[Session], now: datetime
) -> bool:
    """Whether it is asked now, where `answered` is when it last came back.

    What is asked before sessions is asked again when so many of them have begun since; `sessions` are the latest.
    """
    if answered is None:
        return True
    if every is None:
        return False
    if not every.of_sessions:
        return now - answered >= timedelta(weeks=every.count)
    begun = [one for one in sessions if one.opened_at is not None and one.opened_at > answered]
    return len(begun) >= every.count
