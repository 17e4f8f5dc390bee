"""Which clinician reads or writes is told to that conversation's other clinicians, on every node, and to nobody else."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from channels.chat import frames
from channels.chat.company import Company
from channels.chat.connection import Connection
from channels.chat.frames import Doing
from channels.chat.inboxes import Inboxes
from messaging.conversations import Kind, Member
from messaging.entrance.signing_in import who
from messaging.errors import Busy, NotFound
from messaging.ids import ConversationId
from messaging.keeping import alone
from messaging.practice.founding import begin_conversation
from tests.cast import Cast

PATIENCE = 20.0


class Wire:
    """The other end, which keeps what it is told."""

    clear = True

    def __init__(self) -> None:
        self.frames: list[dict[str, Any]] = []
        self.told = asyncio.Event()

    def send_text(self, text: str) -> None:
        """Kept."""
        self.frames.append(json.loads(text))
        self.told.set()

    def end(self, code: int, reason: str) -> None:
        """Nothing ends here."""

    def pause(self) -> None:
        """Nothing waits here."""

    def resume(self) -> None:
        """As above."""


class Nodes:
    """Two of them, and what each passes on to the other."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.inboxes = {name: Inboxes() for name in ("near", "far")}
        self.nodes = {name: Company(name, inboxes) for name, inboxes in self.inboxes.items()}
        self.rung: list[str] = []
        self.away = False
        self.failed = asyncio.Event()

    async def ring(self, payload: str) -> None:
        """Everybody hears it, also who rang."""
        if self.away:
            self.away = False
            self.failed.set()
            raise Busy
        self.rung.append(payload)
        _, node, items = payload.split(" ", 2)
        for company in self.nodes.values():
            company.heard(node, items)

    async def come(self, name: str, at: str) -> tuple[Connection, Wire]:
        """Somebody connects to a node."""
        wire = Wire()
        signed_in = await who(self.cast.office, await self.cast.token(name))
        connection = Connection(signed_in, wire)
        self.inboxes[at].arrive(connection)
        return connection, wire

    async def say(self, at: str, connection: Connection, where: ConversationId, doing: Doing) -> None:
        """A frame of theirs."""
        await self.nodes[at].say(self.cast.office, connection, frames.Company(where, doing))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Their tasks."""
        tasks = [
            asyncio.create_task(company.run(self.cast.office, self.ring, alone))
            for company in self.nodes.values()
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def hears(wire: Wire) -> dict[str, Any]:
    """What is told next."""
    async with asyncio.timeout(PATIENCE):
        await wire.told.wait()
    wire.told.clear()
    return wire.frames[-1]


async def shared(cast: Cast) -> ConversationId:
    """Mira and Eli care for Ben and Tess."""
    members = tuple(Member(cast[name].id, cast[name].role) for name in ("mira", "eli", "ben", "tess"))
    made = await begin_conversation(cast.office, cast.practice.id, Kind.COUPLE, members)
    return made.id


async def test_clinicians_of_a_conversation_are_told_on_every_node_and_its_clients_never(cast: Cast) -> None:
    nodes, where = Nodes(cast), await shared(cast)
    eli, elis = await nodes.come("eli", "near")
    _, miras_near = await nodes.come("mira", "near")
    _, miras_far = await nodes.come("mira", "far")
    others = [(await nodes.come(name, at))[1] for name in ("ben", "tess", "nour") for at in ("near", "far")]
    async with nodes.running():
        for doing in (Doing.READING, Doing.WRITING, Doing.AWAY):
            await nodes.say("near", eli, where, doing)
            told = {"type": "company", "conversation": str(where), "person": str(eli.person), "name": "Eli"}
            assert await hears(miras_near) == told | {"doing": doing}
            assert await hears(miras_far) == told | {"doing": doing}
    assert elis.frames == []
    assert [wire.frames for wire in others] == [[]] * 6
    assert "Eli" not in str(nodes.rung)


async def test_what_could_not_be_passed_on_is_passed_on_with_the_next(cast: Cast) -> None:
    nodes, where = Nodes(cast), await shared(cast)
    eli, _ = await nodes.come("eli", "near")
    mira, miras = await nodes.come("mira", "far")
    async with nodes.running():
        nodes.away = True
        await nodes.say("near", eli, where, Doing.READING)
        async with asyncio.timeout(PATIENCE):
            await nodes.failed.wait()
        nodes.nodes["far"].heard("near", f"{cast.practice.id}/{where}/{mira.person}/dancing broken")
        await nodes.say("near", eli, where, Doing.WRITING)
        assert (await hears(miras))["doing"] == "writing"
    assert len(miras.frames) == 1


@pytest.mark.parametrize("name", ["ben", "nour", "omar"])
async def test_who_does_not_care_there_says_nothing_and_learns_nothing(cast: Cast, name: str) -> None:
    nodes, where = Nodes(cast), await shared(cast)
    asker, _ = await nodes.come(name, "near")
    _, miras = await nodes.come("mira", "near")
    with pytest.raises(NotFound):
        await nodes.say("near", asker, where, Doing.WRITING)
    assert miras.frames == []


async def test_who_cares_alone_is_passed_on_to_nobody(cast: Cast) -> None:
    nodes = Nodes(cast)
    mira, miras = await nodes.come("mira", "near")
    async with nodes.running():
        await nodes.say("near", mira, cast.conversation("ruth"), Doing.WRITING)
        await asyncio.sleep(0)
    assert (nodes.rung, miras.frames) == ([], [])
