"""One subject, one word, on every floor: a room below answers the room of the same name above it."""

from pathlib import Path

import pytest

from tests.house.tree import ROOT

ROOTS = {
    "messaging": {
        "addresses",
        "conversations",
        "errors",
        "faults",
        "ids",
        "keeping",
        "messages",
        "office",
        "people",
        "slips",
        "undoing",
    },
    "threads": {
        "batches",
        "bell",
        "database",
        "keys",
        "law",
        "lookups",
        "mailbox",
        "memory",
        "planned",
        "probe",
        "queue",
        "reaching",
        "schema",
    },
}
"""What stands at the root of a floor: what every room there uses. A subject has a room."""
PAGES = {"routes", "single"}
"""What is for several readers at once; every other page is in the room of its reader."""
READERS = {"admin", "client", "parts", "public", "staff"}
OF_THE_FLOOR = {"connection", "migrations", "postgres", "tables"}
"""Rooms of `threads` that are about PostgreSQL, not about a subject."""
ASKED_IN_PARTS = {"letters", "practice"}
"""Subjects whose questions to memory are too many for one file."""
MOST = 20
"""Modules in a room. A room that outgrows it holds two subjects."""


def modules(folder: Path) -> set[str]:
    return {path.stem for path in folder.glob("*.py")} - {"__init__"}


def rooms(floor: str) -> set[str]:
    return {path.name for path in (ROOT / floor).iterdir() if (path / "__init__.py").exists()}


@pytest.mark.parametrize("floor", ROOTS)
def test_only_what_every_room_uses_stands_at_the_root(floor: str) -> None:
    assert modules(ROOT / floor) == ROOTS[floor]


def test_every_room_of_threads_answers_a_room_of_messaging() -> None:
    asked = modules(ROOT / "messaging" / "memory")
    for room in rooms("threads") - OF_THE_FLOOR:
        assert room in rooms("messaging") | {"trail"}, room
        assert room in asked | ASKED_IN_PARTS, room


def test_every_page_is_in_the_room_of_its_reader() -> None:
    assert modules(ROOT / "web" / "pages") == PAGES
    assert rooms("web/pages") == READERS


@pytest.mark.parametrize("floor", ROOTS)
def test_no_room_is_a_hall(floor: str) -> None:
    full = {room: len(modules(ROOT / floor / room)) for room in rooms(floor)}
    assert all(count <= MOST for count in full.values()), full


def test_every_room_is_on_the_map() -> None:
    plan = (ROOT / "docs" / "house.md").read_text()
    for floor in ROOTS:
        for room in rooms(floor):
            assert f"`{room}/`" in plan or f"{floor}/{room}" in plan, room
