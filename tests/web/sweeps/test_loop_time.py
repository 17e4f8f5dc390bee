"""Nobody can hold up the others: whatever comes in at its limits, no callback of the loop takes a tenth of a second.

Routes, their fields, and frames are those of the program, so that a new one is driven without being named here; a frame with
a field of a new kind fails.
"""

import asyncio
import gc
import time
import typing
from collections.abc import Iterator

import pytest

from channels.chat import frames
from tests.callbacks import MOST, Callbacks, callbacks
from tests.cast import found_cast
from tests.conftest import TestDatabase
from tests.web.sweeps.loop_drivers import bodies, keys, letters, live, mail, pages, requests
from tests.web.sweeps.test_hostile_requests import API_ROUTES, PAGE_ROUTES, World
from web.house import house
from web.serve import settle_memory

pytestmark = pytest.mark.xdist_group("loop")  # what is driven once is looked at by several


@pytest.fixture(scope="module")
def settled() -> Iterator[None]:
    """Memory as a server leaves it once it has started: what the tests before have left is no server's to walk."""
    before = gc.get_threshold()
    settle_memory()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


@pytest.fixture(scope="module")
def driven(database: TestDatabase, settled: None) -> Callbacks:
    """Everything, driven once."""

    async def drive() -> Callbacks:
        async with house(database.settings()) as built:
            world = await World(await found_cast(built)).prepare()
            with callbacks() as seen:
                for work in (letters, mail, keys, live, pages, requests, bodies):
                    await work(seen, world)
            return seen

    return asyncio.run(drive())


def test_no_callback_takes_a_tenth_of_a_second(driven: Callbacks) -> None:
    assert not driven.too_long, "\n".join(driven.too_long)


def test_everything_was_driven(driven: Callbacks) -> None:
    wanted = {f"{method} {path}" for method, path, _ in (*API_ROUTES, *PAGE_ROUTES)} - {"POST /sign-out"}
    wanted |= {f"frame {kind.__name__} 0" for kind in typing.get_args(frames.FromBrowser)}
    assert wanted <= driven.worst.keys()


def test_a_callback_that_holds_up_the_others_would_be_seen() -> None:
    async def works() -> None:
        until = time.thread_time() + 1.1 * MOST
        while time.thread_time() < until:
            pass
        await asyncio.sleep(0)

    async def drive() -> Callbacks:
        with callbacks() as seen:
            await seen.drive("too much", works())
        return seen

    (told,) = asyncio.run(drive()).too_long
    assert "too much" in told
