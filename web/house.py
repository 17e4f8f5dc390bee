"""The house: where all parts are joined, in the order they must start and the reverse order they must stop."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from channels.chat.hub import Hub
from channels.email.sealing.keys import Smith
from channels.email.workers.photo_desk import PhotoDesk
from channels.email.workers.reading_room import ReadingRoom
from messaging.ending.erasing import replay
from messaging.memory.arriving import Attach
from messaging.memory.leaving import Owe
from messaging.office import Office, Press
from messaging.practice.ways_back import ask_way_back
from messaging.trust.encryption import KEY_BYTES, InstallationKey, Keyring
from messaging.trust.root_keys import RootKeys
from threads.connection.limits import Limits
from threads.database import Database, check_fitness
from threads.ending.ledger import LedgerFile
from threads.keys import Keys
from threads.memory import Store, build
from threads.postgres.cluster import Cluster
from threads.postgres.programs import bundled_release
from threads.probe import clock_off
from threads.record.writer import Announce, Written
from threads.schema import (
    MIGRATING,
)
from threads.trail.anchors import Anchors
from threads.trail.heads_file import HeadsFile
from threads.trail.waiting_lines import WaitingLines
from web.database_settings import DatabaseSettings
from web.fair.aside import Aside
from web.fair.desks import PasswordDesk, Room
from web.fair.letter_pace import LetterPace
from web.house_archive import archive_of
from web.house_database import ALONE, Among, bring_up_to_date, database, must_answer
from web.http.witness import LibraryWitness
from web.key_command import keys_of, unwrapped
from web.master_key import KeyTrouble
from web.oauth.tokens import AccessTokens
from web.outbound.carrier import Carrier
from web.outbound.push import push_desk
from web.press import press_of
from web.searching.finder import SEARCHED, Finder
from web.settings import Settings
from web.state import House

log = logging.getLogger(__name__)

PATIENT: Final = MIGRATING
"""For commands that touch hundreds of thousands of rows at once."""
DRAIN: Final = 10.0
"""Seconds for what was taken to be written when the server stops."""
LOCKED_AT_ONCE: Final = 2
EXAMINED_AT_ONCE: Final = 1
CLEANED_AT_ONCE: Final = 2
"""Processes that look at keys. Others than those that lock: a clinician's letter does not wait for what clients hand in."""


def utc_now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


@asynccontextmanager
async def house(
    settings: Settings,
    *,
    migrates: bool = False,
    beside: bool = False,
    among: Among = ALONE,
    limits: Limits | None = None,
) -> AsyncIterator[House]:
    """The house with everything that memory needs running; listeners are the caller's. Raises for an unfit database.

    Only what is meant to change a schema `migrates`: whoever asks the doctor beside a server of an older version must not
    take the tables from under it. `beside` a server runs: a command, which hears no bell and takes no part in its work.
    """
    node = os.urandom(6).hex()
    async with AsyncExitStack() as stack:
        owner, app, cluster = await stack.enter_async_context(
            database(settings.database, beside=beside, among=among, node=node, limits=limits)
        )
        release = await must_answer(settings.database, owner, app)
        base = Database(app, limits)
        stack.push_async_callback(base.close)
        await check_fitness(base)  # first, or an unfit role would be given its rights before it is refused
        await bring_up_to_date(owner, app, migrates=migrates)
        root, installation = await _keys(settings.database, Keys(base))
        waiting = None if beside else WaitingLines(settings.database.data_dir)
        built, store = _join(settings, base, node, root, installation, waiting)
        if waiting is not None:
            stack.callback(waiting.close)
        built.postgres, built.bundled = release, bundled_release()
        if not among.fellow:
            built.archive = await archive_of(settings.database, cluster, beside=beside)
        built.count_with(among.paces)
        built.finder = Finder(app.access, among.paces("searches", SEARCHED))
        stack.push_async_callback(built.finder.close)
        stack.enter_context(_helpers(built))
        await store.trail.anchors.check(store.trail.stands)
        await stack.enter_async_context(_tasks(built, store, cluster, beside=beside))
        if not beside and not among.fellow:
            await replay(built.office, built.ledger)
        yield built


@contextmanager
def _helpers(built: House) -> Iterator[None]:
    """Threads and processes that work for it, ended with it."""
    with closing(built.passwords), closing(built.aside), closing(built.webhooks), closing(built.push):
        if built.settings.mail.oauth is None:
            yield
            return
        built.access = AccessTokens(built.settings.mail.oauth)
        with closing(built.access):
            yield


async def _keys(settings: DatabaseSettings, keys: Keys) -> tuple[RootKeys, InstallationKey]:
    """The root key from its file, the installation key from the database; both made at the very first start only."""
    wrapped = await keys.installation_key()
    root = await asyncio.to_thread(keys_of, settings, may_make=wrapped is None)
    if wrapped is None:
        await keys.keep_installation_key(root.wrap(os.urandom(KEY_BYTES)), utc_now())
        wrapped = await keys.installation_key()
    if wrapped is None:
        raise KeyTrouble("the installation key could not be kept")
    return root, InstallationKey(unwrapped(settings, root, wrapped))


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
    node: str,
    root: RootKeys,
    installation: InstallationKey,
    waiting: WaitingLines | None,
) -> tuple[House, Store]:
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
        photos=PhotoDesk(ReadingRoom(CLEANED_AT_ONCE)),
        ledger=LedgerFile(settings.database.ledger_file),
        webhooks=Carrier(settings.outbound.webhook_hosts),
        push=push_desk(settings.outbound, settings.web.base_url),
    )
    head_file = settings.database.trail_head_file
    built.heads = HeadsFile(head_file) if head_file is not None else None
    if settings.mail.trail_head_to is not None:
        built.heads_mailed = HeadsFile(settings.database.trail_heads_mailed)
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
        measures=settings.measures,
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
            tasks.append(group.create_task(store.listen(partial(_hear, built), built.hub.gap, keep)))
            if cluster is not None:
                tasks.append(group.create_task(keep("cluster", cluster.watch)))
        try:
            yield
        except BaseException as fault:  # raised again below, not wrapped in the group's
            failure = fault
        if failure is None:
            with suppress(TimeoutError):  # what is not kept by then was not acknowledged either
                async with asyncio.timeout(DRAIN):
                    await store.drain()
        for task in tasks:
            task.cancel()
    if failure is not None:
        raise failure


def _hear(built: House, payload: str) -> None:
    if payload == "r":
        built.mail_arrived.set()
    else:
        built.hub.hear(payload)
