"""Where a request says it goes, and where we send people: by the base URL, whatever Host says. Over a real connection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

import pytest

from tests.conftest import TestDatabase
from web.app import application
from web.house import house
from web.serve import web_running


@pytest.fixture
async def abroad(database: TestDatabase) -> AsyncIterator[str]:
    """A site that is known as another host than the one it listens on, as behind a proxy."""
    settings = database.settings(QUIETLINE_BASE_URL="https://praxis.example")
    async with AsyncExitStack() as stack:
        built = await stack.enter_async_context(house(settings))
        yield await stack.enter_async_context(web_running(built, application(built)))


async def asked(site: str, head: str, *, upgrade: bool = False) -> tuple[int, dict[str, str]]:
    """The answer's status and fields to a request written by hand."""
    where = urlsplit(site)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    more = "" if upgrade else "Connection: close\r\n"
    writer.write(f"{head}{more}\r\n".encode("latin-1"))
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    writer.close()
    fields = [line.partition(": ") for line in lines[1:] if line]
    return int(lines[0].split()[1]), {name.lower(): value for name, _, value in fields}


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ("Host: praxis.example\r\n", 200),
        ("Host: PRAXIS.example:443\r\n", 200),
        ("", 400),
        ("Host: \r\n", 400),
        ("Host: praxis.example\r\nHost: praxis.example\r\n", 400),
        ("Host: praxis.example\r\nHost: evil.example\r\n", 400),
        ("Host: evil.example\r\n", 400),
        ("Host: someone@praxis.example\r\n", 400),
        ("Host: praxis.example/evil\r\n", 400),
        ("Host: praxis.example:80:80\r\n", 400),
        ("Host: praxis.example evil.example\r\n", 400),
        ("Host: praxis.example, evil.example\r\n", 400),
        ("Host: praxis.ex\xe4mple\r\n", 400),
        ("Host: [::1\r\n", 400),
        ("Host: 127.0.0.1\r\n", 400),
    ],
)
async def test_one_host_is_served_and_no_odd_one(abroad: str, fields: str, status: int) -> None:
    assert (await asked(abroad, f"GET / HTTP/1.1\r\n{fields}"))[0] == status


@pytest.mark.parametrize(
    ("target", "status"), [("/health/ready", 200), ("/health/live", 200), ("/", 400), ("/me", 400)]
)
async def test_a_probe_that_knows_no_host_is_told_whether_we_are_ready_and_nothing_else(
    abroad: str, target: str, status: int
) -> None:
    assert (await asked(abroad, f"GET {target} HTTP/1.0\r\n"))[0] == status


@pytest.mark.parametrize("target", ["/me/", "/me/?x=1", "http://praxis.example:8080/me/"])
async def test_nobody_is_sent_where_host_says(abroad: str, target: str) -> None:
    """Starlette sends `/me/` on to `/me`, by the Host of the request."""
    status, fields = await asked(abroad, f"GET {target} HTTP/1.1\r\nHost: praxis.example:8080\r\n")
    place = "https://praxis.example/me" + ("?x=1" if "x=1" in target else "")
    assert (status, fields.get("location")) == (307, place)


async def test_a_path_of_two_slashes_leads_to_nobody_else(abroad: str) -> None:
    _, fields = await asked(abroad, "GET //evil.example/ HTTP/1.1\r\nHost: praxis.example\r\n")
    assert fields.get("location", "https://praxis.example/").startswith("https://praxis.example/")


async def test_of_an_absolute_target_both_names_must_agree(abroad: str) -> None:
    target = "GET http://evil.example/ HTTP/1.1\r\n"
    assert (await asked(abroad, f"{target}Host: praxis.example\r\n"))[0] == 400
    assert (await asked(abroad, f"{target}Host: evil.example\r\n"))[0] == 400
    assert (await asked(abroad, "GET http://praxis.example/ HTTP/1.1\r\nHost: praxis.example\r\n"))[0] == 200


UPGRADE = (
    "GET /live HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nHost: praxis.example\r\n"
)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ("Cookie: __Host-quietline=x\r\n", 403),
        ("Cookie: other=x\r\n", 403),
        ("Cookie: __Host-quietline=x\r\nOrigin: https://praxis.example\r\n", 101),
        ("Cookie: __Host-quietline=x\r\nOrigin: https://evil.example\r\n", 403),
        ("Cookie: __Host-quietline=x\r\nOrigin: null\r\n", 403),
        ("Cookie: x=y\r\nOrigin: https://praxis.example\r\nOrigin: https://evil.example\r\n", 400),
        ("Authorization: Bearer x\r\n", 101),
        ("Authorization: Bearer x\r\nCookie: __Host-quietline=x\r\n", 101),
        ("Authorization: Bearer x\r\nOrigin: https://evil.example\r\n", 403),
        ("Authorization: Basic x\r\nCookie: __Host-quietline=x\r\n", 403),
    ],
)
async def test_a_socket_by_cookie_says_which_page_asks(abroad: str, fields: str, status: int) -> None:
    assert (await asked(abroad, UPGRADE + fields, upgrade=True))[0] == status


async def test_while_a_crowd_never_finishes_its_header_others_are_served(abroad: str) -> None:
    where = urlsplit(abroad)
    crowd = [await asyncio.open_connection(where.hostname, where.port) for _ in range(50)]
    for at, (_, writer) in enumerate(crowd):
        writer.write(b"GET / HTTP/1.1\r\nHost: praxis.example\r\nX: " + b"a" * (at * 1_000))
    assert (await asked(abroad, "GET / HTTP/1.1\r\nHost: praxis.example\r\n"))[0] == 200
    ends = [await crowd[at][0].readline() for at in (20, 49)]
    assert ends == [b"HTTP/1.1 431 Request Header Fields Too Large\r\n"] * 2
    for _, writer in crowd:
        writer.close()
