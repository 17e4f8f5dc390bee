"""One subject, one word, on every floor: a room below answers the room of the same name above it."""

from pathlib import Path

import pytest

from tests.house.tree import FLOORS, ROOT

ROOTS = {
    "messaging": {
        "addresses",
        "conversations",
        "details",
        "errors",
        "fact_forms",
        "facts",
        "facts_given",
        "faults",
        "ids",
        "keeping",
        "messages",
        "office",
        "people",
        "releases",
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
PAGES = {
    *(
        "account",
        "charge",
        "circles",
        "ending",
        "glass",
        "gone",
        "hats",
        "letting_back",
        "mail_trial",
        "passkeys",
    ),
    *("people", "given_routes", "recovery_phrase", "recovery_sheet", "routes", "second_factor", "single"),
}
"""What is for several readers at once; every other page is in the room of its reader."""
READERS = {"admin", "client", "parts", "public", "staff"}
OF_THE_FLOOR = {"connection", "migrations", "nodes", "postgres", "tables"}
"""Rooms of `threads` that are about PostgreSQL, or several processes over it, not about a subject."""
ASKED_IN_PARTS = {"entrance", "letters", "practice"}
"""Subjects whose questions to memory are too many for one file."""
NOT_ASKED = {"backup"}
"""Subjects of which acts ask memory nothing: the commands join them (`web/house_backup.py`)."""
MOST = 20
"""Modules in a room. A room that outgrows it holds two subjects."""
BY_SUBJECT = "memory"
"""The room with a file for each subject: it has as many as there are."""
PROVED_AT_THE_ROOT = {
    "messaging": {"addresses", "details", "facts", "faults", "undoing"},
    "threads": {"catalogue", "database", "law", "lookups", "pool_leak", "probe", "turns", "ways"},
    "channels": set[str](),
    "channels/email": {"addresses", "stopping"},
    "web": {"asks_of_a_deed", "clock", "keeping", "key_directory", "rendering"},
    "web/pages": {
        "account",
        "breaking_glass_pages",
        "hats",
        "mail_trial_page",
        "pages",
        "passkey_factor",
        "passkeys_pages",
        "recovery_sheet_page",
        "second_factor",
    },
}
"""What is tested beside the rooms of a floor: what stands at its root, or is about all of its rooms at once."""
OF_THE_TESTS = {"web/browser", "web/sweeps", "web/samples"}
"""Rooms that only tests have: the pages in a Chromium, what is asked of everything there is, and filled pages."""


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
        assert room in rooms("messaging"), room
        assert room in asked | ASKED_IN_PARTS | NOT_ASKED, room


def test_every_page_is_in_the_room_of_its_reader() -> None:
    assert modules(ROOT / "web" / "pages") == PAGES
    assert rooms("web/pages") == READERS


def test_a_page_and_what_it_shows_stand_together() -> None:
    """No hall of views or templates beside the pages, and a room has no template that only another one asks for."""
    assert not {"views", "templates"} & {path.name for path in (ROOT / "web").iterdir()}
    for room in READERS:
        for template in (ROOT / "web" / "pages" / room).glob("*.html"):
            asked = f"{room}/{template.name}"
            askers = {
                path.parent.name
                for path in (ROOT / "web").rglob("*")
                if path.suffix in {".py", ".html"} and f'"{asked}"' in path.read_text()
            }
            assert room in askers or len(askers) > 1 or (room == "parts" and "pages" in askers), asked


@pytest.mark.parametrize("floor", ROOTS)
def test_no_room_is_a_hall(floor: str) -> None:
    full = {room: len(modules(ROOT / floor / room)) for room in rooms(floor)}
    assert all(count <= MOST for room, count in full.items() if room != BY_SUBJECT), full


def test_every_room_is_on_the_map() -> None:
    plan = (ROOT / "docs" / "house.md").read_text()
    for floor in ROOTS:
        for room in rooms(floor):
            assert f"`{room}/`" in plan or f"{floor}/{room}" in plan, room


@pytest.mark.parametrize("floor", FLOORS)
def test_the_tests_have_the_rooms_of_their_floor(floor: str) -> None:
    proved = {path.parent.relative_to(ROOT / "tests") for path in (ROOT / "tests" / floor).rglob("*.py")}
    without = {room.as_posix() for room in proved if not (ROOT / room / "__init__.py").exists()}
    assert without <= OF_THE_TESTS


@pytest.mark.parametrize("room", PROVED_AT_THE_ROOT)
def test_only_what_is_about_a_whole_floor_is_proved_at_its_root(room: str) -> None:
    tests = {path.stem.removeprefix("test_") for path in (ROOT / "tests" / room).glob("test_*.py")}
    assert tests == PROVED_AT_THE_ROOT[room]
