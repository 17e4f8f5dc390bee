"""The keeper: a loop that breaks begins anew, and is heard of."""

import asyncio
import logging

import pytest

from web.keeping import Keeper
from web.state import House


async def test_a_loop_that_breaks_begins_anew_and_is_counted(caplog: pytest.LogCaptureFixture) -> None:
    keeper, tries = Keeper(first_pause=0.0), 0

    async def breaks_twice() -> None:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise KeyError("words of a client")

    await keeper.keep("one", breaks_twice)
    assert (tries, keeper.faults["one"], keeper.pausing) == (3, 2, set())
    (first, _) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "words of a client" not in caplog.text
    assert first.__dict__["fault"] == "KeyError"
    assert "breaks_twice" in first.__dict__["frames"][-1]


async def test_a_loop_that_awaits_what_was_cancelled_does_not_end_in_silence() -> None:
    keeper, tries = Keeper(first_pause=0.0), 0

    async def awaits_a_cancelled_answer() -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            answer.cancel()
            await answer

    await keeper.keep("one", awaits_a_cancelled_answer)
    assert (tries, keeper.faults["one"]) == (2, 1)


async def test_a_kept_loop_ends_when_it_is_cancelled() -> None:
    keeper, began = Keeper(), asyncio.Event()

    async def runs() -> None:
        began.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(keeper.keep("one", runs))
    await began.wait()
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()
    assert not keeper.faults


async def test_a_fault_in_a_group_is_named_by_its_own_type(caplog: pytest.LogCaptureFixture) -> None:
    keeper, tries = Keeper(first_pause=0.0), 0

    async def one_of_a_group() -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise ExceptionGroup("", [ZeroDivisionError()])

    await keeper.keep("one", one_of_a_group)
    assert caplog.records[0].__dict__["fault"] == "ZeroDivisionError"


async def test_the_loops_of_a_house_are_all_kept(built: House) -> None:
    await asyncio.sleep(0)
    assert built.keeper.names == {
        "anchors", "asked back", "bearers", "bell", "bells", "breaks", "circles", "claims", "company heard", "company said",
        "decisions",
        "disk", "gaps", "grounds", "inboxes", "keeping letters", "neighbours", "pages", "probe", "reply addresses",
        "ringer", "rings", "rooms", "sign-ins", "signs", "sweep", "trail", "way out", "writer",
    }  # fmt: skip
