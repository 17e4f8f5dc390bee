"""What programs ask about the server: a probe by any name, metrics from this machine only."""

import asyncio
import re
import subprocess
from argparse import Namespace
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from importlib.metadata import version
from json import loads
from pathlib import Path
from typing import Any

import pytest

from channels.email.access import Lack, NoToken
from tests.conftest import TestDatabase
from tests.web.visitor import Visitor
from web.app import application
from web.commands.asking_health import health
from web.commands.reasons import CommandFailed
from web.house import house
from web.http.http_socket import HEAD
from web.oauth.providers import Provider, Terms
from web.oauth.tokens import AccessTokens
from web.ops import ops_running
from web.pages.parts.rendering import environment
from web.serve import web_running
from web.settings import Listen
from web.state import House

DOCKERFILE = Path(__file__).parents[3] / "deploy" / "container" / "Dockerfile"
PUBLIC = "https://care.example.org"
PROXY = "172.30.8.2"
HOSTS = (
    "127.0.0.1:8000",
    "localhost",
    "10.1.2.3:8000",
    "quietline",
    "care.example.org",
    "[::1]:8000",
    "",
    "a b",
)


@pytest.fixture
async def public(database: TestDatabase) -> AsyncIterator[House]:
    """A house as the shipped container has it: https by name, a proxy in front."""
    settings = database.settings(QUIETLINE_BASE_URL=PUBLIC, QUIETLINE_TRUSTED_PROXIES=f"{PROXY},127.0.0.1")
    async with house(settings) as built:
        yield built


async def asked(house: House, path: str, peer: str, **headers: str) -> tuple[int, Mapping[str, str], bytes]:
    """The answer to one GET from a peer."""
    app, said = application(house), []
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
        "client": (peer, 40000), "server": ("127.0.0.1", 8000),
        "state": {"house": house, "templates": environment()},
    }  # fmt: skip

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        said.append(message)

    await app(scope, receive, send)
    body = b"".join(one.get("body", b"") for one in said[1:])
    return said[0]["status"], {k.decode(): v.decode() for k, v in said[0]["headers"]}, body


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
async def test_a_probe_is_answered_by_whatever_name_it_calls_us(public: House, path: str) -> None:
    for host in HOSTS:
        for peer in ("127.0.0.1", PROXY, "203.0.113.9", "2001:db8::9"):
            status, headers, body = await asked(
                public, path, peer, host=host, cookie="__Host-quietline=stale"
            )
            assert (status, loads(body)["status"]) == (200, path.rpartition("/")[2]), (host, peer)
            assert not {"set-cookie", "location"} & headers.keys()


async def test_no_other_address_is_served_under_a_foreign_name(public: House) -> None:
    for path in ("/", "/health", "/health/live/", "/health/ready/x", "/api/v1/me", "/static/x.css"):
        status, headers, _ = await asked(public, path, "127.0.0.1", host="10.1.2.3:8000")
        assert status == 400, path
        assert "location" not in headers


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"])
async def test_metrics_are_for_this_machine(public: House, peer: str) -> None:
    status, _, body = await asked(public, "/metrics", peer, host="127.0.0.1:8000")
    assert status == 200
    assert b"quietline_http_request_seconds" in body
    assert f'quietline_build_info{{version="{version("quietline")}"}} 1'.encode() in body


@pytest.mark.parametrize(
    ("peer", "headers"),
    [
        (PROXY, {}),
        ("203.0.113.9", {}),
        ("", {}),
        (PROXY, {"x_forwarded_for": "127.0.0.1"}),
        ("127.0.0.1", {"x_forwarded_for": "203.0.113.9"}),
        ("127.0.0.1", {"x_forwarded_for": "127.0.0.1, 203.0.113.9"}),
        ("::1", {"forwarded": "for=203.0.113.9"}),
    ],
)
async def test_metrics_are_for_nobody_else(public: House, peer: str, headers: dict[str, str]) -> None:
    status, _, body = await asked(public, "/metrics", peer, host="care.example.org", **headers)
    assert status == 404
    assert b"quietline_" not in body


async def test_the_shipped_containers_own_probe_finds_it_healthy(public: House) -> None:
    probe = re.search(r"HEALTHCHECK[^\n]*\\\n\s*CMD (\[.*\])", DOCKERFILE.read_text())
    assert probe is not None
    async with web_running(public, application(public)) as base:
        command = [part.replace("http://127.0.0.1:8000", base) for part in loads(probe[1])]
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr


async def test_no_header_is_read_without_end_at_the_operators_listener_either(public: House) -> None:
    async with ops_running(public, Listen("127.0.0.1", 0)) as also:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(also["ops"].rpartition(":")[2]))
        writer.write(b"GET /health/live HTTP/1.1\r\nHost: x\r\nx: " + b"x" * 2 * HEAD)
        answer = await asyncio.wait_for(reader.readline(), 20)
        writer.close()
    assert answer.startswith(b"HTTP/1.1 431 ")


async def test_the_operators_listener_answers_anybody_and_nothing_else(public: House) -> None:
    async with ops_running(public, Listen("127.0.0.1", 0)) as also:
        browser = Visitor(also["ops"])
        for path, words in (
            ("/health/live", "live"),
            ("/health/ready", "ready"),
            ("/metrics", "quietline_build_info"),
        ):
            answer = await browser.get(path, host="whatever.example", x_forwarded_for="203.0.113.9")
            assert (answer.status, words in answer.text) == (200, True)
            assert not {"set-cookie", "location"} & answer.headers.keys()
        for path in ("/", "/api/v1/me", "/health", "/health/live/", "/metrics/", "/live"):
            answer = await browser.get(path)
            assert (answer.status, "location" in answer.headers) == (404, False), path
        assert loads((await browser.get("/health/live")).text)["version"] == version("quietline")
        public.draining = True
        assert (await browser.get("/health/ready")).status == 503


async def test_the_command_says_what_a_probe_would_be_told(
    public: House, capsys: pytest.CaptureFixture[str]
) -> None:
    async with ops_running(public, Listen("127.0.0.1", 0)) as also:
        at = Listen("0.0.0.0", int(also["ops"].rpartition(":")[2]))
        settings = replace(public.settings, web=replace(public.settings.web, ops=at))
        assert (await health(settings, Namespace(json=False)), capsys.readouterr().out) == (0, "ready\n")
        public.draining = True
        assert (await health(settings, Namespace(json=True))) == 1
        assert loads(capsys.readouterr().out) == {"status": "not ready", "reason": "draining"}
    with pytest.raises(CommandFailed, match=r"no Quietline answers at http://127\.0\.0\.1:"):
        await health(settings, Namespace(json=False))


async def test_a_consent_of_the_mail_provider_that_is_missing_is_told_and_makes_nothing_unready(
    public: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    public.access = AccessTokens(Terms(Provider("https://t.example/token"), "app", tmp_path / "none"))
    assert "oauth" not in loads((await asked(public, "/health/ready", "127.0.0.1"))[2])
    with pytest.raises(NoToken):
        public.access.token()
    status, _, body = await asked(public, "/health/ready", "127.0.0.1")
    assert (status, loads(body)) == (200, {"status": "ready", "oauth": "no_consent"})
    _, _, body = await asked(public, "/metrics", "127.0.0.1", host="127.0.0.1:8000")
    assert b'quietline_oauth_lack{lack="no_consent"} 1.0' in body
    assert b'quietline_oauth_lack{lack="ended"} 0.0' in body
    async with ops_running(public, Listen("127.0.0.1", 0)) as also:
        at = Listen("127.0.0.1", int(also["ops"].rpartition(":")[2]))
        settings = replace(public.settings, web=replace(public.settings.web, ops=at))
        assert await health(settings, Namespace(json=False)) == 0
    assert capsys.readouterr().out == f"ready: {Lack.NO_CONSENT.says}\n"


async def test_without_the_setting_there_is_no_such_listener(public: House) -> None:
    async with ops_running(public, public.settings.web.ops) as also:
        assert also == {}
