"""Several nodes over one real database, and a bell between them that can be late, deaf, or healed.

Hub, protocol, connection, endpoint and writer are the real ones, and so are the record and its numbers. Between a node and
the database stand its gates; between the database and a node stands its ear.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final, TypeVar
from uuid import UUID

import asyncpg
import pytest
import uvloop

from channels.chat import connection, following, inboxes
from channels.chat.closes import RESTARTING
from channels.chat.hub import Hub
from channels.chat.pacing import Pacing
from messaging.conversations import Conversation, Kind, Member
from messaging.ids import ConversationId
from messaging.keeping import alone
from messaging.memory.record import Outcome, Posting, StoredEntry, Verdict
from messaging.practice.founding import begin_conversation
from tests.cast import Cast, found_cast
from tests.channels.chat.gates import GatedLookups, Gates, gated_writing
from tests.conftest import TestDatabase
from threads.bell import CHANNEL
from threads.database import Database, connector
from threads.lookups import Lookups
from threads.memory import Store, build
from threads.record.writer import GroupWriter
from threads.trail.anchors import Anchors
from web.house import house
from web.state import House

T = TypeVar("T")
Kept = tuple[UUID, UUID | None]
"""What stands under a number: the entry's id and, of a message, its key."""
NAMES: Final = ("mira", "ben", "tess")
PATIENCE: Final = 60.0
"""Seconds a step may take in all."""
GLANCE: Final = 0.001
"""Seconds between two looks at what must come."""
VAIN: Final = 10.0
"""Seconds anything that must come may take: far more than it should, for a busy machine."""
SMALL: Final[dict[tuple[object, str], object]] = {
    (connection, "EVENTS"): 12,
    (following, "PAGE"): 5,
    (following, "RETRY"): 0.002,
    (inboxes, "GATHER"): 0.01,
}
"""Bounds and pauses, so small that a few messages reach them."""


class Hearing(StrEnum):
    """How a node hears the bell."""

    WELL = "well"
    LATE = "late"
    NOT = "not"


@dataclass
class Node:
    """One process of an installation, as far as live chat goes."""

    name: str
    hub: Hub
    gates: Gates
    store: Store
    lookups: Lookups
    house: House
    hearing: Hearing = Hearing.WELL
    late: list[str] = field(default_factory=list)
    running: "asyncio.Task[None] | None" = None
    lines: "list[asyncio.Task[None]]" = field(default_factory=list)

    def hear(self, payload: str) -> None:
        """The bell rings for it."""
        if self.hearing is Hearing.WELL:
            self.hub.hear(payload)
        elif self.hearing is Hearing.LATE:
            self.late.append(payload)

    def hear_well(self) -> None:
        """What was late is heard now; after a time of deafness it asks for the gap."""
        before, self.hearing = self.hearing, Hearing.WELL
        late, self.late = self.late, []
        for payload in late:
            self.hub.hear(payload)
        if before is Hearing.NOT:
            self.hub.gap()

    async def run(self) -> None:
        """Its tasks, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.store.writer.run(alone))
            group.create_task(self.store.ringer.run(alone))
            group.create_task(self.store.trail.run())
            group.create_task(self.lookups.run(alone))
            group.create_task(self.hub.run(self.house.office, self.store.bell.ring, alone))


class World:
    """The database, the cast, the bell, and the nodes that run. Owns the loop all of it runs on."""

    def __init__(self, database: TestDatabase) -> None:
        self.loop = uvloop.new_event_loop()
        self._database = database
        self._patch = pytest.MonkeyPatch()
        self.nodes: dict[str, Node] = {}
        self.committed: dict[ConversationId, dict[int, Kept]] = {}
        self.tokens: dict[str, str] = {}
        self.faults: list[AssertionError] = []
        self._listener = _Listener(self.faults)
        self._closing = asyncio.Event()
        self._count = 0
        self._rung = asyncio.Event()

    # ------------------------------------------------------------ begin and end

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Runs it to its end."""
        return self.loop.run_until_complete(asyncio.wait_for(work, PATIENCE))

    def __enter__(self) -> "World":
        for (module, name), value in SMALL.items():
            self._patch.setattr(module, name, value)
        logging.getLogger().addHandler(self._listener)
        self._home_task = self.loop.create_task(self._stay_open())
        self.do(self._open())
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self.do(self._close())
        self.loop.close()
        logging.getLogger().removeHandler(self._listener)
        self._patch.undo()

    async def _stay_open(self) -> None:
        """The house that founds everything; the nodes are lighter and come and go."""
        async with house(self._database.settings()) as self.home:
            self._home_opened.set()
            await self._closing.wait()

    async def _open(self) -> None:
        self._home_opened = asyncio.Event()
        opened = asyncio.create_task(self._home_opened.wait())
        await asyncio.wait({opened, self._home_task}, return_when=asyncio.FIRST_COMPLETED)
        if self._home_task.done():
            self._home_task.result()
        access = self._database.accesses.app.connect_kwargs()
        self.base = Database(connector(**access))
        self.bell: asyncpg.Connection = await asyncpg.connect(**access)
        await self.bell.add_listener(CHANNEL, self._ring)
        self.cast: Cast = await found_cast(self.home)
        for name in NAMES:
            self.tokens[name] = await self.cast.token(name)

    async def _close(self) -> None:
        self.bell.terminate()
        await self.base.close()
        await self._home_task

    # ------------------------------------------------------------ what the nodes do

    def note(self, posting: Posting, outcome: Outcome) -> None:
        """Committed."""
        if outcome.verdict in (Verdict.NEW, Verdict.KNOWN) and outcome.id is not None:
            kept = self.committed.setdefault(posting.entry.conversation, {})
            kept[outcome.number] = (outcome.id, posting.key)

    def _seen(self, entry: StoredEntry) -> None:
        self.committed.setdefault(entry.conversation, {})[entry.number] = (entry.id, entry.key)

    def _ring(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        if payload == f"sync {self._count}":
            self._rung.set()
            return
        for node in self.nodes.values():
            node.hear(str(payload))

    def begin_node(self, name: str) -> Node:
        """A process starts: nothing is in its memory."""
        self._count += 1
        node_id = f"{name}{self._count}"
        hub, gates = Hub(node_id), Gates()
        office = self.home.office
        anchors = Anchors(self.home.settings.database.audit_anchors_file)
        store = build(self.base, office.installation.audit_mac, hub.announce, node_id, anchors)
        write = gated_writing(gates.writing, self.note)
        store = replace(store, writer=GroupWriter(self.base, store.ringer.after(hub.announce), write=write))
        lookups = GatedLookups(self.base.connect, gates, self._seen)
        memory = replace(store.memory, lookups=lookups, writer=store.writer)
        office = replace(office, memory=memory)
        kept = replace(self.home, office=office, hub=hub, node=node_id, pacing=Pacing(), draining=False)
        node = Node(node_id, hub, gates, store, lookups, kept)
        node.running = self.loop.create_task(node.run())
        self.nodes[node_id] = node
        return node

    async def end_node(self, node: Node, *, kindly: bool) -> None:
        """It stops as an operator would stop it, or dies."""
        if kindly:
            node.gates.let_go()
            node.house.draining = True
            for one in list(node.hub.connections):
                one.close(RESTARTING)
            await node.store.drain()
            await self._idle()
        for task in (*node.lines, *([node.running] if node.running is not None else [])):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        del self.nodes[node.name]
        if not kindly:
            # What it committed last may have been rung for nobody: they make up for it once they see that it is gone.
            for other in self.nodes.values():
                if other.hearing is not Hearing.NOT:  # who does not hear asks for the gap when it does
                    other.hub.gap()

    async def new_conversation(self) -> Conversation:
        """Dr Mira, Ben and Tess."""
        members = tuple(Member(self.cast[name].id, self.cast[name].role) for name in NAMES)
        return await begin_conversation(self.home.office, self.cast.practice.id, Kind.COUPLE, members)

    # ------------------------------------------------------------ waiting

    async def calm(self) -> None:
        """Whatever can go on has gone on, and every ring so far was heard or kept back."""
        for _ in range(2):
            await self._idle()
            self._count += 1
            self._rung.clear()
            await self.bell.execute(f"select pg_notify('{CHANNEL}', 'sync {self._count}')")
            await self._rung.wait()
        await self._idle()
        for node in self.nodes.values():
            if node.running is not None and node.running.done():
                node.running.result()

    async def _idle(self) -> None:
        quiet = 0
        while quiet < 5:
            await asyncio.sleep(0)
            at_work = any(gate.at_work for node in self.nodes.values() for gate in node.gates.all)
            busy = at_work or any(node.store.ringer.rings for node in self.nodes.values())
            quiet = 0 if busy else quiet + 1
            if busy:
                await asyncio.sleep(GLANCE)


async def until(holds: Callable[[], bool], what: str, patience: float = VAIN) -> None:
    """Waits for something that must come."""
    deadline = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        await asyncio.sleep(GLANCE)


class _Listener(logging.Handler):
    """What the server calls an accident of its own is one."""

    def __init__(self, faults: list[AssertionError]) -> None:
        super().__init__(logging.ERROR)
        self._faults = faults

    def emit(self, record: logging.LogRecord) -> None:
        """See `logging.Handler`."""
        self._faults.append(
            AssertionError(f"{record.getMessage()} {getattr(record, 'fault', record.exc_info)}")
        )
