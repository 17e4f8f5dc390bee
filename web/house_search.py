"""A process that searches: it reads sealed entries from the database itself, opens them in memory, and ends.

    python -m web.house_search      the question on standard input, what is found on standard output

It gives way to everything else, dies with its server, writes no file, and nothing in its memory may be looked at. It can
open what whoever asked may read, and no more: other keys it is not given.
"""

import asyncio
import heapq
import math
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

import msgspec

from channels.email.box import kernel
from channels.email.workers.answering import FAULT, MEMORY, encode_frame
from messaging.faults import located
from messaging.memory.searching import SealedRow, Sort
from messaging.searching.looking import Search
from messaging.searching.opening import Opening, moment_of
from threads.searching.portions import ENTRIES, Portions, reading
from web.searching.exchanging import UNREADABLE, Question, Told
from web.searching.newest import Newest
from web.searching.noted import NoteSearching

NICENESS: Final = 10
"""Below the server's own: a tenth of its share of a core that both want. Somebody waits, so it is not less."""
DIE_WITH_PARENT: Final = 1
"""PR_SET_PDEATHSIG of prctl(2)."""
BEYOND: Final = 2**31 - 1
"""Above the number of every entry."""
SPARE_SECONDS: Final = 5
"""Of a core, beyond what the search may take: to connect, and to end."""
FIRST_PORTION: Final = 100
"""Entries of a conversation that are read first: what many say is found in the newest, and no more is read then."""

_questions: Final = msgspec.msgpack.Decoder(Question)


class Searching:
    """One search's entries: the conversation goes first whose next are the newest, until no older one could be told."""

    def __init__(
        self, search: Search, until: float, portions: Portions, tell: Callable[[Told], None], newest: Newest
    ) -> None:
        self._search = search
        self._until = until
        self._portions = portions
        self._tell = tell
        self._openings = [Opening(s.held, s.key, search.words, search.narrowed.sort) for s in search.sources]
        looked = [] if search.narrowed.sort is Sort.NOTE else search.sources  # notes are no entries
        self._waiting = [(-s.newest.timestamp(), i, BEYOND) for i, s in enumerate(looked)]
        heapq.heapify(self._waiting)
        self._newest = newest
        self._unreadable = 0
        self._complete = True

    async def run(self) -> bool:
        """Tells what is found, portion by portion; each is asked for while the one before is looked through.

        Whether all of it was looked through.
        """
        until = self._until
        async with asyncio.TaskGroup() as group:
            asked = self._ask(group)
            while asked is not None:  # bound: the entries there are, and the time
                index, reads = asked
                rows = await reads
                self._go_on(index, rows)
                asked = self._ask(group) if time.monotonic() < until else None
                await asyncio.sleep(0)  # the question is on its way while this portion is looked through
                self._look_through(self._openings[index], rows)
        return self._complete and not self._waiting

    def _ask(self, group: asyncio.TaskGroup) -> "tuple[int, asyncio.Task[Sequence[SealedRow]]] | None":
        if not self._waiting:
            return None
        newest, index, number = self._waiting[0]
        if (oldest := self._newest.oldest) is not None and -newest < oldest.timestamp():
            return None  # everything that is left is older
        heapq.heappop(self._waiting)
        most = FIRST_PORTION if number == BEYOND else ENTRIES
        held = self._search.sources[index].held
        return index, group.create_task(self._portions.below(held, number, self._search.narrowed, most))

    def _go_on(self, index: int, rows: Sequence[SealedRow]) -> None:
        oldest = min((row for row in rows if not row[-1]), key=lambda row: row[0], default=None)
        if oldest is not None and oldest[0] > self._search.sources[index].held.first:
            heapq.heappush(self._waiting, (-moment_of(oldest).timestamp(), index, oldest[0]))

    def _look_through(self, opening: Opening, rows: Sequence[SealedRow]) -> None:
        found = tuple(self._newest.of(opening.hits(rows, self._newest.oldest)))
        self._complete &= not opening.passed_over
        unreadable = tuple(opening.unreadable[: max(0, UNREADABLE - self._unreadable)])
        self._unreadable += len(unreadable)
        opening.unreadable.clear()
        if found or unreadable:
            self._tell(Told(found, unreadable))


def stand_back() -> None:
    """Gives way, dies with the server, and leaves nothing behind: no core, no file, no look into its memory."""
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    with suppress(OSError):  # no Linux: the pipe that ends, and the time, end us
        kernel.prctl(DIE_WITH_PARENT, signal.SIGKILL)
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0)


async def answer(question: Question) -> None:
    """Looks through all of it."""
    os.environ.update(question.environment)
    search, until, newest = question.search, question.until, Newest(question.search.results)
    async with reading(question.access, search.practice, search.person) as (portions, notes):
        noted = await NoteSearching(search, until, notes, _tell, newest).run()
        entries = await Searching(search, until, portions, _tell, newest).run()
    _tell(Told(done=True, complete=noted and entries and newest.all))


def _tell(told: Told) -> None:
    sys.stdout.buffer.write(encode_frame(told))
    sys.stdout.buffer.flush()


def main() -> None:
    """One question after the other, until the server is gone or needs us no more.

    A fault is told by its place alone, for its text may quote what somebody wrote, and ends the process.
    """
    stand_back()
    asked, told = sys.stdin.buffer, sys.stdout.buffer
    while len(length := asked.read(4)) == 4:  # bound: the pipe
        question = _questions.decode(asked.read(int.from_bytes(length, "big")))
        _allow_time(question.search.seconds)
        try:
            asyncio.run(answer(question))
        except Exception as fault:  # whatever it was: its place is told, its text is not
            told.write(FAULT.to_bytes(4, "big") + encode_frame(located(fault)))
            told.flush()
            raise SystemExit(1) from None


def _allow_time(seconds: float) -> None:
    """Of a core, beyond what was used; then the kernel ends us."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = math.ceil(used.ru_utime + used.ru_stime + seconds) + SPARE_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
