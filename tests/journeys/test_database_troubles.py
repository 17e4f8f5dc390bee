"""Whatever the database does, or does not: what runs goes on, who asks is answered, and all is well again by itself."""

import asyncio

import pytest

from tests.conftest import TestDatabase
from tests.journeys.troubles import BUSY, FINE, troubled
from threads.outages import CLASSES, STATES, Meaning

MEANINGS = {f"{one}000": meaning for one, meaning in CLASSES.items()} | STATES


async def test_no_sqlstate_ends_or_holds_up_the_house(
    database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with troubled(database, monkeypatch) as world:
        await world.recovers()
        for state in (state for state, meaning in MEANINGS.items() if meaning is Meaning.OUTAGE):
            world.wire.state = state
            said = await world.answers()
            assert set(said.values()) == {BUSY}, (state, said)
        assert not world.house.keeper.faults, "an outage is foreseen"
        for state in (state for state, meaning in MEANINGS.items() if meaning is not Meaning.OUTAGE):
            world.wire.state = state
            said = await world.answers()
            assert FINE not in said.values(), (state, said)
        world.wire.heal()
        await world.recovers()


async def test_connections_that_go_silent_are_replaced(
    database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with troubled(database, monkeypatch) as world:
        await world.recovers()
        world.wire.go_silent()
        assert set((await world.answers()).values()) <= {BUSY, FINE}
        await world.recovers()


@pytest.mark.parametrize("deaf", [True, False], ids=["silent", "slow"])
async def test_a_database_that_stands_still_is_answered_for_and_left_in_time(
    database: TestDatabase, monkeypatch: pytest.MonkeyPatch, deaf: bool
) -> None:
    async with troubled(database, monkeypatch) as world:
        await world.recovers()
        if deaf:
            world.wire.deaf = True
            world.wire.go_silent()
        else:
            world.wire.slow = 1.0
        assert set((await world.answers()).values()) == {BUSY}
        world.wire.heal()
        await world.recovers()
        world.wire.deaf = True
        world.wire.go_silent()
        leaving = asyncio.timeout(30)
        await leaving.__aenter__()
    await leaving.__aexit__(None, None, None)


async def test_connections_that_are_cut_are_replaced(
    database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with troubled(database, monkeypatch) as world:
        await world.recovers()
        for _ in range(3):
            world.wire.cut()
            assert set((await world.answers()).values()) <= {BUSY, FINE}
        await world.recovers()
