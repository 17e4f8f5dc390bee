"""What goes on by itself while the demonstration runs: a letter comes by mail, the other side of the live session writes.

Played through the doors everyone uses: the letter by the server's own SMTP listener, the words by frames of the live
protocol. Nobody is played whom somebody is: whose pages are open speaks for themselves.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from time import monotonic
from typing import Final
from uuid import UUID, uuid5

from channels.chat.connection import Connection
from channels.chat.protocol import Protocol
from messaging.conversations import Session
from messaging.entrance.signing_in import begin, who
from messaging.errors import Busy
from messaging.ids import PersonId
from messaging.memory.sign_ins import SignInKind
from messaging.messages import Channel
from messaging.record.reading import enter, entries_before, first_said
from messaging.trust.access import Deed
from web.demo.mailroom import send
from web.demo.mails import Written, answering_subject, compose
from web.demo.pages import Mailing
from web.demo.people import MAIL_DOMAIN
from web.demo.script import LETTERS, SAYS, WRITER
from web.demo.telling import Stage, reply_address
from web.state import House

LETTER_AFTER: Final = 20.0
"""Seconds from the start: long enough to be signed in, short enough to be seen to come."""
LOOK: Final = 1.0
READS: Final = 5.0
WRITES: Final = 6.0
"""Seconds the other side reads before they write, and writes before they have said it."""
RESTS: Final = 25.0
SIGN: Final = 2.0
"""Seconds between typing signs: a page shows one for a little longer."""
BOTH: Final = ("mira", "linden")


@asynccontextmanager
async def going_on(house: House, stage: Stage, mailing: Mailing) -> AsyncIterator[None]:
    """While the server serves. Ends with it; a fault of the play ends nothing else (`web.keeping`)."""
    keep = house.keeper.keep
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(keep("demo letter", partial(a_letter, house, stage, mailing))),
            group.create_task(keep("demo session", Play(house, stage).run)),
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()


# ---------------------------------------------------------------- a letter


async def a_letter(house: House, stage: Stage, mailing: Mailing) -> None:
    """The next of those that were not written at an earlier start; none when all were."""
    await asyncio.sleep(LETTER_AFTER)
    writer = stage.people[WRITER]
    held, _ = await enter(house.office, writer, stage.files["ben"], Deed.READ)
    record = await entries_before(house.office, held, 2**31 - 1, 200)
    before = sum(one.author == writer.id and one.channel is Channel.EMAIL for one in record)
    if before >= len(LETTERS) or writer.email is None:
        return
    to = await reply_address(stage, "ben", WRITER, house.settings.mail)
    name = f"{house.office.new_id()}@{MAIL_DOMAIN}"
    subject = answering_subject("You have a new message")
    now = house.office.clock()
    raw = compose(
        Written(writer.name, writer.email, to, subject, LETTERS[before], now, message_id=name), stage.zone
    )
    await _sent(mailing, writer.email, to, name, raw)
    mailing.room.put(writer.email, raw, mine=True)


async def _sent(mailing: Mailing, sender: str, to: str, name: str, raw: bytes) -> None:
    """Whoever starts slowly has no listener yet."""
    while True:  # bound: until it is taken, or cancelled; each turn waits
        try:
            await send(mailing.server, sender, to, name, raw)
        except Busy:
            await asyncio.sleep(LOOK)
        else:
            return


# ---------------------------------------------------------------- the session


class Deaf:
    """A wire to nobody: who plays reads the record instead."""

    clear = True

    def send_text(self, text: str) -> None:
        """Nobody reads it."""

    def end(self, code: int, reason: str) -> None:
        """Nobody is there."""

    def pause(self) -> None:
        """Nothing more is sent before it is asked for."""

    def resume(self) -> None:
        """Likewise."""


class Play:
    """The side of Linden's session that nobody is, while somebody is the other."""

    def __init__(self, house: House, stage: Stage) -> None:
        self._house, self._stage = house, stage
        self._conversation = stage.files["linden"]

    async def run(self) -> None:
        """Line by line, until all are said, the session is over, or the server stops."""
        while True:  # bound: until cancelled, or the session is over; each turn waits
            await asyncio.sleep(LOOK)
            session = await self._live()
            if session is None:
                return
            missing = self._missing()
            if missing is not None:
                await self._be(missing, session)

    def _missing(self) -> str | None:
        """Who of both is not there, while the other is."""
        there = {c.person for c in self._house.hub.connections}
        absent = [one for one in BOTH if self._stage.people[one].id not in there]
        return absent[0] if len(absent) == 1 else None

    async def _live(self) -> Session | None:
        person = self._stage.people["linden"]
        _, circle = await enter(self._house.office, person, self._conversation, Deed.READ)
        return circle.conversation.live

    async def _be(self, name: str, session: Session) -> None:
        """There, until the real one comes. Who is gone with the last line would be a broken connection in the record."""
        protocol, connection = await self._arrive(name)
        try:
            self._tell(protocol, "here")
            self._tell(protocol, "open", after=0)
            for number, text in enumerate(SAYS[name]):
                key = uuid5(session.id, f"{name} {number}")
                if not await self._is_said(name, key):
                    await self._say(protocol, connection, name, key, text)
            await _until(lambda: self._is_replaced(name, connection))
        finally:
            protocol.gone()

    async def _arrive(self, name: str) -> tuple[Protocol, Connection]:
        office, person = self._house.office, self._stage.people[name]
        token = await begin(office, person.practice, person.id, SignInKind.BEARER, timedelta(hours=12))
        connection = Connection(await who(office, token.text), Deaf())
        protocol = Protocol(self._house.hub, connection, self._house.pacing, monotonic)
        protocol.arrive()
        return protocol, connection

    async def _say(self, protocol: Protocol, connection: Connection, name: str, key: UUID, text: str) -> None:
        """Read, written, said, while somebody looks; nothing once the real one speaks for themselves."""
        await _until(lambda: self._is_looked_at(name, connection))
        await asyncio.sleep(READS)
        for _ in range(round(WRITES / SIGN)):
            if not self._is_replaced(name, connection):
                self._tell(protocol, "typing")
                await asyncio.sleep(SIGN)
        if not self._is_replaced(name, connection):
            self._tell(protocol, "say", key=str(key), text=text)
            await asyncio.sleep(RESTS)

    def _there(self, connection: Connection) -> set[PersonId]:
        return {c.person for c in self._house.hub.connections if c is not connection}

    def _is_replaced(self, name: str, connection: Connection) -> bool:
        """Whether somebody else is this person now."""
        return connection.closing is not None or self._stage.people[name].id in self._there(connection)

    def _is_looked_at(self, name: str, connection: Connection) -> bool:
        """Whether there is anything to wait for no more: the other one is there, or the real one."""
        other = next(one for one in BOTH if one != name)
        there = self._there(connection)
        return self._is_replaced(name, connection) or self._stage.people[other].id in there

    async def _is_said(self, name: str, key: UUID) -> bool:
        person = self._stage.people[name]
        held, _ = await enter(self._house.office, person, self._conversation, Deed.SAY)
        return await first_said(self._house.office, held, key) is not None

    def _tell(self, protocol: Protocol, kind: str, **more: object) -> None:
        about = {} if kind == "here" else {"conversation": str(self._conversation)}
        protocol.take(json.dumps({"type": kind, **about, **more}))


async def _until(true: Callable[[], bool]) -> None:
    """Until it is so, or cancelled."""
    while not true():  # noqa: ASYNC110 - who comes and goes is no event to anybody else
        await asyncio.sleep(LOOK)
