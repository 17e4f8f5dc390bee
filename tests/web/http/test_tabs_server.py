"""What one connection for several tabs asks of the server: whose it is, the time, and that opening twice hides nobody."""

from dataclasses import replace

from tests.cast import Cast
from tests.conftest import RunningServer
from tests.journeys.talking import talking
from tests.journeys.test_live_chat import begin_session


def asking_as(server: RunningServer, person: object) -> RunningServer:
    class Named(RunningServer):
        @property
        def live(self) -> str:
            return f"{super().live}?person={person}"

    return replace(Named(server.process, server.addresses))


async def test_a_page_whose_reader_is_signed_in_no_more_gets_nobodys_frames(
    server: RunningServer, cast: Cast
) -> None:
    async with talking(asking_as(server, cast["ruth"].id), await cast.token("mira")) as page:
        assert await page.closed() == 4401
        assert page.heard == []
    async with talking(asking_as(server, cast["mira"].id), await cast.token("mira")) as page:
        assert (await page.open(cast.conversation("ruth")))["last"] == 0


async def test_who_opens_once_more_never_seems_to_have_gone(server: RunningServer, cast: Cast) -> None:
    await begin_session(cast, "ruth")
    conversation = cast.conversation("ruth")
    async with (
        talking(server, await cast.token("ruth")) as ruth,
        talking(server, await cast.token("mira")) as mira,
    ):
        await ruth.open(conversation)
        await mira.open(conversation)
        await ruth.until("presence", here=True)
        await mira.open(conversation, after=1)
        assert [frame for frame in await ruth.so_far() if frame["type"] == "presence"] == []


async def test_a_pong_says_what_time_it_is(server: RunningServer, cast: Cast) -> None:
    async with talking(server, await cast.token("ruth")) as ruth:
        await ruth.send("ping")
        assert (await ruth.until("pong"))["server_time"].endswith("Z")
