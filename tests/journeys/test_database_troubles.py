"""Whatever the database does, or does not: what runs goes on, who asks is answered, and all is well again by itself."""

import time
from datetime import timedelta

import pytest

from tests.channels.chat.nodes import until
from tests.conftest import TestDatabase
from tests.journeys.troubles import BUSY, FINE, QUICK, troubled
from threads.connection.outages import CLASSES, STATES, Meaning
from threads.trail.waiting_lines import NAME

LEFT_IN = 30.0
"""Seconds to stop over a database that stands still: half of what the drains may take together."""
READING = {"enter", "follow", "read", "inbox", "api", "recipient"}
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


async def test_a_read_only_database_serves_reading_and_the_reads_are_noted_later(
    database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.entrance.signing_in.TOUCH", timedelta(seconds=-1))
    monkeypatch.setattr("threads.trail.trail.LOOK", 0.05)
    async with troubled(database, monkeypatch) as world:
        await world.recovers()
        asking, office = world.asking, world.house.office
        ruths = asking.ruth.conversation
        pages = [("ruth", "/me"), ("ruth", "/me/letters"), ("ruth", f"/me/session/{ruths}")]
        pages += [("mira", "/inbox"), ("mira", f"/c/{ruths}")]
        await asking.shows(pages)
        before, _ = await office.memory.trail.verify(asking.ruth.practice)
        world.be_read_only(yes=True)
        said = await world.come_true(READING)
        assert {said[act] for act in ("say", "letter", "trail", "accept", "ready", "frame")} == {BUSY}
        await asking.shows(pages)
        # Another server of these tests may have the first file.
        files = list(database.data_dir.glob(f"{NAME}*"))
        assert {one.stat().st_mode & 0o777 for one in files} == {0o600}
        assert sum(one.read_text().count('"opened"') for one in files) >= 3
        world.be_read_only(yes=False)
        await world.recovers()
        await until(lambda: not any(one.read_bytes() for one in files), "the lines are in the trail")
        lines, broken = await office.memory.trail.verify(asking.ruth.practice)
        assert lines >= before + 3
        assert broken is None
