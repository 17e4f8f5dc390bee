"""What holds up the loop is told with its place, and never with anybody's words."""

import asyncio
import hashlib
import json
import logging
from time import thread_time

import pytest

from web.http import stalls
from web.http.stalls import BEAT, EVERY, LIMIT, Watch, place_of, watching
from web.logs import JsonLines


def hold_up(seconds: float, secret: str) -> str:
    """Works for as much of this thread's own time."""
    until = thread_time() + seconds
    while thread_time() < until:
        secret = hashlib.sha256(secret.encode()).hexdigest()
    return secret


class Heard(logging.Handler):
    """Waits for so many lines of the log."""

    def __init__(self, lines: int) -> None:
        super().__init__()
        self._loop, self._left, self.enough = asyncio.get_running_loop(), lines, asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self._left -= 1
        if self._left <= 0:
            self._loop.call_soon_threadsafe(self.enough.set)

    async def __aenter__(self) -> "Heard":
        stalls.log.addHandler(self)
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.wait_for(self.enough.wait(), 20)
        stalls.log.removeHandler(self)


async def test_what_holds_up_the_loop_is_told_with_its_place(caplog: pytest.LogCaptureFixture) -> None:
    before = stalls.HELD.collect()
    with watching():
        async with Heard(1):
            hold_up(4 * (LIMIT + BEAT), "my daughter must not know")
    told = caplog.records[0]
    line = JsonLines().format(told)
    assert json.loads(line)["seconds"] > LIMIT
    assert json.loads(line)["place"] not in ("", "unknown")
    assert "daughter" not in line
    assert before != stalls.HELD.collect()


def test_the_innermost_frame_of_ours_is_named() -> None:
    def inner() -> str:
        import sys

        frame = sys._getframe()
        frame.f_globals["__name__"]
        return place_of(frame)

    assert inner().startswith(
        "tests.web.http.test_stalls.test_the_innermost_frame_of_ours_is_named.<locals>.inner:"
    )
    scope: dict[str, object] = {
        "__name__": "web.pages.parts.entries",
        "place_of": place_of,
        "hashlib": hashlib,
    }
    exec(
        "import sys\ndef letter():\n    return (lambda: place_of(sys._getframe()))()\nplace = letter()", scope
    )
    assert str(scope["place"]).startswith("web.pages.parts.entries.letter.<locals>.<lambda>:3")
    assert place_of(None) == ""


def test_a_flood_of_them_is_one_line_and_a_number(caplog: pytest.LogCaptureFixture) -> None:
    now = 0.0
    watch = Watch(0, clock=lambda: now)
    for _ in range(50):
        now += 1.0
        watch.beat()
    assert len(caplog.records) == 50 / EVERY
    assert sum(vars(one)["untold"] for one in caplog.records) == 50 - 50 / EVERY - (EVERY - 1)


def test_who_keeps_time_is_not_told_of(caplog: pytest.LogCaptureFixture) -> None:
    now = 0.0
    watch = Watch(0, clock=lambda: now)
    for _ in range(50):
        now += BEAT + LIMIT / 2
        watch.look()
        watch.beat()
    assert not caplog.records
    assert not watch.place


async def test_a_look_that_fails_is_not_the_last(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: Watch) -> None:
        raise ValueError("my daughter")

    monkeypatch.setattr(Watch, "look", fails)
    with watching():
        async with Heard(3):
            pass
    assert len(caplog.records) >= 3
    assert "daughter" not in caplog.text
