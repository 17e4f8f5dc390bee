"""Whatever a bell should have said and did not: what is followed is compared with the record from time to time.

A ring can be lost in ways that nobody notices (`threads.nodes.ringer`, a proxy in between): a line would stand in the record
and not before the eyes of who waits for it.
"""

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress
from itertools import islice
from typing import Final

from channels.chat.streams import Stream
from messaging.errors import Refusal
from messaging.ids import ConversationId
from messaging.office import Office
from messaging.record.following import stands_now

EVERY: Final = 5.0
"""Seconds between sweeps: so long, at most, is a line late whose bell was lost."""
AT_ONCE: Final = 500
"""Conversations in one question: some milliseconds of the database."""

Followed = Callable[[], Collection[Stream]]
Hint = Callable[[Stream, int], None]
ReadAnew = Callable[[ConversationId], None]


async def sweep(followed: Followed, hint: Hint, read_anew: ReadAnew, office: Office) -> None:
    """Until cancelled. `hint`: a stream stands at a number; `read_anew`: more than that has changed."""
    while True:  # bound: until cancelled; each turn sleeps EVERY
        await asyncio.sleep(EVERY)
        rest = iter(list(followed()))
        while some := list(islice(rest, AT_ONCE)):  # bound: what was followed a moment ago
            with suppress(Refusal):  # the database is away, and what was missed stays to be found
                await _compare(some, hint, read_anew, office)


async def _compare(some: Collection[Stream], hint: Hint, read_anew: ReadAnew, office: Office) -> None:
    found = await stands_now(office, [(stream.practice, stream.id) for stream in some])
    for stream in some:
        stand = found.get(stream.id)
        if stand is None or stand.revision > stream.circle.conversation.revision:
            read_anew(stream.id)
        elif stand.last_number > stream.last:
            hint(stream, stand.last_number)
