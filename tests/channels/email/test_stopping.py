"""A stop ends, whatever a task in hand makes of being asked to."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from channels.email.arriving.listeners import Listeners
from channels.email.leaving import courier as leaving
from channels.email.leaving.courier import Courier
from channels.email.terms import DialogLimits, Relay

NOBODY: Any = None


class Deaf:
    """Something under way that swallows a cancellation, as `wait_for` of Python 3.11 sometimes does."""

    def __init__(self) -> None:
        self.over = asyncio.Event()
        self.begun = asyncio.Event()
        self.asked = 0

    async def run(self, _: object = None) -> None:
        self.begun.set()
        while not self.over.is_set():
            try:
                await self.over.wait()
            except asyncio.CancelledError:
                self.asked += 1


@pytest.fixture
async def deaf() -> AsyncIterator[Deaf]:
    """It ends with the test."""
    made = Deaf()
    yield made
    made.over.set()
    await asyncio.sleep(0)


async def test_a_letter_in_hand_that_does_not_hear_holds_up_no_stop(
    deaf: Deaf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leaving, "LAST_MAIL", 0.01)
    courier = Courier(NOBODY, Relay("127.0.0.1", 1))
    monkeypatch.setattr(courier, "_carry", deaf.run)
    monkeypatch.setattr(courier._bag, "ended", lambda *_, **__: None)
    sending = asyncio.create_task(courier._to_the_end(NOBODY))
    await deaf.begun.wait()
    sending.cancel()
    async with asyncio.timeout(15):
        await asyncio.wait([sending])
    assert sending.cancelled()
    assert deaf.asked == 1


class Guest:
    """A connection at the door."""

    busy = True

    def __init__(self, deaf: Deaf) -> None:
        self.task = asyncio.create_task(deaf.run())

    def dismiss(self, words: str) -> None:
        raise AssertionError(words)

    def cut(self) -> None:
        self.task.cancel()


class Reception:
    """What the listeners ask of it."""

    terms: Any

    def __init__(self) -> None:
        self.terms, self.drained = self, False

    def is_border(self, _: str | None) -> bool:
        return False

    async def drain(self) -> None:
        self.drained = True


async def test_a_dialog_that_does_not_hear_holds_up_no_stop(deaf: Deaf) -> None:
    reception: Any = Reception()
    listeners = Listeners(reception, [], replace(DialogLimits(), goodbye=0.01))
    listeners._doorkeeper.enter(Guest(deaf), "192.0.2.1")
    await deaf.begun.wait()
    async with asyncio.timeout(15):
        await listeners.stop()
    assert reception.drained
