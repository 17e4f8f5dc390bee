"""A post office for tests: a house, its listeners, a reader, and mail programs that speak SMTP byte by byte."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from channels.email.arriving.listeners import Listeners
from channels.email.arriving.reception import Reception
from channels.email.reading.reader import Reader
from channels.email.terms import DialogLimits, Listening, MailIn
from channels.email.workers.reading_room import ReadingRoom
from messaging.arriving.screening import HeldLetter, held
from messaging.leaving.owing import reply_token
from messaging.memory.arriving import OriginalState
from messaging.messages import Entry
from messaging.people import Role
from messaging.record.reading import entries_after
from tests.cast import CONVERSATIONS, Cast
from tests.channels.email.world import DOMAIN, NameServer, now, records, signed

SERVER = "quietline.localhost"


class Program:
    """A mail program that sends exactly what it is told."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def __aenter__(self) -> "Program":
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self._port)
        self.greeting = await self.reply()
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _fault: BaseException | None, _where: TracebackType | None
    ) -> None:
        self.writer.close()

    async def reply(self) -> str:
        """One reply, its lines joined."""
        lines = []
        while True:
            line = (await self.reader.readline()).decode()
            lines.append(line.rstrip("\r\n"))
            if line[3:4] != "-":
                return "\n".join(lines)

    async def say(self, command: str) -> str:
        """A command and the reply to it."""
        self.writer.write(command.encode() + b"\r\n")
        return await self.reply()

    async def begin(self, sender: str, *recipients: str, hello: str = "EHLO client.example") -> list[str]:
        """Up to DATA; the replies to the recipients."""
        await self.say(hello)
        await self.say(f"MAIL FROM:<{sender}>")
        return [await self.say(f"RCPT TO:<{one}>") for one in recipients]

    async def data(self, raw: bytes, replies: int = 1) -> list[str]:
        """The letter; the reply or replies after the dot."""
        assert (await self.say("DATA")).startswith("354")
        stuffed = raw.replace(b"\r\n.", b"\r\n..")
        self.writer.write(stuffed + (b"" if raw.endswith(b"\r\n") else b"\r\n") + b".\r\n")
        return [await self.reply() for _ in range(replies)]


@dataclass
class Post:
    """What the tests of mail stand on."""

    cast: Cast
    terms: MailIn
    reception: Reception
    listeners: Listeners
    reader: Reader
    names: NameServer
    ports: dict[str, int] = field(default_factory=dict)
    written_to: dict[str, str] = field(default_factory=dict)
    """Where each client's mail program sends what they write."""

    def smtp(self) -> Program:
        """A connection by SMTP."""
        return Program(self.ports["smtp"])

    def lmtp(self) -> Program:
        """A connection by LMTP."""
        return Program(self.ports["lmtp"])

    async def token(self, client: str, conversation: str | None = None) -> str:
        """A client's reply token."""
        _, circle = await self.cast.enter(client, conversation or client)
        return await reply_token(self.cast.office, circle, self.cast[client])

    async def address(self, client: str, conversation: str | None = None) -> str:
        """A client's reply address."""
        return f"reply+{await self.token(client, conversation)}@{SERVER}"

    def letter(self, client: str, text: str = "I walked by the lake.", **headers: str) -> bytes:
        """A letter as the client's mail program writes it, signed by the client's provider."""
        email, to = self.cast[client].email, self.written_to[client]
        lines = {"From": f"Someone <{email}>", "To": f"<{to}>", "Subject": "a walk", "Date": now(), **headers}
        head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items())
        return signed(f"{head}\r\n{text}\r\n".encode(), DOMAIN)

    async def screener(self, who: str = "mira") -> list[HeldLetter]:
        """What a clinician sees held."""
        return await held(self.cast.office, self.cast[who])

    async def offer(self, raw: bytes, recipient: str, sender: str | None = None) -> str:
        """One letter by SMTP; the last reply."""
        async with self.smtp() as program:
            answers = await program.begin(f"someone@{DOMAIN}" if sender is None else sender, recipient)
            return (await program.data(raw))[0] if answers[0].startswith("250") else answers[0]

    async def read_all(self) -> None:
        """The reader reads until nothing is due: one letter for each of its processes at a time, and one in waiting."""

        async def read() -> None:
            while await self.reader.read_due():
                pass

        async with asyncio.TaskGroup() as group:
            for _ in range(2 * self.terms.readers - 1):
                group.create_task(read())

    async def entries(self, conversation: str, who: str = "mira") -> list[Entry]:
        """The whole conversation."""
        admitted, _ = await self.cast.enter(who, conversation)
        return await entries_after(self.cast.office, admitted, 0)

    async def counts(self) -> dict[OriginalState, int]:
        """How many originals stand in each state."""
        kept = await self.cast.office.memory.mailbox.count_originals(self.cast.practice.id)
        return {OriginalState(state): count for state, count in kept.items()}


@asynccontextmanager
async def open_post(
    cast: Cast,
    limits: DialogLimits | None = None,
    room_of: Callable[[int], ReadingRoom] = ReadingRoom,
    **terms_given: Any,
) -> AsyncIterator[Post]:
    """A post office over the cast's house, with SMTP and LMTP on free ports."""
    names = NameServer(records())
    given = {"size_limit": 2_000_000, "dns": await names.start(), "readers": 1, **terms_given}
    terms = MailIn(SERVER, **given)
    room = room_of(terms.readers)
    reception = Reception(cast.office, terms)
    wanted = [Listening(kind, "127.0.0.1") for kind in ("smtp", "lmtp")]
    listeners = Listeners(reception, wanted, limits)
    await listeners.start()
    ports = {kind: int(where.rpartition(":")[2]) for kind, where in listeners.addresses}
    post = Post(cast, terms, reception, listeners, Reader(cast.office, terms, room), names, ports)
    for conversation, (_, members) in CONVERSATIONS.items():
        clients = [one for one in members if cast[one].role is Role.CLIENT]
        post.written_to |= {one: await post.address(one, conversation) for one in clients}
    try:
        yield post
    finally:
        await listeners.stop()
        await room.close()
        names.stop()
