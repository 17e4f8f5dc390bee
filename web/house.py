"""The house: where all parts are joined, in the order they must start and the reverse order they must stop."""

import asyncio
import logging
import os
import shutil
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from channels.chat.hub import Hub
from channels.chat.protocol import Pacing
from messaging.errors import Busy
from messaging.office import Office
from messaging.store import Memory
from messaging.trust.encryption import KEY_BYTES, InstallationKey, Keyring, RootKey
from messaging.trust.passwords import hash_password, verify_password
from threads.cluster import Cluster, ClusterError
from threads.database import Connect, Database, check_fitness, connector, engine
from threads.keys import Keys
from threads.memory import Store, build
from threads.schema import is_current, migrate
from web.guesses import Guesses
from web.master_key import KeyTrouble, read_master_key
from web.post_office import PostOffice
from web.settings import DatabaseSettings, Settings

log = logging.getLogger(__name__)

ROOM_BYTES: Final = 1_000_000_000
ROOM_SHARE: Final = 0.05
"""Low-water mark: below both, new words are refused before PostgreSQL stops on a full disk."""
ROOM_GLANCE: Final = 2.0


class NotMigrated(Exception):
    """The schema is older than this program; one line for the operator."""


def utc_now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


class PasswordDesk:
    """Argon2id in threads, two at a time, few waiting: each costs 46 MiB and a core."""

    AT_ONCE: Final = 2
    WAITING: Final = 64

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(self.AT_ONCE, thread_name_prefix="argon2")
        self._waiting = 0

    async def verify(self, encoded: str | None, password: str) -> bool:
        """See `messaging.trust.passwords`. Raises Busy."""
        with _turn(self):
            return await asyncio.get_running_loop().run_in_executor(
                self._pool, verify_password, encoded, password
            )

    async def hash(self, password: str) -> str:
        """See `messaging.trust.passwords`. Raises Busy."""
        with _turn(self):
            return await asyncio.get_running_loop().run_in_executor(self._pool, hash_password, password)

    def enter(self) -> None:
        """One more waits."""
        if self._waiting >= self.WAITING:
            raise Busy
        self._waiting += 1

    def leave(self) -> None:
        """One less."""
        self._waiting -= 1

    def close(self) -> None:
        """Ends the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)


class _turn:
    def __init__(self, desk: PasswordDesk) -> None:
        self._desk = desk

    def __enter__(self) -> None:
        self._desk.enter()

    def __exit__(self, *_: object) -> None:
        self._desk.leave()


@dataclass(slots=True)
class Room:
    """Whether the disk has room for words."""

    path: Path
    left: bool = True

    def look(self) -> None:
        """Measures again."""
        usage = shutil.disk_usage(self.path)
        self.left = usage.free > min(ROOM_BYTES, usage.total * ROOM_SHARE)

    async def watch(self) -> None:
        """Measures every now and then."""
        while True:
            self.look()
            await asyncio.sleep(ROOM_GLANCE)


@dataclass(slots=True)
class House:
    """Everything that runs, joined."""

    settings: Settings
    store: Store
    office: Office
    hub: Hub
    room: Room
    passwords: PasswordDesk
    node: str
    pacing: Pacing = field(default_factory=Pacing)
    guesses: Guesses = field(default_factory=Guesses)
    draining: bool = False
    setup_token: str | None = field(default=None, repr=False)
    """The one-time way in while there is no practice yet."""

    @property
    def memory(self) -> Memory:
        """What the acts remember by."""
        return self.office.memory


@asynccontextmanager
async def database(
    settings: DatabaseSettings, *, beside: bool
) -> AsyncIterator[tuple[Connect, Connect, Cluster | None]]:
    """Connections for the owner and for the app. `beside` a running server a command attaches to its database."""
    if settings.url:
        yield connector(settings.owner_url or settings.url), connector(settings.url), None
        return
    cluster, accesses = Cluster(settings.data_dir), None
    if beside:
        with suppress(ClusterError):  # no server runs: the command starts the database for itself
            accesses = await cluster.attach()
    attached = accesses is not None
    accesses = accesses or await cluster.start()
    try:
        yield (
            connector(**accesses.owner.connect_kwargs()),
            connector(**accesses.app.connect_kwargs()),
            None if attached else cluster,
        )
    finally:
        if not attached:
            await cluster.stop()


@asynccontextmanager
async def house(
    settings: Settings, *, may_migrate: bool = True, beside: bool = False
) -> AsyncIterator[House]:
    """The house with everything that memory needs running; listeners are the caller's. Raises for an unfit database."""
    async with AsyncExitStack() as stack:
        owner, app, cluster = await stack.enter_async_context(database(settings.database, beside=beside))
        await _bring_up_to_date(owner, app, may_migrate=may_migrate)
        base = Database(app)
        stack.push_async_callback(base.close)
        await check_fitness(base)
        root, installation = await _keys(settings.database, Keys(base))
        built = _join(settings, base, root, installation)
        stack.callback(built.passwords.close)
        await stack.enter_async_context(_tasks(built, cluster, beside=beside))
        yield built


async def _bring_up_to_date(owner: Connect, app: Connect, *, may_migrate: bool) -> None:
    owning = engine(owner, size=1)
    try:
        if not await is_current(owning):
            if not may_migrate:
                raise NotMigrated("the database schema is not up to date; run: quietline migrate")
            await migrate(owning)
    finally:
        await owning.dispose()


async def _keys(settings: DatabaseSettings, keys: Keys) -> tuple[RootKey, InstallationKey]:
    """The root key from its file, the installation key from the database; both made at the very first start only."""
    wrapped = await keys.installation_key()
    root = read_master_key(settings.master_key_file, may_make=wrapped is None)
    if wrapped is None:
        await keys.keep_installation_key(root.wrap(os.urandom(KEY_BYTES)), utc_now())
        wrapped = await keys.installation_key()
    if wrapped is None:
        raise KeyTrouble("the installation key could not be kept")
    return root, InstallationKey(root.unwrap(wrapped))


def _join(settings: Settings, base: Database, root: RootKey, installation: InstallationKey) -> House:
    node = os.urandom(6).hex()
    hub = Hub(node)
    store = build(base, installation.audit_mac, hub.announce, node)
    room = Room(settings.database.data_dir if settings.database.data_dir.exists() else Path("/"))
    desk = PasswordDesk()
    office = Office(
        memory=store.memory,
        keyring=Keyring(root, store.memory.keys, os.urandom),
        installation=installation,
        clock=utc_now,
        random=os.urandom,
        passwords=desk,
        press=PostOffice(settings, installation),
        room_left=lambda: room.left,
    )
    return House(settings, store, office, hub, room, desk, node)


@asynccontextmanager
async def _tasks(built: House, cluster: Cluster | None, *, beside: bool) -> AsyncIterator[asyncio.TaskGroup]:
    """Every task has an owner. Leaving drains the writer first, so that what was taken is kept."""
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(built.store.writer.run()),
            group.create_task(built.store.trail.run()),
            group.create_task(built.hub.run(built.office, built.store.bell.ring)),
        ]
        if not beside:
            tasks.append(group.create_task(built.room.watch()))
            tasks.append(group.create_task(built.store.bell.listen(built.hub.hear, built.hub.gap)))
            if cluster is not None:
                tasks.append(group.create_task(cluster.watch()))
        try:
            yield group
        finally:
            await built.store.writer.drain()
            for task in tasks:
                task.cancel()
