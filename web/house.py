"""The house: where all parts are joined, in the order they must start and the reverse order they must stop."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from channels.chat.hub import Hub
from channels.email.sealing.keys import Smith
from channels.email.workers.reading_room import ReadingRoom
from messaging.ending.erasing import replay
from messaging.memory.arriving import Attach
from messaging.memory.leaving import Owe
from messaging.office import Office, Press
from messaging.practice.ways_back import ask_way_back
from messaging.trust.encryption import KEY_BYTES, InstallationKey, Keyring
from messaging.trust.root_keys import RootKeys
from threads.connection.limits import Limits
from threads.database import Connect, Database, check_fitness, connector, engine
from threads.ending.ledger import LedgerFile
from threads.keys import Keys
from threads.memory import Store, build
from threads.postgres.cluster import Cluster, ClusterError
from threads.postgres.programs import bundled_release
from threads.probe import clock_off
from threads.reaching import NoAnswer, knock
from threads.record.writer import Announce, Written
from threads.schema import (
    MIGRATING,
    NotMigrated,
    SchemaAge,
    let_serve,
    may_serve,
    migrate,
    must_be_known,
    role_of,
)
from threads.trail.anchors import Anchors
from threads.trail.heads_file import HeadsFile
from threads.trail.waiting_lines import WaitingLines
from web.causes import must_be_whole, must_take_files
from web.database_settings import DatabaseSettings, place_of
from web.fair.aside import Aside
from web.fair.desks import PasswordDesk, Room
from web.fair.letter_pace import LetterPace
from web.house_archive import archive_of
from web.http.witness import LibraryWitness
from web.master_key import KeyTrouble, read_master_keys
from web.oauth.tokens import AccessTokens
from web.press import press_of
from web.settings import Settings
from web.state import House

log = logging.getLogger(__name__)

PATIENT: Final = MIGRATING
"""For commands that touch hundreds of thousands of rows at once."""
LOOK: Final = 60.0
"""Seconds to find out whether the schema is up to date: connections that may migrate have no limit of their own."""
DRAIN: Final = 10.0
"""Seconds for what was taken to be written when the server stops."""
LOCKED_AT_ONCE: Final = 2
EXAMINED_AT_ONCE: Final = 1
"""Processes that look at keys. Others than those that lock: a clinician's letter does not wait for what clients hand in."""


class CannotReach(Exception):
    """The database does not answer at the start; one line for the operator."""


def utc_now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


@asynccontextmanager
async def database(
    settings: DatabaseSettings, *, beside: bool, limits: Limits | None = None
) -> AsyncIterator[tuple[Connect, Connect, Cluster | None]]:
    """Connections for the owner and for the app. `beside` a running server a command attaches to its database."""
    if settings.url:
        yield connector(settings.owner_url or settings.url, MIGRATING), connector(settings.url, limits), None
        return
    must_take_files("QUIETLINE_DATA_DIR", settings.data_dir)
    if not settings.restoring:
        must_be_whole(settings.data_dir)
    cluster, accesses = Cluster(settings.data_dir, settings.postgres_bin), None
    if beside:
        with suppress(ClusterError):  # no server runs: the command starts the database for itself
            accesses = await cluster.attach()
    attached = accesses is not None
    accesses = accesses or await cluster.start()
    try:
        yield (
            connector(limits=MIGRATING, **accesses.owner.connect_kwargs()),
            connector(limits=limits, **accesses.app.connect_kwargs()),
            None if attached else cluster,
        )
    finally:
        if not attached:
            await cluster.stop()


@asynccontextmanager
async def house(
    settings: Settings, *, migrates: bool = False, beside: bool = False, limits: Limits | None = None
) -> AsyncIterator[House]:
    """The house with everything that memory needs running; listeners are the caller's. Raises for an unfit database.

    Only what is meant to change a schema `migrates`: whoever asks the doctor beside a server of an older version must not
    take the tables from under it.
    """
    async with AsyncExitStack() as stack:
        owner, app, cluster = await stack.enter_async_context(
            database(settings.database, beside=beside, limits=limits)
        )
        release = await _must_answer(settings.database, owner, app)
        base = Database(app, limits)
        stack.push_async_callback(base.close)
        await check_fitness(base)  # first, or an unfit role would be given its rights before it is refused
        await _bring_up_to_date(owner, app, migrates=migrates)
        root, installation = await _keys(settings.database, Keys(base))
        waiting = None if beside else WaitingLines(settings.database.data_dir)
        built, store = _join(settings, base, root, installation, waiting)
        if waiting is not None:
            stack.callback(waiting.close)
        built.postgres, built.bundled = release, bundled_release()
        built.archive = await archive_of(settings.database, cluster, beside=beside)
        stack.callback(built.passwords.close)
        stack.callback(built.aside.close)
        if settings.mail.oauth is not None:
            built.access = AccessTokens(settings.mail.oauth)
            stack.callback(built.access.close)
        await store.trail.anchors.check(store.trail.stands)
        await stack.enter_async_context(_tasks(built, store, cluster, beside=beside))
        if not beside:
            await replay(built.office, built.ledger)
        yield built


async def _must_answer(settings: DatabaseSettings, owner: Connect, app: Connect) -> tuple[int, int]:
    """The release of PostgreSQL. Raises CannotReach naming the setting, so that nobody looks for a fault elsewhere."""
    named = f"QUIETLINE_DATABASE_URL: {place_of(settings.url)}" if settings.url else "QUIETLINE_DATA_DIR"
    owners = settings.owner_url and f"QUIETLINE_DATABASE_OWNER_URL: {place_of(settings.owner_url)}"
    await _knock(owners or named, owner)
    return await _knock(named, app)


async def _knock(named: str, connect: Connect) -> tuple[int, int]:
    try:
        return await knock(connect)
    except NoAnswer as why:
        raise CannotReach(f"{named}: the database cannot be reached: {why}") from None


async def _bring_up_to_date(owner: Connect, app: Connect, *, migrates: bool) -> None:
    owning, serving = engine(owner, size=1), engine(app, size=1)
    try:
        async with asyncio.timeout(LOOK):
            async with owning.connect() as connection:
                stand = await must_be_known(connection)
            if stand.age is SchemaAge.CURRENT and await may_serve(serving):
                return
        if not migrates:
            raise NotMigrated(stand)
        await migrate(owning)
        await let_serve(owning, await role_of(serving))
    finally:
        await owning.dispose()
        await serving.dispose()


async def _keys(settings: DatabaseSettings, keys: Keys) -> tuple[RootKeys, InstallationKey]:
    """The root key from its file, the installation key from the database; both made at the very first start only."""
    wrapped = await keys.installation_key()
    root = read_master_keys(settings.master_key_file, may_make=wrapped is None)
    if wrapped is None:
        await keys.keep_installation_key(root.wrap(os.urandom(KEY_BYTES)), utc_now())
        wrapped = await keys.installation_key()
    if wrapped is None:
        raise KeyTrouble("the installation key could not be kept")
    return root, InstallationKey(root.unwrap(wrapped))


def _announcer(hub: Hub, owed: asyncio.Event, files: asyncio.Event) -> Announce:
    def announce(written: Written) -> None:
        hub.announce(written)
        if any(isinstance(effect, Owe) for posting, _ in written for effect in posting.effects):
            owed.set()
        if any(isinstance(effect, Attach) for posting, _ in written for effect in posting.effects):
            files.set()

    return announce


def _join(
    settings: Settings,
    base: Database,
    root: RootKeys,
    installation: InstallationKey,
    waiting: WaitingLines | None,
) -> tuple[House, Store]:
    node = os.urandom(6).hex()
    hub = Hub(node)
    owed, files = asyncio.Event(), asyncio.Event()

    anchors = Anchors(settings.database.audit_anchors_file)
    announce = _announcer(hub, owed, files)
    store = build(base, installation.audit_mac, announce, node, anchors, waiting)
    room = Room(settings.database.data_dir if settings.database.data_dir.exists() else Path("/"))
    desk, aside = PasswordDesk(), Aside()
    keyring = Keyring(root, store.memory.keys, os.urandom)
    press = press_of(settings, installation, ReadingRoom(LOCKED_AT_ONCE), aside)
    built = House(
        settings,
        _office(settings, store, keyring, installation, desk, press, room),
        hub,
        room,
        desk,
        node,
        waiting=lambda: store.writer.waiting,
        writes=store.probe.writes,
        clock_off=partial(clock_off, base),
        letters=LetterPace(settings.web),
        ledger=LedgerFile(settings.database.ledger_file),
    )
    head_file = settings.database.trail_head_file
    built.heads = HeadsFile(head_file) if head_file is not None else None
    built.mail_owed, built.files_arrived, built.aside = owed, files, aside
    return built, store


def _office(  # noqa: PLR0913 - what everybody works with
    settings: Settings,
    store: Store,
    keyring: Keyring,
    installation: InstallationKey,
    desk: PasswordDesk,
    press: Press,
    room: Room,
) -> Office:
    return Office(
        memory=store.memory,
        keyring=keyring,
        installation=installation,
        clock=utc_now,
        random=os.urandom,
        passwords=desk,
        press=press,
        locksmith=Smith(ReadingRoom(EXAMINED_AT_ONCE)),
        witness=LibraryWitness(),
        room_left=lambda: room.left,
        breathe=partial(asyncio.sleep, 0),
        checks_files=settings.mail.clamd is not None,
    )


@asynccontextmanager
async def _tasks(built: House, store: Store, cluster: Cluster | None, *, beside: bool) -> AsyncIterator[None]:
    """Every task has an owner. Leaving drains the writer first, so that what was taken is kept."""
    failure: BaseException | None = None
    keep = built.keeper.keep
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(store.run(keep)),
            group.create_task(built.hub.run(built.office, store.bell.ring, keep)),
        ]
        if not beside:
            tasks.append(group.create_task(keep("disk", built.room.watch)))
            asked = partial(built.asked_back.run, partial(ask_way_back, built.office), built.mail_owed)
            tasks.append(group.create_task(keep("asked back", asked)))
            listen = partial(store.bell.listen, partial(_hear, built), built.hub.gap)
            tasks.append(group.create_task(keep("bell", listen)))
            if cluster is not None:
                tasks.append(group.create_task(keep("cluster", cluster.watch)))
        try:
            yield
        except BaseException as fault:  # raised again below, not wrapped in the group's
            failure = fault
        if failure is None:
            with suppress(TimeoutError):  # what is not kept by then was not acknowledged either
                async with asyncio.timeout(DRAIN):
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
