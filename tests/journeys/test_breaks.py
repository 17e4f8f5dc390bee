"""Who is gone, over two nodes of one test: told with since when, noted as a break after a while, and noted once.

The nodes run in this process, so that their patience is short and one of them can fall silent like one that was killed.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from channels.chat.signs import Terms
from messaging.facts import as_texts
from messaging.messages import EventName
from messaging.record.reading import record_after
from messaging.sessions.holding import session_of
from messaging.sessions.recording import session_record
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.conftest import TestDatabase
from tests.journeys.talking import Line
from tests.journeys.test_live_chat import begin_session, finish_session
from web.app import application
from web.house import house
from web.serve import web_running
from web.state import House

QUICK = Terms(beat=0.2, silence=0.6, patience=0.5, look=0.05)


@asynccontextmanager
async def node(database: TestDatabase, terms: Terms = QUICK) -> AsyncIterator[tuple[House, str]]:
    """A house that listens, and its WebSocket address."""
    async with house(database.settings()) as built:
        built.hub.signs.terms = terms
        async with web_running(built, application(built)) as address:
            yield built, address.replace("http", "ws", 1) + "/live"


@asynccontextmanager
async def line(address: str, token: str) -> AsyncIterator[Line]:
    headers = {"Authorization": f"Bearer {token}"}
    options: dict[str, Any] = {
        "subprotocols": [Subprotocol("quietline.v1")],
        "compression": None,
        "proxy": None,
    }
    async with connect(address, additional_headers=headers, **options) as socket:
        yield Line(socket)


async def breaks(cast: Cast, conversation: str = "ruth") -> list[tuple[str, dict[str, str]]]:
    held, _ = await cast.enter("mira", conversation)
    entries = await record_after(cast.office, held, 0)
    wanted = (EventName.CONNECTION_LOST, EventName.CONNECTION_BACK)
    return [(str(e.body.event), as_texts(e.body.facts)) for e in entries if e.body.event in wanted]


async def test_a_break_is_told_at_once_and_noted_once_by_all_nodes_that_saw_it(
    database: TestDatabase, cast: Cast
) -> None:
    conversation, ruth, mira = cast.conversation("ruth"), await cast.token("ruth"), await cast.token("mira")
    await begin_session(cast)
    async with node(database) as (_, here), node(database) as (_, there), line(here, mira) as clinician:
        await clinician.open(conversation)
        async with line(there, mira) as tablet, line(there, ruth) as client:
            await tablet.open(conversation)
            await client.open(conversation)
            assert (await clinician.until("presence"))["here"] is True
            client.socket.transport.abort()
            gone = await clinician.until("presence", here=False)
            assert gone["person"] == str(cast["ruth"].id)
            lost = await clinician.until("event", event="connection_lost")
            assert lost["facts"]["since"] == gone["since"]
            assert (await tablet.until("event", event="connection_lost"))["number"] == lost["number"]
            async with line(here, mira) as fresh:
                await fresh.open(conversation)
                assert await fresh.until("presence", here=False) == gone
        async with line(here, ruth) as again:
            await again.open(conversation)
            back = await clinician.until("event", event="connection_back")
            assert back["facts"]["since"] == gone["since"]
            assert datetime.fromisoformat(back["facts"]["until"]) > datetime.fromisoformat(gone["since"])
            assert [name for name, _ in await breaks(cast)] == ["connection_lost", "connection_back"]
            held, circle = await cast.enter("mira", "ruth", Deed.HOLD_SESSION)
            assert circle.conversation.live is not None
            session = await session_of(cast.office, held, circle.conversation.live.id)
            (away,) = (await session_record(cast.office, held, session)).breaks
            assert away.person == cast["ruth"].id
            assert away.until is not None


async def test_a_clinicians_break_counts_too_and_a_reload_is_none(database: TestDatabase, cast: Cast) -> None:
    conversation, ruth, mira = cast.conversation("ruth"), await cast.token("ruth"), await cast.token("mira")
    await begin_session(cast)
    patient = Terms(beat=0.2, silence=5, patience=2, look=0.05)
    async with (
        node(database, patient) as (_, here),
        node(database, patient) as (_, there),
        line(here, ruth) as client,
    ):
        await client.open(conversation)
        for address in (here, there, here):
            async with line(address, mira) as clinician:
                await clinician.open(conversation)
                await client.until("presence", here=True)
            await client.until("presence", here=False)
        lost = await client.until("event", event="connection_lost")
        assert lost["facts"]["person"] == str(cast["mira"].id)
        assert len(await breaks(cast)) == 1


async def test_a_node_that_falls_silent_leaves_nobody_behind(database: TestDatabase, cast: Cast) -> None:
    """As after a kill -9: its people are gone, unless they come back through another node in time."""
    conversation, ruth, mira = cast.conversation("ruth"), await cast.token("ruth"), await cast.token("mira")
    await begin_session(cast)
    async with node(database) as (_, here), node(database) as (dying, there), line(here, mira) as clinician:
        await clinician.open(conversation)
        async with line(there, ruth) as client:
            await client.open(conversation)
            await clinician.until("presence", here=True)
            dying.hub.signs.terms = Terms(beat=3600, silence=3600, patience=3600, look=3600)
            gone = await clinician.until("presence", here=False)
            lost = await clinician.until("event", event="connection_lost")
            assert lost["facts"]["since"] == gone["since"]
            async with line(here, ruth) as again:
                await again.open(conversation)
                await clinician.until("event", event="connection_back")
    assert [name for name, _ in await breaks(cast)] == ["connection_lost", "connection_back"]


async def test_who_finds_another_node_when_theirs_stops_had_no_break(
    database: TestDatabase, cast: Cast
) -> None:
    conversation, ruth, mira = cast.conversation("ruth"), await cast.token("ruth"), await cast.token("mira")
    await begin_session(cast)
    patient = Terms(beat=0.2, silence=1, patience=1.5, look=0.05)
    async with node(database, patient) as (_, here), line(here, mira) as clinician:
        await clinician.open(conversation)
        async with node(database, patient) as (_, there), line(there, ruth) as client:
            await client.open(conversation)
            await clinician.until("presence", here=True)
        await clinician.until("presence", here=False)
        async with line(here, ruth) as again:
            await again.open(conversation)
            await clinician.until("presence", here=True)
            async with line(here, mira) as tablet:  # her second connection goes: she does not
                await tablet.open(conversation)
            await _beats(again, 20)
            assert await breaks(cast) == []


async def _beats(watcher: Line, count: int) -> None:
    """Time in which a break would long have been noted, measured by answered pings."""
    loop = asyncio.get_running_loop()
    until = loop.time() + 0.1 * count
    while loop.time() < until:
        await watcher.so_far()


@pytest.mark.parametrize("ends", [True, False])
async def test_outside_a_live_session_nobody_is_missed(
    database: TestDatabase, cast: Cast, *, ends: bool
) -> None:
    conversation, ruth, mira = cast.conversation("ruth"), await cast.token("ruth"), await cast.token("mira")
    if ends:
        await begin_session(cast)
    async with node(database) as (_, here), line(here, mira) as clinician:
        await clinician.open(conversation)
        async with line(here, ruth) as client:
            await client.open(conversation)
            if ends:
                await finish_session(cast)
                await client.until("session")
        await _beats(clinician, 12)
        assert await breaks(cast) == []
        assert not [f for f in clinician.heard if f["type"] == "presence" and not f["here"]]
