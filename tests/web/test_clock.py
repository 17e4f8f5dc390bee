"""A node whose clock is far off keeps no time: what is done too early cannot be undone."""

import asyncio

import pytest

from messaging.office import Office
from web import timekeeping
from web.http.metrics import exposition
from web.state import House
from web.timekeeping import keep_time


async def test_the_clock_is_compared_with_the_databases(built: House) -> None:
    assert abs(await built.clock_off()) < 30


@pytest.mark.parametrize("off", [61.0, -61.0, 3_600.0, -86_400.0])
async def test_a_node_whose_clock_is_off_waits_until_it_is_right(
    built: House, monkeypatch: pytest.MonkeyPatch, off: float, caplog: pytest.LogCaptureFixture
) -> None:
    looked, attended, right = asyncio.Event(), asyncio.Event(), False

    async def clock_off() -> float:
        looked.set()
        return 0.0 if right else off

    async def attend_due(_: Office) -> int:
        assert right, "time was kept by a clock that is off"
        attended.set()
        return 0

    built.clock_off = clock_off
    monkeypatch.setattr(timekeeping, "attend_due", attend_due)
    monkeypatch.setattr(timekeeping, "CLOCK_LOOK", 0.0)
    monkeypatch.setattr(timekeeping, "LOOK", 0.001)
    keeping = asyncio.create_task(keep_time(built))
    for _ in range(3):
        looked.clear()
        await looked.wait()
    assert f"quietline_clock_off_seconds {off}" in exposition(built).decode()
    assert "keeps no time" in caplog.text
    right = True
    await attended.wait()
    keeping.cancel()
    await asyncio.wait({keeping})
    assert keeping.cancelled()
