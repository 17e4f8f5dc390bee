"""How long a search takes over a caseload, and what chat notices of it: one JSON object on standard output.

    python -m tests.bench.search                        100 000 and 1 000 000 entries
    python -m tests.bench.search --entries 100000

An embedded database; messages of about 150 characters, a third of them with letters beyond ASCII, sealed as every entry is
and laid in at once, a hundred conversations of one therapist. One of a thousand holds the word that is looked for. `rare` is
found so; `nowhere` is in none of them; `common` is in nearly all. `first_s`: until the first result is here. Somebody talks
live meanwhile: `chat_ms` is from words said to words kept. `process_s` is the time on a core of those that search.
"""

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any, Final
from uuid import UUID, uuid4

import psutil  # type: ignore[import-untyped]
import uvloop

from messaging.conversations import Kind, Member
from messaging.ids import ConversationId, EntryId
from messaging.messages import Body, Channel, Entry, EntryKind, encode_body
from messaging.people import Person, Role
from messaging.practice.founding import NewPerson, NewPractice, add_person, begin_conversation, found_practice
from messaging.record.placing import body_place
from messaging.record.posting import say
from messaging.record.reading import enter
from messaging.searching.asking import Asked, search
from messaging.searching.looking import Found, Search
from messaging.sessions.holding import open_session
from messaging.trust.access import Deed
from messaging.trust.pace import Pace, Rate
from tests.conftest import TestDatabase, own_database
from threads.database import Database, connector
from web.house import house
from web.searching.exchanging import Told
from web.searching.finder import Finder, _Keeping
from web.state import House

CONVERSATIONS: Final = 100
AT_ONCE: Final = 10_000
RARE: Final = 1000
BETWEEN: Final = 0.02
GLANCE: Final = 0.05
ALONE: Final = 5.0
"""Seconds: between two words of who talks, between two looks at memory, and of talk before anybody searches."""
LIMIT: Final = 120.0
"""Seconds a search may take here: how long it would is what is asked."""
NEEDLE: Final = "hummingbird"
PLAIN: Final = "I went to the shop and thought about what we had said on Thursday it was quieter than before"
FURTHER: Final = "über die Brücke gegangen und schön war es heute früh müde café déjà señor Straße"
ASKED: Final = {"rare": NEEDLE, "nowhere": "zeppelin", "common": "the", "two words": f"{NEEDLE} thursday"}

_INSERT: Final = """
insert into entries (practice_id, conversation_id, number, id, author_id, key, kind, channel, at, sealed)
select $1, $2, * from unnest($3::int[], $4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::timestamptz[],
                             $10::bytea[])
"""


def words(chance: random.Random, number: int) -> str:
    """What somebody might say."""
    pool = f"{PLAIN} {FURTHER}" if number % 3 == 0 else PLAIN
    said = chance.choices(pool.split(), k=28)
    if number % RARE == RARE // 2:
        said[14] = NEEDLE
    return " ".join(said)


async def filled(database: TestDatabase, built: House, entries: int) -> Person:
    """The therapist, with that many entries in her conversations."""
    office, chance = built.office, random.Random(14)
    practice = await found_practice(office, NewPractice("haus-linde", "Haus Linde", "UTC"))
    mira = await add_person(office, practice.id, NewPerson(Role.THERAPIST, "mira", "Dr Mira"))
    base = Database(connector(database.accesses.owner.url()))
    begins = datetime.now(UTC) - timedelta(days=700)
    for index in range(CONVERSATIONS):
        client = await add_person(office, practice.id, NewPerson(Role.CLIENT, f"c{index}", f"Client {index}"))
        members = (Member(client.id, client.role), Member(mira.id, mira.role))
        begun = await begin_conversation(office, practice.id, Kind.INDIVIDUAL, members)
        key = await office.keyring.key(practice.id, begun.id)
        each = entries // CONVERSATIONS
        step = timedelta(days=690) / each
        for first in range(1, each + 1, AT_ONCE):
            numbers = range(first, min(first + AT_ONCE, each + 1))
            made = [
                Entry(
                    begun.id,
                    number,
                    EntryId(uuid4()),
                    (client, mira)[number % 2].id,
                    EntryKind.MESSAGE,
                    Channel.CHAT if number % 5 else Channel.WEB,
                    begins + step * number,
                    Body(words(chance, number)),
                )
                for number in numbers
            ]
            sealed = [
                office.keyring.seal(key, body_place(practice.id, one), encode_body(one.body)) for one in made
            ]
            await _lay_in(base, practice.id, begun.id, made, sealed)
    await base.close()
    owner = await connector(database.accesses.owner.url(), node="")()
    await owner.execute("vacuum analyze entries", timeout=None)
    await owner.close()
    return mira


async def _lay_in(
    base: Database, practice: UUID, conversation: ConversationId, made: list[Entry], sealed: list[bytes]
) -> None:
    connection = await base.connect()
    async with connection.transaction():
        await connection.execute("select set_config('quietline.practices', $1, true)", f"{{{practice}}}")
        await connection.execute(
            _INSERT,
            practice,
            conversation,
            [one.number for one in made],
            [one.id for one in made],
            [one.author for one in made],
            [uuid4() for _ in made],
            [one.kind.value for one in made],
            [one.channel.value for one in made],
            [one.at for one in made],
            sealed,
        )
        await connection.execute(
            "update conversations set last_number = $3, last_at = $4 where practice_id = $1 and id = $2",
            *(practice, conversation, made[-1].number, made[-1].at),
        )
    await connection.close()


@asynccontextmanager
async def talking(built: House, mira: Person, conversation: ConversationId) -> AsyncIterator[list[float]]:
    """Milliseconds each word took to be kept, while somebody says one every 20 ms."""
    held, _ = await enter(built.office, mira, conversation, Deed.SAY)
    took: list[float] = []

    async def talk() -> None:
        while True:
            began = time.perf_counter()
            await say(built.office, held, uuid4(), "I am here.")
            took.append((time.perf_counter() - began) * 1000)
            await asyncio.sleep(BETWEEN)

    task = asyncio.create_task(talk())
    try:
        yield took
    finally:
        task.cancel()


class Watched:
    """A finder of which is known when the first result came, and what its processes took."""

    def __init__(self, finder: Finder) -> None:
        self._finder = finder
        self.first: float | None = None
        self.peak_mb = 0.0

    async def find(self, wanted: Search) -> Found:
        """The same."""
        began, take = time.perf_counter(), _Keeping.take

        def timed(self_: _Keeping, told: Told) -> None:
            if told.hits and self.first is None:
                self.first = time.perf_counter() - began
            take(self_, told)

        _Keeping.take = timed  # type: ignore[method-assign,assignment]
        watching = asyncio.create_task(self._watch())
        try:
            return await self._finder.find(replace(wanted, seconds=LIMIT))
        finally:
            watching.cancel()
            _Keeping.take = take  # type: ignore[method-assign]

    async def _watch(self) -> None:
        while True:
            sizes = [process.memory_info().rss / 1e6 for process in searching()]
            self.peak_mb = max(self.peak_mb, *sizes, 0.0)
            await asyncio.sleep(GLANCE)


def searching() -> list[psutil.Process]:
    """The processes that search."""
    return [one for one in psutil.Process().children() if "web.house_search" in one.cmdline()]


def cpu() -> float:
    """Seconds on a core that they used."""
    return float(sum(one.cpu_times().user + one.cpu_times().system for one in searching()))


async def searched(built: House, mira: Person, q: str) -> dict[str, Any]:
    """One search."""
    finder, used = Watched(built.finder), cpu()
    began = time.perf_counter()
    told = await search(built.office, mira, Asked(q), finder)
    whole = time.perf_counter() - began
    return {
        "whole_s": round(whole, 2),
        "first_s": None if finder.first is None else round(finder.first, 2),
        "process_s": round(cpu() - used, 2),
        "peak_mb": round(finder.peak_mb),
        "results": len(told.hits),
        "complete": told.complete,
    }


def spread(took: list[float]) -> dict[str, float]:
    """Of milliseconds."""
    cuts = quantiles(took, n=100)
    return {"p50": round(cuts[49], 1), "p99": round(cuts[98], 1), "words": len(took)}


async def run_over(database: TestDatabase, entries: int) -> dict[str, Any]:
    """One size."""
    async with house(database.settings()) as made:
        mira = await filled(database, made, entries)
        made.finder._pace = Pace(Rate(1000, 1000))  # one after the other: their pace is not what is measured
        lines = await made.office.memory.caseloads.of_person(mira.practice, mira.id)
        held, _ = await enter(made.office, mira, lines[0].id, Deed.HOLD_SESSION)
        await open_session(made.office, held)
        found: dict[str, Any] = {"entries": entries, "load": [round(one, 1) for one in os.getloadavg()]}
        await searched(made, mira, "warm")
        async with talking(made, mira, lines[0].id) as took:
            await asyncio.sleep(ALONE)
        found["chat_ms_before"] = spread(took)
        async with talking(made, mira, lines[0].id) as took:
            found["searches"] = {name: await searched(made, mira, q) for name, q in ASKED.items()}
            found["searches again"] = {name: await searched(made, mira, q) for name, q in ASKED.items()}
        found["chat_ms_during"] = spread(took)
        return found


def run(entries: int) -> dict[str, Any]:
    """One size, in a directory that is removed."""
    with tempfile.TemporaryDirectory() as folder, own_database(Path(folder)) as database:
        return uvloop.run(run_over(database, entries))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, nargs="+", default=[100_000, 1_000_000])
    json.dump([run(entries) for entries in parser.parse_args().entries], sys.stdout, indent=1)
    sys.stdout.write("\n")
