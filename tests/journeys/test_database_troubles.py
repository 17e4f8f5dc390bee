"""Whatever the database does, or does not: what runs goes on, who asks is answered, and all is well again by itself."""

import time

import pytest

from tests.conftest import TestDatabase
from tests.journeys.troubles import BUSY, FINE, QUICK, troubled
from threads.outages import CLASSES, STATES, Meaning

LEFT_IN = 30.0
"""Seconds to stop over a database that stands still: half of what the drains may take together."""
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


async def test_silence_slowness_and_cuts_are_answered_for_and_left_in_time(
    database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with troubled(database, monkeypatch) as world:
        await world.recovers()
        world.wire.cut()
        assert set((await world.answers()).values()) <= {BUSY, FINE}
        await world.recovers()
        world.wire.go_silent()  # new connections work
        assert set((await world.answers()).values()) <= {BUSY, FINE}
        await world.recovers()
        world.wire.slow = 2 * QUICK.attempt
        assert set((await world.answers()).values()) == {BUSY}
        world.wire.heal()
        await world.recovers()
        world.wire.stand_still()
        assert set((await world.answers()).values()) == {BUSY}
        assert not world.house.keeper.faults
        left = time.monotonic()
    assert time.monotonic() - left < LEFT_IN
