"""Buckets that several processes count together."""

import os
import subprocess
import sys
from collections.abc import Iterator
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.errors import TooFast
from messaging.trust.pace import Pace, Rate
from web.fair import shelf
from web.fair.shelf import KEY_BYTES, SETS, SLOTS, Table, new_table

RATE = Rate(burst=3, per_second=1)
ELSEWHERE = """
import sys
from uuid import UUID
from messaging.trust.pace import Rate
from web.fair.shelf import Table
Table(int(sys.argv[1])).pace("said", Rate(burst=3, per_second=1)).take(eval(sys.argv[2]), 0.0)
"""
"""Another process takes one, and says so by its code."""


@pytest.fixture
def descriptor() -> Iterator[int]:
    """An empty table's."""
    made = new_table()
    yield made
    os.close(made)


def takes(pace: Pace, subject: object, now: float) -> bool:
    """Whether one was left."""
    try:
        pace.take(subject, now)
    except TooFast:
        return False
    return True


@pytest.mark.parametrize(
    "subject",
    ["ruth", b"\x00\xff", UUID(int=7), ("code", UUID(int=7)), (b"name", "192.0.2.0"), 5],
    ids=lambda one: type(one).__name__,
)
def test_what_one_process_takes_another_lacks(descriptor: int, subject: object) -> None:
    here = Table(descriptor).pace("said", RATE)
    taken = [
        subprocess.run(
            [sys.executable, "-c", ELSEWHERE, str(descriptor), repr(subject)],
            pass_fds=[descriptor],
            check=False,
        )
        for _ in range(2)
    ]
    assert [done.returncode for done in taken] == [0, 0]
    assert here.left(subject, 0.0) == 1
    assert [takes(here, subject, 0.0) for _ in range(2)] == [True, False]
    assert here.left("somebody else", 0.0) == 3
    assert Table(descriptor).pace("signed", RATE).left(subject, 0.0) == 3, (
        "another pace is counted for itself"
    )


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["take", "give back"]), st.floats(0, 2))))
def test_it_counts_as_one_process_alone_would(steps: list[tuple[str, str, float]]) -> None:
    descriptor = new_table()
    shared, alone, now = Table(descriptor).pace("said", RATE), Pace(RATE), 1000.0
    for subject, deed, passed in steps:
        now += passed
        if deed == "take":
            assert takes(shared, subject, now) == takes(alone, subject, now)
        else:
            shared.give_back(subject, now)
            alone.give_back(subject, now)
        assert shared.left(subject, now) == pytest.approx(alone.left(subject, now))
    os.close(descriptor)


def test_where_there_is_no_room_the_one_nearest_to_full_is_forgotten(
    descriptor: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Table, "_place", lambda *_: KEY_BYTES)
    pace = Table(descriptor).pace("said", RATE)
    for _ in range(3):
        pace.take("attacked", 0.0)
    for other in range(SLOTS * 3):
        pace.take(f"{other}", 0.0)
    assert pace.left("attacked", 0.0) == 0


def test_nobody_knows_where_another_stands_without_the_key(descriptor: int) -> None:
    table = Table(descriptor)
    other = new_table()
    assert table.digest("ruth") == Table(descriptor).digest("ruth")
    assert table.digest("ruth") != Table(other).digest("ruth")
    places = {table._place(table.digest(str(one))) for one in range(4 * SETS)}
    assert len(places) > SETS // 2, "they are spread"
    assert max(places) + shelf._SET <= shelf.SIZE
    os.close(other)
