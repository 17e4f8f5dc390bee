"""Who searches when: one search of a person at a time, few at once, each in processes that end with what they saw.

A newer search of somebody takes the place of the one they have under way. Processes that came to the end of a search wait
for the next one: nothing is kept in them between two, neither words nor keys nor a connection.
"""

import asyncio
import heapq
import logging
import os
import time
from asyncio.subprocess import Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

from channels.email.workers.answering import encode_frame
from channels.email.workers.reading_room import ReadersAway, end, start
from messaging.errors import Busy, Conflict
from messaging.ids import EntryId, PersonId
from messaging.office import Asking
from messaging.searching.looking import Found, Search, Source
from messaging.searching.opening import Hit
from messaging.trust.pace import Pace, Rate
from web.fair.turns import Turns
from web.searching.exchanging import Failed, Question, Told, relayed

log = logging.getLogger(__name__)

PROGRAM: Final = "web.house_search"
AT_ONCE: Final = 2
"""Searches under way on this server; the others wait their turn."""
IDLE: Final = 2
"""Processes that wait for the next search: some 40 MB each."""
SHARED: Final = 50_000
"""Entries from which on two processes share the work: below, the second is not worth its connection."""
PATIENCE: Final = 20.0
"""Seconds that somebody waits for their turn."""
GRACE: Final = 5.0
"""Seconds beyond a search's own, for a process that does not keep to them."""
SEARCHED: Final = Rate(burst=20, per_second=1 / 3)
"""Searches of one person: each may be seconds of a core, though of one that gives way."""


@dataclass(slots=True)
class _UnderWay:
    """A person's search, which a newer one may replace."""

    processes: list[Process] = field(default_factory=list)  # bound: two
    replaced: bool = False

    def give_way(self) -> None:
        self.replaced = True
        for process in self.processes:
            with suppress(ProcessLookupError):
                process.kill()


class Finder:
    """See `messaging.searching.asking.Finder`. `access`: how the database is reached, as `asyncpg.connect` takes it."""

    def __init__(self, access: Mapping[str, Any], pace: Pace | None = None) -> None:
        self._access = access
        self._pace = pace or Pace(SEARCHED)
        self._turns = Turns(AT_ONCE)
        self._under_way: dict[PersonId, _UnderWay] = {}  # bound: those who wait or search (`Turns`)
        self._idle: list[Process] = []  # bound: IDLE
        self._closed = False

    async def find(self, search: Search) -> Found:
        """What is found. Raises Busy, TooFast, and Conflict where a newer search took its place."""
        self._pace.take(search.person, time.monotonic())
        before, mine = self._under_way.get(search.person), _UnderWay()
        if before is not None:
            before.give_way()
        self._under_way[search.person] = mine
        try:
            return await self._in_turn(search, mine)
        finally:
            if self._under_way.get(search.person) is mine:
                del self._under_way[search.person]

    async def close(self) -> None:
        """Ends what stands ready, and what is under way."""
        self._closed = True
        for one in self._under_way.values():
            one.give_way()
        while self._idle:
            await end(self._idle.pop())

    async def _in_turn(self, search: Search, mine: _UnderWay) -> Found:
        asking = Asking(search.person, known=True)
        try:
            async with asyncio.timeout(PATIENCE):
                await self._turns.take(asking)
        except TimeoutError:
            raise Busy from None
        try:
            return await self._found(search, mine)
        finally:
            self._turns.done(asking)

    async def _found(self, search: Search, mine: _UnderWay) -> Found:
        parts = [replace(search, sources=part) for part in shared(search.sources)]
        keeping = [_Keeping(search.results) for _ in parts]
        async with asyncio.TaskGroup() as group:
            for part, kept in zip(parts, keeping, strict=True):
                group.create_task(self._look_through(part, kept, mine))
        if mine.replaced:
            raise Conflict("A newer search of yours took the place of this one.")
        found = _merged(keeping, search.results)
        if not found.hits and not any(kept.done for kept in keeping):
            raise Busy
        return found

    async def _look_through(self, search: Search, kept: "_Keeping", mine: _UnderWay) -> None:
        """By one process. Whatever goes wrong, it is not asked again: its answer would be taken for the next one's."""
        if mine.replaced:
            return
        process = await self._process()
        if process is None:
            return
        mine.processes.append(process)
        try:
            async with asyncio.timeout(search.seconds + GRACE):
                if not mine.replaced:
                    await _exchange(process, self._question(search), kept)
        except Failed as fault:
            if not mine.replaced:
                _note(fault)
        except TimeoutError:
            log.warning("a search did not keep to its time")
        finally:
            mine.processes.remove(process)
            if kept.done and len(self._idle) < IDLE and not self._closed:
                self._idle.append(process)
            else:
                await end(process)

    def _question(self, search: Search) -> Question:
        return Question(search, self._access, _environment(), time.monotonic() + search.seconds)

    async def _process(self) -> Process | None:
        """One that waits, or a new one; None where none can be started."""
        while self._idle:  # bound: IDLE
            if (waiting := self._idle.pop()).returncode is None:
                return waiting
        try:
            return await start(PROGRAM)
        except ReadersAway:
            return None


class _Keeping:
    """The newest hits of one part, as they come."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._heap: list[tuple[Any, ...]] = []  # bound: `most`
        self.unreadable: list[EntryId] = []  # bound: as many as a process tells
        self.unreadable_notes: list[UUID] = []  # bound: as many as a process tells
        self._came = 0
        self.done = False
        self.complete = False

    def take(self, told: Told) -> None:
        for hit in told.hits:
            self._came += 1
            item = (hit.at, hit.conversation.int, hit.number, self._came, hit)
            if len(self._heap) < self._most:
                heapq.heappush(self._heap, item)
            else:  # bound: as many as before
                heapq.heappushpop(self._heap, item)
        self.unreadable += told.unreadable
        self.unreadable_notes += told.unreadable_notes
        self.done, self.complete = told.done, told.done and told.complete

    def hits(self) -> list[tuple[Any, ...]]:
        return self._heap


def shared(sources: Sequence[Source], at_most: int | None = None) -> list[list[Source]]:
    """The work, for one process or for two: whole conversations, about as many entries each."""
    cores = at_most or len(os.sched_getaffinity(0))
    if cores < 2 or len(sources) < 2 or sum(one.entries for one in sources) < SHARED:
        return [list(sources)]
    parts: list[list[Source]] = [[], []]
    weights = [0, 0]
    for one in sorted(sources, key=lambda source: -source.entries):
        lighter = weights.index(min(weights))
        parts[lighter].append(one)
        weights[lighter] += one.entries
    return parts


def _merged(keeping: Sequence[_Keeping], most: int) -> Found:
    every = heapq.nlargest(most, (item for kept in keeping for item in kept.hits()))
    hits: list[Hit] = [item[-1] for item in every]
    complete = all(kept.complete for kept in keeping) and sum(len(kept.hits()) for kept in keeping) <= most
    entries = [entry for kept in keeping for entry in kept.unreadable]
    return Found(hits, complete, entries, [note for kept in keeping for note in kept.unreadable_notes])


async def _exchange(process: Process, question: Question, kept: _Keeping) -> None:
    if process.stdin is None or process.stdout is None:
        raise Failed
    try:
        process.stdin.write(encode_frame(question))
        await process.stdin.drain()
    except (OSError, RuntimeError) as fault:  # RuntimeError: uvloop's word for a pipe that is closed already
        raise Failed from fault
    async for told in relayed(process.stdout):
        kept.take(told)


def _environment() -> dict[str, str]:
    """What the database's driver reads of it: the process is started with none, for it could be looked at."""
    return {name: value for name, value in os.environ.items() if name.startswith("PG") or name == "HOME"}


def _note(fault: Failed) -> None:
    place = fault.place
    told = {"fault": place.fault, "frames": place.frames, "within": place.within} if place else {}
    log.error("a search ended early", extra=told)
