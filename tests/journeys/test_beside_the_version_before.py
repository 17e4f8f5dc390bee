"""A rolling restart: the version before and this one serve the same conversations at once, and then only this one.

docs/upgrading.md, "Several machines": the new program migrates while the old one serves; then one machine after the other.
"""

import asyncio
import itertools
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from tests.bench.installed import caseload
from tests.bench.machine import command
from tests.conftest import RunningServer, TestDatabase, start_server
from tests.journeys.history import Findings, History, judge
from tests.journeys.pairs import PATIENCE, all_answered, records
from tests.journeys.speakers import Speaker
from tests.journeys.talking import call
from tests.releases.keep import HERE
from tests.releases.running import Kept
from threads.postgres.cluster import Cluster
from web.version import VERSION

BEFORE = max(HERE.glob("*/program.tar.xz")).parent
"""The newest that is kept."""
PAIRS = 6
MORE = {"QUIETLINE_LETTERS_PER_HOUR": "10000", "QUIETLINE_CLINICIAN_LETTERS_PER_HOUR": "10000"}
WEB = ("--roles", "web")


@dataclass
class Writer:
    """Writes letters by the API, in turn to each server, and repeats one until it is answered."""

    servers: list[RunningServer]
    token: str
    conversation: str
    history: History
    answered: int = 0
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    """Set whenever a letter was answered; whoever waits clears it."""
    enough: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Until told `enough`; the last letter is answered."""
        for first in itertools.cycle(self.servers):
            server, key = first, str(uuid4())
            self.history.ask(self.conversation, key)
            while not await self._written(server, key):
                # The one that ends has refused it, or said nothing: the other one is asked with the same key.
                server = next(one for one in self.servers if one is not server)
            if self.enough.is_set():
                return

    async def _written(self, server: RunningServer, key: str) -> bool:
        letter = {"key": key, "text": f"letter {key}", "channel": "web"}
        try:
            status, told = await call(
                server, self.token, "POST", f"/conversations/{self.conversation}/messages", letter
            )
        except OSError:
            return False
        if status not in (200, 201):
            assert status in (429, 503), told
            return False
        self.history.ack(self.conversation, key, told["number"])
        self.answered += 1
        self.moved.set()
        return True


@asynccontextmanager
async def own_cluster(folder: Path) -> AsyncIterator[dict[str, str]]:
    """A database with nothing in it; the settings of who serves from it."""
    cluster = Cluster(folder)
    try:
        yield TestDatabase(await cluster.start(), folder, cluster).environment() | MORE
    finally:
        await cluster.stop()


@asynccontextmanager
async def both(kept: Kept, settings: dict[str, str]) -> AsyncIterator[tuple[RunningServer, RunningServer]]:
    """The version before, which began alone; then, over a schema brought up to date beside it, this one."""
    before = await asyncio.to_thread(kept.serve, settings, *WEB)
    try:
        await asyncio.to_thread(command, settings, "migrate", given=())
        now = await asyncio.to_thread(start_server, settings, *WEB)
        try:
            yield before, now
        finally:
            await asyncio.to_thread(now.stop)
    finally:
        if before.process.poll() is None:
            await asyncio.to_thread(before.stop)


def people(kept: Kept, settings: dict[str, str]) -> list[tuple[str, list[str]]]:
    """Conversations in a live session, each with its two people's tokens; made by the version before."""
    said = kept.run(settings, "provision", "-", "--json", given=caseload(PAIRS)).splitlines()
    made = [json.loads(line) for line in said]
    ids = [one["id"] for one in made if "person" in one]
    minted = kept.run(settings, "token", "create", "--person", "-", "--json", given=ids).splitlines()
    tokens = {one["person"]: one["token"] for one in map(json.loads, minted)}
    conversations = [one["id"] for one in made if "conversation" in one]
    pairs = zip(ids[::2], ids[1::2], strict=True)
    return [(c, [tokens[one] for one in pair]) for c, pair in zip(conversations, pairs, strict=True)]


def speakers_of(
    found: list[tuple[str, list[str]]], servers: tuple[RunningServer, RunningServer], history: History
) -> list[Speaker]:
    """Each pair over both: in half of them the client is at the version before, in half the therapist."""
    doors = [server.live for server in servers]
    return [
        Speaker(
            doors[(number + place) % 2],
            token,
            (conversation, "client" if place == 0 else "therapist"),
            history,
            random.Random(f"{number} {place}"),
            (doors[(number + place + 1) % 2],),
        )
        for number, (conversation, tokens) in enumerate(found)
        for place, token in enumerate(tokens)
    ]


async def letters_reach(writers: list[Writer], more: int) -> None:
    wanted = [writer.answered + more for writer in writers]
    async with asyncio.timeout(PATIENCE):
        for writer, count in zip(writers, wanted, strict=True):
            while writer.answered < count:
                await writer.moved.wait()
                writer.moved.clear()


async def test_old_and_new_serve_the_same_words_at_once_and_the_old_one_goes_without_a_loss(
    tmp_path: Path,
) -> None:
    kept = Kept(BEFORE, tmp_path / "before")
    assert await asyncio.to_thread(kept.place) == tmp_path / "before" / "web" / "__init__.py"
    history = History()
    async with own_cluster(tmp_path / "data") as settings:
        await asyncio.to_thread(kept.run, settings, "migrate")
        found = await asyncio.to_thread(people, kept, settings)
        async with both(kept, settings) as servers:
            before, now = servers
            assert [await version_of(server, found[0][1][0]) for server in servers] == [BEFORE.name, VERSION]
            speakers = speakers_of(found, servers, history)
            writers = [
                Writer(list(servers), token, conversation, history)
                for conversation, tokens in found[:2]
                for token in tokens
            ]
            async with asyncio.TaskGroup() as group:
                talking = [group.create_task(speaker.run()) for speaker in speakers]
                writing = [group.create_task(writer.run()) for writer in writers]
                await all_answered(speakers, 5)
                await letters_reach(writers, 4)
                assert {speaker.home for speaker in speakers} == {before.live, now.live}
                stopping = asyncio.create_task(asyncio.to_thread(before.stop))
                await all_answered(speakers, 5)
                assert await stopping == 0
                await letters_reach(writers, 4)
                await all_answered(speakers, 5)
                assert {speaker.home for speaker in speakers} == {now.live}
                for writer in writers:
                    writer.enough.set()
                await asyncio.wait(writing)
                kept_words = await records(speakers, now)
                for task in talking:
                    task.cancel()
    assert judge(history, kept_words).lines() == Findings().lines()
    assert len(history.acked) > 15 * 2 * PAIRS


async def version_of(server: RunningServer, token: str) -> str:
    _, told = await call(server, token, "GET", "/me")
    return str(told["server"])
