"""A whole house over a wire that makes trouble, and everything that is asked of it: each act, and how it says "busy"."""

import asyncio
import http.client
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

import asyncpg
import pytest
from websockets.exceptions import ConnectionClosed

from channels.chat.closes import RESTARTING
from channels.email.arriving.reception import Mail, Peer, Reception, Recipient
from channels.email.leaving import courier
from channels.email.terms import MailIn
from messaging.arriving.arrival import Destination
from messaging.errors import Busy
from messaging.ids import SignInId
from messaging.inbox.listing import inbox
from messaging.leaving.owing import reply_token
from messaging.letters.writing import Letter, write_letter
from messaging.record.posting import say
from messaging.record.reading import enter, entries_after, entries_followed
from messaging.sessions.holding import open_session
from messaging.trust.access import Deed
from messaging.trust.noted import Noted
from tests.cast import Cast, found_cast
from tests.conftest import RunningServer, TestDatabase
from tests.journeys.talking import Line, call, talking
from tests.peers.postgres_wire import PostgresWire
from tests.web.visitor import Visitor
from threads import probe
from threads.connection.limits import Limits
from threads.database import Connector, connector
from web import house as houses
from web.app import application
from web.mail import mail_running
from web.serve import ROLES, web_running
from web.state import House
from web.timekeeping import keeping_time

QUICK: Final = Limits(
    connect=0.4, pool=0.4, command=0.4, attempt=0.4, patience=0.05, heartbeat=0.2, probe=0.4, close=0.4
)
"""So short that trouble is noticed at once, and long enough for a busy machine."""
BUSY: Final = "busy"
FINE: Final = "fine"
PATIENCE: Final = 30.0
"""Seconds until it must go on by itself; far more than it takes."""

GLANCE: Final = 0.002

Act = Callable[[], Awaitable[str]]


@dataclass
class Troubled:
    """The house, the wire, and what is asked."""

    house: House
    wire: PostgresWire
    acts: dict[str, Act]
    asking: "Asking"
    _read_only: set[str]

    def be_read_only(self, *, yes: bool) -> None:
        """As after a failover: what is connected ends, and who comes can only read; or again all of it."""
        self._read_only.clear()
        self._read_only.update({"yes"} if yes else ())
        self.wire.cut()

    async def answers(self) -> dict[str, str]:
        """Everything asked at the same time; each is answered, whatever it is."""
        async with asyncio.timeout(PATIENCE):
            said = await asyncio.gather(*(_answer(act) for act in self.acts.values()))
        return dict(zip(self.acts, said, strict=True))

    async def recovers(self) -> None:
        """Until all is well again; nobody does anything for it."""
        await self.come_true(set(self.acts))

    async def come_true(self, fine: set[str]) -> dict[str, str]:
        """Until these are fine at the same time; what is said of all."""
        deadline = time.monotonic() + PATIENCE
        said = await self.answers()
        while any(said[act] != FINE for act in fine):
            assert time.monotonic() < deadline, f"not well: {said}"
            said = await self.answers()
        return said


async def _answer(act: Act) -> str:
    try:
        return await act()
    except Busy:
        return BUSY
    except Exception as fault:  # every fault is an answer here: it is compared with what was expected
        return type(fault).__name__


async def _patiently(make: Callable[[], Awaitable[dict[str, Act]]]) -> dict[str, Act]:
    """What is only read and asked, again where these limits are too short for a busy machine."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return await make()
        except Busy:
            if time.monotonic() > deadline:
                raise


@dataclass(frozen=True)
class Standby:
    """What is connected while it is read-only stays so, as with a standby."""

    truly: Connector
    read_only: set[str]

    @property
    def access(self) -> Mapping[str, object]:
        return self.truly.access

    async def __call__(self) -> asyncpg.Connection:
        connection = await self.truly()
        if self.read_only:
            await connection.execute("set default_transaction_read_only = on")
        return connection


@asynccontextmanager
async def troubled(
    database: TestDatabase, patch: pytest.MonkeyPatch, limits: Limits = QUICK
) -> AsyncIterator[Troubled]:
    """Everything that runs in a process with all roles."""
    access = database.accesses.app.connect_kwargs()
    owner = connector(**database.accesses.owner.connect_kwargs())
    patch.setattr(probe, "FRESH", 0.0)
    patch.setattr(courier, "LAST_MAIL", 0.2)
    async with AsyncExitStack() as stack:
        wire = await stack.enter_async_context(PostgresWire(access["host"]))
        truly = connector(limits=limits, **{**access, "host": wire.folder})
        read_only: set[str] = set()

        app = Standby(truly, read_only)

        @asynccontextmanager
        async def by_wire(*_: object, **__: object) -> AsyncIterator[tuple[object, object, None]]:
            yield owner, app, None

        settings = database.settings(QUIETLINE_SMTP="127.0.0.1:0", QUIETLINE_RELAY_URL="smtp://127.0.0.1:1")
        # By the ordinary limits: a busy machine is no trouble of the database.
        async with houses.house(settings) as calm:
            cast = await found_cast(calm)
            await open_session(calm.office, (await cast.enter("mira", "ruth", Deed.HOLD_SESSION))[0])
        patch.setattr(houses, "database", by_wire)
        house = await stack.enter_async_context(houses.house(settings, limits=limits))
        cast.house = house
        await stack.enter_async_context(mail_running(house, ROLES))
        await stack.enter_async_context(keeping_time(house))
        site = await stack.enter_async_context(web_running(house, application(house)))
        asking = Asking(cast, RunningServer(None, {"http": site}), wire)  # type: ignore[arg-type]  # it is this process
        await stack.enter_async_context(asking.stack)
        yield Troubled(house, wire, await _patiently(asking.acts), asking, read_only)


@dataclass
class Asking:
    """Ruth, her therapist, and her mail program."""

    cast: Cast
    server: RunningServer
    wire: PostgresWire
    line: Line | None = None
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def acts(self) -> dict[str, Act]:
        """By name."""
        cast, office, ruths = self.cast, self.cast.office, self.cast.conversation("ruth")
        mira, _ = await cast.enter("mira", "ruth", Deed.HOLD_SESSION)
        self.ruth, self.circle = await cast.enter("ruth", "ruth", Deed.SAY)
        self.token, self.miras = await cast.token("ruth"), await cast.token("mira")
        self.address = f"reply+{await reply_token(office, self.circle, cast['ruth'])}@quietline.localhost"
        self.reception = Reception(office, MailIn("quietline.localhost"))
        memory, now = office.memory, office.clock
        lease = timedelta(seconds=0)
        return {
            "say": lambda: _done(say(office, self.ruth, uuid.uuid4(), "words")),
            "letter": lambda: _done(
                write_letter(office, mira, self.circle, Letter(uuid.uuid4(), "A letter"))
            ),
            "enter": lambda: _done(enter(office, cast["ruth"], ruths, Deed.READ)),
            "follow": lambda: _done(entries_followed(office, self.ruth, 0, 10)),
            "read": lambda: _done(entries_after(office, self.ruth, 0)),
            "inbox": lambda: _done(inbox(office, cast["mira"])),
            "trail": lambda: _done(
                office.memory.trail.note(mira.practice, now(), mira.person, Noted.STEPPED_UP, None)
            ),
            "read mark": lambda: _done(memory.conversations.mark_read(mira, 1)),
            "sessions due": lambda: _done(memory.sessions.due(now(), lease, 1)),
            "mail due": lambda: _done(memory.mailbox.due_mail(now(), 0.0, 1)),
            "letters due": lambda: _done(memory.mailbox.due_originals(now(), 0.0, 1)),
            "mailbox turn": self.turn,
            "recipient": self.recipient,
            "accept": self.accept,
            "bell": self.bell,
            "api": lambda: self.get("/conversations"),
            "ready": self.ready,
            "frame": self.frame,
        }

    async def bell(self) -> str:
        """A ring that this house hears itself: it remembers who has signed out."""
        rung, hub = SignInId(uuid.uuid4()), self.cast.house.hub
        await self.cast.office.memory.sign_ins.end(self.ruth.practice, rung, self.cast.office.clock())
        deadline = time.monotonic() + 1.0
        while rung not in hub.arrivals._ended:
            if time.monotonic() > deadline:
                return BUSY
            await asyncio.sleep(GLANCE)
        return FINE

    async def turn(self) -> str:
        """At a mailbox nobody else wants."""
        async with self.cast.office.memory.mailboxes.turn(uuid.uuid4().bytes):
            return FINE

    async def recipient(self) -> str:
        """RCPT."""
        found = await self.reception.recipient(self.address, "ruth@mail.example")
        return FINE if isinstance(found, Recipient) else _reply(found.reply())

    async def accept(self) -> str:
        """DATA."""
        to = Destination(self.ruth.practice, self.ruth.conversation, self.ruth.person)
        mail = Mail(Peer(), "ruth@mail.example", (Recipient(self.address, to),))
        (said,) = await self.reception.accept(mail, b"Subject: a walk\r\n\r\nI walked by the lake.\r\n")
        return _reply(said)

    async def shows(self, pages: Sequence[tuple[str, str]]) -> None:
        """All of these pages, at the latest when the machine has time for it: these limits are short."""
        deadline = time.monotonic() + PATIENCE
        while (said := {path: await self.page(who, path) for who, path in pages}) != {
            path: FINE for _, path in pages
        }:
            assert time.monotonic() < deadline, f"not shown: {said}"

    async def page(self, who: str, path: str) -> str:
        """One page."""
        token = {"ruth": self.token, "mira": self.miras}[who]
        answer = await Visitor(self.server.http).get(path, Authorization=f"Bearer {token}")
        return {200: FINE, 503: BUSY}.get(answer.status, str(answer.status))

    async def get(self, path: str) -> str:
        """One request of the API."""
        status, _ = await call(self.server, self.token, "GET", path)
        return {200: FINE, 503: BUSY}.get(status, str(status))

    async def ready(self) -> str:
        """What a load balancer asks."""
        status = await asyncio.to_thread(_status, self.server.http + "/health/ready")
        return {200: FINE, 503: BUSY}.get(status, str(status))

    async def frame(self) -> str:
        """One message over a live connection, which comes back when it was sent away."""
        try:
            if self.line is None:
                self.line = await self.stack.enter_async_context(talking(self.server, self.token))
                await self.line.open(self.ruth.conversation)
            said = await self.line.say(self.ruth.conversation, "words")
        except ConnectionClosed as end:
            self.line = None
            return BUSY if end.rcvd is not None and end.rcvd.code == RESTARTING else str(end.rcvd)
        return FINE if said["type"] == "said" else str(said["code"])


async def _done(act: Awaitable[object]) -> str:
    await act
    return FINE


def _reply(said: str) -> str:
    return FINE if said.startswith("250") else BUSY if said.startswith("451 4.3.0") else said


def _status(url: str) -> int:
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.netloc, timeout=PATIENCE)
    try:
        connection.request("GET", where.path)
        return connection.getresponse().status
    finally:
        connection.close()
