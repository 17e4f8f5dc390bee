"""The house: where all parts are joined, in the order they must start and the reverse order they must stop."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from channels.chat.hub import Hub
from channels.email.sealing.keys import Smith
from messaging.office import Office
from messaging.stored import Attach, Owe
from messaging.trust.encryption import KEY_BYTES, InstallationKey, Keyring, RootKey
from threads.database import Connect, Database, check_fitness, connector, engine
from threads.keys import Keys
from threads.memory import Store, build
from threads.postgres.cluster import Cluster, ClusterError
from threads.schema import is_current, let_serve, may_serve, migrate, role_of
from threads.writer import Written
from web.desks import PasswordDesk, Room
from web.letter_pace import LetterPace
from web.master_key import KeyTrouble, read_master_key
from web.post_office import PostOffice, read_signing_key
from web.settings import DatabaseSettings, Settings
from web.state import House

log = logging.getLogger(__name__)


class NotMigrated(Exception):
    """The schema is older than this program; one line for the operator."""


def utc_now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


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
        built, store = _join(settings, base, root, installation)
        stack.callback(built.passwords.close)
        await stack.enter_async_context(_tasks(built, store, cluster, beside=beside))
        yield built


async def _bring_up_to_date(owner: Connect, app: Connect, *, may_migrate: bool) -> None:
    owning, serving = engine(owner, size=1), engine(app, size=1)
    try:
        current = await is_current(owning)
        if current and await may_serve(serving):
            return
        if not may_migrate:
            raise NotMigrated("the database schema is not up to date; run: quietline migrate")
        await migrate(owning)
        await let_serve(owning, await role_of(serving))
    finally:
        await owning.dispose()
        await serving.dispose()


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


def _join(
    settings: Settings, base: Database, root: RootKey, installation: InstallationKey
) -> tuple[House, Store]:
    node = os.urandom(6).hex()
    hub = Hub(node)
    owed, files = asyncio.Event(), asyncio.Event()

    def announce(written: Written) -> None:
        hub.announce(written)
        if any(isinstance(effect, Owe) for posting, _ in written for effect in posting.effects):
            owed.set()
        if any(isinstance(effect, Attach) for posting, _ in written for effect in posting.effects):
            files.set()

    store = build(base, installation.audit_mac, announce, node)
    room = Room(settings.database.data_dir if settings.database.data_dir.exists() else Path("/"))
    desk = PasswordDesk()
    office = Office(
        memory=store.memory,
        keyring=Keyring(root, store.memory.keys, os.urandom),
        installation=installation,
        clock=utc_now,
        random=os.urandom,
        passwords=desk,
        press=PostOffice(settings, installation, read_signing_key(settings.mail.dkim)),
        locksmith=Smith(),
        room_left=lambda: room.left,
        checks_files=settings.mail.clamd is not None,
    )
    waiting, letters = lambda: store.writer.waiting, LetterPace(settings.web)
    built = House(settings, office, hub, room, desk, node, waiting, letters)
    built.mail_owed, built.files_arrived = owed, files
    return built, store


@asynccontextmanager
async def _tasks(built: House, store: Store, cluster: Cluster | None, *, beside: bool) -> AsyncIterator[None]:
    """Every task has an owner. Leaving drains the writer first, so that what was taken is kept."""
    failure: BaseException | None = None
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(store.writer.run()),
            group.create_task(store.trail.run()),
            group.create_task(store.lookups.run()),
            group.create_task(store.mail_door.run()),
            group.create_task(store.reading_desk.run()),
            group.create_task(store.way_out.run()),
            group.create_task(built.hub.run(built.office, store.bell.ring)),
        ]
        if not beside:
            tasks.append(group.create_task(built.room.watch()))
            tasks.append(group.create_task(store.bell.listen(partial(_hear, built), built.hub.gap)))
            if cluster is not None:
                tasks.append(group.create_task(cluster.watch()))
        try:
            yield
        except BaseException as fault:  # raised again below, not wrapped in the group's
            failure = fault
        if failure is None:
            await store.writer.drain()
        for task in tasks:
            task.cancel()
    if failure is not None:
        raise failure


def _hear(built: House, payload: str) -> None:
    if payload == "r":
        built.mail_arrived.set()
    else:
        built.hub.hear(payload)
