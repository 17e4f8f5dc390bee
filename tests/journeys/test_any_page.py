"""Whoever has any page of ours open is in their live session: told on every node, no break, and never which page."""

import pytest

from messaging.ids import ConversationId
from tests.cast import Cast
from tests.conftest import TestDatabase
from tests.journeys.talking import Frame
from tests.journeys.test_breaks import breaks, line, node
from tests.journeys.test_live_chat import begin_session
from tests.peers.running import until_it_is
from web.state import House


def present(built: House, conversation: ConversationId) -> set[object]:
    """Who is in the session's room, as this node knows it."""
    return set(built.hub.signs._rooms[conversation].present())


def of_presence(heard: list[Frame]) -> list[bool]:
    return [frame["here"] for frame in heard if frame["type"] == "presence"]


@pytest.mark.parametrize("elsewhere", [False, True], ids=["one node", "two nodes"])
async def test_who_looks_at_another_page_in_a_session_is_not_gone(
    database: TestDatabase, cast: Cast, elsewhere: bool
) -> None:
    conversation, ruth, mira = cast.conversation("ruth"), await cast.token("ruth"), await cast.token("mira")
    await begin_session(cast)
    left = 1 if elsewhere else 2
    async with node(database) as (first, here), node(database) as (second, there), line(here, ruth) as client:

        def told_here(by: House | None) -> bool:
            """Whether the client's node knows of the page that is open on this one."""
            told = first.hub.signs._rooms[conversation].elsewhere.get(by.hub.node) if by else None
            return by is None or (told is not None and cast["mira"].id in told.people)

        await client.open(conversation)
        async with line(there if elsewhere else here, mira) as calendar:
            async with line(here, mira) as room:
                await room.open(conversation)
                assert (await client.until("presence"))["here"] is True
                await calendar.send("here")
                await calendar.so_far()
                await until_it_is(lambda: told_here(second if elsewhere else None), "the other page")
            await until_it_is(lambda: len(first.hub.connections) == left, "the end of the room's page")
            # The other page is what is left of her, and the client is told nothing.
            assert of_presence(await client.so_far()) == []
            assert cast["mira"].id in present(first, conversation)
        assert (await client.until("presence"))["here"] is False
        assert await breaks(cast) == []


async def test_the_one_connection_of_all_tabs_is_enough(database: TestDatabase, cast: Cast) -> None:
    conversation, ruth, mira = cast.conversation("ruth"), await cast.token("ruth"), await cast.token("mira")
    await begin_session(cast)
    async with node(database) as (first, here), line(here, ruth) as client:
        await client.open(conversation)
        async with line(here, mira) as shared:
            await shared.open(conversation)
            await shared.send("here")
            await shared.send("close", conversation=conversation)
            await shared.so_far()
            assert of_presence(await client.so_far()) == [True]
            assert cast["mira"].id in present(first, conversation)
        assert (await client.until("presence"))["here"] is False


async def test_a_page_is_in_no_session_of_others_and_nothing_is_told_of_it(
    database: TestDatabase, cast: Cast
) -> None:
    conversation, ruth, eli = cast.conversation("ruth"), await cast.token("ruth"), await cast.token("eli")
    await begin_session(cast)
    async with node(database) as (first, here), line(here, ruth) as client, line(here, eli) as other:
        await client.open(conversation)
        await other.send("here")
        assert await other.so_far() == []
        assert of_presence(await client.so_far()) == []
        assert present(first, conversation) == {cast["ruth"].id}
