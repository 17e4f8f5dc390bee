"""An accident of ours, in every layer: the log has its place, the person its number, and nobody what was said."""

import ast
import asyncio
import json
import logging
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from channels.chat.protocol import Protocol
from channels.email.running import _when_called
from tests.cast import Cast
from tests.channels.chat.test_connection import connected
from tests.house.tree import sources
from tests.web.conftest import Said
from tests.web.visitor import Visitor
from web.cli import main
from web.keeping import Keeper
from web.logs import _QUIET, JsonLines, Lines, in_the_loop
from web.state import House
from web.timekeeping import PROMISES, keep_promises

Logged = Callable[[], dict[str, Any]]
SECRET = "SELECT 'I have not told my husband'"


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Logged:
    """The one fault that was logged, as an operator reads it. No line of the log may hold the secret."""
    caplog.set_level(logging.INFO)

    def one() -> dict[str, Any]:
        records = [one for one in caplog.records if one.levelno >= logging.WARNING or one.name not in _QUIET]
        lines = [JsonLines().format(record) for record in records]
        texts = [Lines().format(record) for record in records]
        assert not [line for line in (*lines, *texts) if "husband" in line]
        (found,) = [
            line for line in map(json.loads, lines) if "fault" in line and line["logger"] != "uvicorn.error"
        ]
        return dict(found)

    return one


def broken(*_: Any, **__: Any) -> Any:
    """What stands in for any part of ours."""
    hidden = SECRET
    raise ValueError(hidden)


async def async_broken(*_: Any, **__: Any) -> Any:
    broken()


async def test_a_page_that_fails_says_its_number_and_the_log_the_route(
    ruth: Visitor, monkeypatch: pytest.MonkeyPatch, logged: Logged
) -> None:
    monkeypatch.setattr("web.pages.parts.asking.person_asking", async_broken)
    conversation = uuid4()
    answer = await ruth.get(f"/c/{conversation}?q=husband")
    found = logged()
    assert answer.status == 500
    assert found["request"] in answer.words
    assert "husband" not in answer.text
    assert (found["method"], found["route"]) == ("GET", "/c/{conversation}")
    assert found["fault"] == "ValueError"
    assert any(frame.startswith("web.pages.parts.asking:") for frame in found["frames"])
    assert str(conversation) not in json.dumps(found)


async def test_the_api_says_the_number_in_its_problem(
    ruth: Visitor, monkeypatch: pytest.MonkeyPatch, logged: Logged
) -> None:
    monkeypatch.setattr("threads.database.Database.within", broken)
    answer = await ruth.get("/api/v1/conversations")
    found, problem = logged(), json.loads(answer.raw)
    assert (answer.status, problem["request"]) == (500, found["request"])
    assert found["route"] == "/api/v1/conversations"
    assert any(frame.startswith("threads.") for frame in found["frames"])
    assert found["frames"][-1].startswith("tests.web.sweeps.test_located_faults:broken:")


async def test_two_requests_never_share_a_number_and_none_is_believed_from_outside(
    ruth: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("threads.database.Database.within", broken)
    numbers = set()
    for _ in range(3):
        answer = await ruth.get("/api/v1/conversations", x_request_id="husband")
        numbers.add(json.loads(answer.raw)["request"])
    assert len(numbers) == 3
    assert "husband" not in numbers


async def test_a_live_connection_that_fails_is_named_by_its_number(
    built: House, monkeypatch: pytest.MonkeyPatch, logged: Logged
) -> None:
    connection, wire = connected()
    protocol = Protocol(built.hub, connection, built.pacing, broken)
    say = {"type": "typing", "conversation": str(uuid4())}
    monkeypatch.setattr(Protocol, "_act", broken)
    protocol.take(json.dumps(say))
    found = logged()
    assert found["connection"] == connection.number
    assert found["frames"][0].startswith("channels.chat.protocol:Protocol._begin:")
    assert wire.ended == 1012
    assert connected()[0].number != connection.number


async def test_a_task_in_the_background_is_located(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, logged: Logged
) -> None:
    promises = cast.office.memory.promises
    due = [(cast.practice.id, cast.conversation("ruth"))]

    async def found_due(*_: Any) -> Any:
        return due

    monkeypatch.setattr(type(promises), "due", found_due)
    monkeypatch.setattr("web.timekeeping.PROMISES", replace(PROMISES, attend=async_broken))
    assert await keep_promises(cast.office) == 1
    assert logged()["frames"][0].startswith("web.timekeeping:_attend:")


async def test_mail_that_stops_for_a_moment_is_located(logged: Logged) -> None:
    call, stopped = asyncio.Event(), asyncio.Event()

    async def step() -> int:
        stopped.set()
        return int(broken())

    call.set()
    keeper = Keeper()
    working = asyncio.create_task(keeper.keep("reader", partial(_when_called, step, call)))
    await stopped.wait()
    await asyncio.sleep(0)
    working.cancel()
    assert any(one.startswith("channels.email.running:_when_called:") for one in logged()["frames"])


async def test_a_fault_nobody_waited_for_is_located(logged: Logged) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(in_the_loop)
    heard = asyncio.Event()
    monitored = loop.call_exception_handler

    def calling() -> None:
        loop.call_soon(heard.set)
        broken()

    loop.call_soon(calling)
    await heard.wait()
    loop.set_exception_handler(None)
    assert monitored is not None
    assert logged()["fault"] == "ValueError"


def test_a_command_that_ends_by_a_fault_prints_no_traceback(
    said: Said, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], logged: Logged
) -> None:
    monkeypatch.setattr("web.commands.checking.house", broken)
    assert main(["doctor"]) == 1
    assert capsys.readouterr().err == ""
    assert logged()["frames"][0].startswith("web.cli_commands:run:")
    assert said is not None


def test_every_unforeseen_fault_that_is_logged_is_located() -> None:
    """The kind: a handler of everything that logs says the place, and no line of a log is given a fault's text."""
    vague = []
    for source in sources(".py"):
        for handler in (node for node in ast.walk(source.tree) if isinstance(node, ast.ExceptHandler)):
            logging_calls = [
                ast.unparse(call)
                for call in ast.walk(handler)
                if isinstance(call, ast.Call) and ast.unparse(call.func).startswith("log.")
            ]
            names = re.findall(r"\w+", ast.unparse(handler.type)) if handler.type else ["Exception"]
            passes_on = any(isinstance(node, ast.Raise) for node in ast.walk(handler))
            is_broad = not passes_on and not {"Exception", "BaseException"}.isdisjoint(names)
            vague += [
                f"{source.place}:{handler.lineno} {call}"
                for call in logging_calls
                if "type(fault)" in call
                or (is_broad and not re.search(r"\b(located|named|_fail\w*)\(", call))
                or "type(fault)" in call
            ]
    assert not vague
