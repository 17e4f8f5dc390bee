"""After a time without the bell: which sign-ins still stand, and which inboxes have changed, is asked of memory.

Conversations that are followed are read anew at once (`hub.gap`), and with them who belongs to them. This is the rest: a
sign-out rings once, and whoever is connected in a conversation nobody writes in would else stay for as long as they like.
"""

import asyncio
import logging
import time
from contextlib import suppress
from datetime import timedelta
from typing import Final

from channels.chat.arrivals import Arrivals
from channels.chat.inboxes import Inboxes
from messaging.entrance.signing_in import still_standing
from messaging.errors import Refusal
from messaging.office import Office
from messaging.record.following import changed_since

log = logging.getLogger(__name__)

EVERY: Final = 60.0
"""Seconds after which sign-ins are asked for without a gap: whatever was missed, and however, ends by then."""
RETRY: Final = 0.5
"""Seconds until it is asked again while memory is away."""
SKEW: Final = 60.0
"""Seconds that nodes' clocks may differ by: a change told twice only makes a page look again."""
AT_ONCE: Final = 1_000
"""Sign-ins in one question."""


class Gaps:
    """Asks after gaps, of all connections of this node."""

    def __init__(self, arrivals: Arrivals, inboxes: Inboxes) -> None:
        self._arrivals, self._inboxes = arrivals, inboxes
        self._asked = asyncio.Event()
        self._deaf_since: float | None = None
        """By the monotonic clock; None: nothing was missed, as far as we know."""

    def note(self, deaf: float) -> None:
        """The bell is heard again, after so many seconds."""
        since = time.monotonic() - deaf
        self._deaf_since = since if self._deaf_since is None else min(since, self._deaf_since)
        self._asked.set()

    async def run(self, office: Office) -> None:
        """Until cancelled. What could not be asked is asked again."""
        while True:  # bound: until cancelled; each turn waits EVERY, or for a gap
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY):
                    await self._asked.wait()
            self._asked.clear()
            since, self._deaf_since = self._deaf_since, None
            try:
                await self._end_what_ended(office)
                if since is not None:
                    await self._tell_inboxes(office, time.monotonic() - since)
            except Refusal:
                if since is not None:
                    self.note(time.monotonic() - since)
                    await asyncio.sleep(RETRY)

    async def _end_what_ended(self, office: Office) -> None:
        here = {c.signed_in.sign_in.id: c.signed_in.person.practice for c in self._arrivals.connections}
        named = [(practice, sign_in) for sign_in, practice in here.items()]
        for start in range(0, len(named), AT_ONCE):
            some = named[start : start + AT_ONCE]
            standing = await still_standing(office, some)
            for _, sign_in in some:
                if sign_in not in standing:
                    self._arrivals.signed_out(sign_in)

    async def _tell_inboxes(self, office: Office, deaf: float) -> None:
        since = office.clock() - timedelta(seconds=deaf + SKEW)
        for practice, people in self._inboxes.watching().items():
            for conversation in await changed_since(office, practice, people, since):
                self._inboxes.changed(practice, conversation)
