"""The demonstration's people side by side in one browser, and what goes on there by itself."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin, Subprotocol

from messaging.entrance.signing_in import who
from messaging.messages import Channel
from tests.web.demo.demonstrations import Playing, eventually, pages, serving
from tests.web.visitor import Answer, Visitor
from web.demo import playing as playing_on
from web.demo.pages import Mailing
from web.demo.people import CHARACTERS
from web.demo.running import demo_settings, smtp_of
from web.demo.script import LETTERS, SAYS
from web.pages.parts.asking import home_of
from web.settings import BadSettings, read_settings

pytestmark = pytest.mark.xdist_group(
    "demo"
)  # one database of its own: other tests' couriers must not carry its mail
# ---------------------------------------------------------------- being several of them at once


async def at(site: str, path: str, host: str, **headers: str) -> Answer:
    """Asked under another name, as a browser asks that was led there."""
    browser = Visitor(site)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await browser.get(path, host=f"{host}:{urlsplit(site).port}", **named)


async def test_each_name_lets_in_whom_it_names_and_nobody_else(demo: Playing) -> None:
    async with pages(demo) as site:
        for one in CHARACTERS:
            answer = await at(site, "/demo/be", f"{one.username}.localhost", sec_fetch_mode="navigate")
            assert (answer.status, answer.place) == (303, home_of(one.role))
            cookie = answer.headers["set-cookie"]
            assert "domain" not in cookie.lower()
            assert {"httponly", "samesite=lax"} <= {part.strip().lower() for part in cookie.split(";")}
            token = cookie.partition("=")[2].partition(";")[0]
            entered = await who(demo.built.office, token)
            assert (entered.person.name, entered.person.practice) == (one.name, demo.stage.practice.id)
            again = await at(site, "/demo/be", f"{one.username}.localhost", cookie=f"quietline={token}")
            assert (again.status, "set-cookie" in again.headers) == (303, False)
        for host in ("127.0.0.1", "localhost"):
            assert (await at(site, "/demo/be", host)).status == 404
        for host in ("localhost.mira", "eve.localhost", "mira.localhost.example", "mira.example"):
            assert (await at(site, "/demo/be", host)).status == 400
        for mode in ("no-cors", "cors", "same-origin", "websocket"):
            assert (await at(site, "/demo/be", "mira.localhost", sec_fetch_mode=mode)).status == 404


async def test_a_page_of_one_of_them_acts_for_no_other(demo: Playing) -> None:
    async with pages(demo) as site:
        port = urlsplit(site).port
        mira = await at(site, "/demo/be", "mira.localhost")
        cookie = mira.headers["set-cookie"].partition(";")[0]
        for origin, status in (
            (f"http://mira.localhost:{port}", 303),
            (f"http://linden.localhost:{port}", 403),
        ):
            headers = {"host": f"mira.localhost:{port}", "Origin": origin, "cookie": cookie}
            assert (await Visitor(site).post("/sign-out", {}, **headers)).status == status
        again = (await at(site, "/demo/be", "mira.localhost")).headers["set-cookie"].partition(";")[0]
        assert await opens(port, "mira.localhost", f"http://mira.localhost:{port}", again)
        assert not await opens(port, "mira.localhost", f"http://linden.localhost:{port}", again)
        assert not await opens(port, "eve.localhost", f"http://eve.localhost:{port}", again)


async def opens(port: int | None, name: str, origin: str, cookie: str) -> bool:
    """Whether a page of this origin gets a live connection."""
    try:
        async with connect(
            f"ws://{name}:{port}/live",
            host="127.0.0.1",
            port=port,
            additional_headers={"Cookie": cookie},
            origin=Origin(origin),
            subprotocols=[Subprotocol("quietline.v1")],
            proxy=None,
        ) as socket:
            await socket.send('{"type":"ping"}')
            return "pong" in str(await socket.recv())
    except InvalidStatus:
        return False


def test_nobody_but_a_demonstration_on_this_machine_answers_to_those_names() -> None:
    assert read_settings({}).web.of_demo == frozenset()
    with pytest.raises(BadSettings, match="no such setting"):
        read_settings({"QUIETLINE_OF_DEMO": "mira.localhost"})
    here = demo_settings(read_settings({}), 4242, 2525).web
    assert here.hosts - read_settings({}).web.hosts == {f"{one.username}.localhost" for one in CHARACTERS}
    for url in ("https://demo.example.org", "https://localhost"):
        given = read_settings({"QUIETLINE_BASE_URL": url})
        assert demo_settings(given, 4242, 2525).web.of_demo == frozenset()


# ---------------------------------------------------------------- what goes on by itself


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The play without its pauses."""
    for name in ("LETTER_AFTER", "LOOK", "READS", "RESTS", "SIGN"):
        monkeypatch.setattr(playing_on, name, 0.01)
    monkeypatch.setattr(playing_on, "WRITES", 0.02)


@pytest.mark.usefixtures("hurried")
async def test_a_letter_comes_at_each_start_until_all_are_written(fresh: Playing) -> None:
    tess = fresh.stage.people["tess"].id

    async def mailed() -> list[str]:
        record = await fresh.record("ben")
        return [one.body.text for one in record if one.author == tess and one.channel is Channel.EMAIL]

    async with serving(fresh):
        for wanted in (1, 2, 3, 3):
            mailing = Mailing(fresh.room, smtp_of(fresh.built.settings))
            await playing_on.a_letter(fresh.built, fresh.stage, mailing)

            async def came(wanted: int = wanted) -> bool:
                return len(await mailed()) >= wanted

            await eventually(came)
    assert [one.split() for one in await mailed()] == [one.split() for one in LETTERS]
    assert (await fresh.lines())["Ben and Tess"].conversation.waiting_since is not None


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize(("real", "played"), [("mira", "linden"), ("linden", "mira")])
async def test_who_is_alone_in_the_session_is_answered_until_the_real_one_comes(
    fresh: Playing, real: str, played: str
) -> None:
    before = len(await fresh.record("linden"))

    async def said() -> list[tuple[object, str]]:
        return [(one.author, one.body.text) for one in (await fresh.record("linden"))[before:]]

    async def all_is_said() -> bool:
        return len(await said()) >= len(SAYS[played])

    play_on = playing_on.Play(fresh.built, fresh.stage)
    async with serving(fresh) as site, asyncio.TaskGroup() as group:
        assert play_on._missing() is None  # nobody looks yet
        playing = group.create_task(play_on.run())
        async with looking(fresh, site, real) as mine:
            await eventually(all_is_said)
            wanted = {"opened", "presence", "typing"}
            while wanted:
                async with asyncio.timeout(30):
                    wanted.discard(json.loads(await mine.recv())["type"])
            async with looking(fresh, site, played):

                async def alone() -> bool:
                    return len(fresh.built.hub.connections) == 2

                await eventually(alone)
        playing.cancel()
    author = fresh.stage.people[played].id
    assert await said() == [(author, text) for text in SAYS[played]]


@asynccontextmanager
async def looking(made: Playing, site: str, name: str) -> AsyncIterator[ClientConnection]:
    """Somebody's page with the session open."""
    browser = await made.browser(site, name)
    async with connect(
        site.replace("http", "ws") + "/live",
        additional_headers={"Authorization": f"Bearer {browser.cookies['quietline']}"},
        subprotocols=[Subprotocol("quietline.v1")],
        proxy=None,
    ) as socket:
        await socket.send(json.dumps({"type": "open", "conversation": str(made.stage.files["linden"])}))
        yield socket
