"""The law of the record stands in `threads/sql`, and every change of it has a step, which older programs do not know."""

import importlib
import re
from types import ModuleType

from tests.house.tree import ROOT
from threads.law import SERVING, SQL, SUBJECTS, mark_of
from threads.schema import steps_known

VERSIONS = ROOT / "threads" / "migrations" / "versions"
MOVED = "v0018"
"""The step since which no step makes law itself. Those before have run where they ran, and stay as they are."""
MAKES_LAW = re.compile(
    r"(?i)\b(create\s+(or\s+replace\s+)?(constraint\s+|event\s+)?(function|procedure|aggregate|trigger|policy|rule)"
    r"|(alter|drop)\s+(function|procedure|routine|trigger|policy|rule)|row\s+level\s+security|grant|revoke)\b"
)


def steps() -> dict[str, ModuleType]:
    """All, in order."""
    files = sorted(path.stem for path in VERSIONS.glob("v*_*.py"))
    found = {name.partition("_")[0]: name for name in files}
    assert list(found) == steps_known()
    return {
        step: importlib.import_module(f"threads.migrations.versions.{name}") for step, name in found.items()
    }


def makes_law(step: ModuleType) -> bool:
    """Whether what it runs does: its own words about itself do not count."""
    said = (VERSIONS / f"{step.__name__.rpartition('.')[2]}.py").read_text()
    return MAKES_LAW.search(said.replace(step.__doc__ or "", "")) is not None


def test_no_step_since_the_move_makes_law_itself() -> None:
    """It goes into `threads/sql`, and the step names its file in INSTALLS."""
    assert [name for name, step in steps().items() if name >= MOVED and makes_law(step)] == []


def test_every_step_that_once_made_law_says_where_it_stands_now() -> None:
    former = {name: step for name, step in steps().items() if name < MOVED}
    law = {name for name, step in former.items() if makes_law(step) or "POLICY" in vars(step)}
    assert {"v0001", "v0002", "v0003", "v0005", "v0010", "v0013", "v0015", "v0016"} <= law
    assert {name for name, step in former.items() if "threads/sql" in (step.__doc__ or "")} == law


def test_every_file_of_the_law_is_as_the_newest_step_that_installs_it_says() -> None:
    """Changed without a step, an older program would take it for its own law, and no installation would get it.

    Add a step (as v0018) with the file and its mark; while that step is in no release, its mark is simply set anew.
    """
    installed: dict[str, str] = {}
    for step in steps().values():
        installed |= vars(step).get("INSTALLS", {})
    assert installed == {subject: mark_of(subject) for subject in (*SUBJECTS, SERVING)}
    assert {path.name for path in SQL.iterdir()} == {f"{subject}.sql" for subject in installed}


def test_law_in_a_step_would_be_seen() -> None:
    for said in (
        "create function f() returns void",
        "CREATE OR REPLACE FUNCTION f()",
        "create trigger t before insert",
        "alter policy within_practice on entries",
        "alter table x force row level security",
        "grant select on x to y",
    ):
        assert MAKES_LAW.search(said), said
    for said in (
        "create table grants_of (id uuid)",
        "alter table queue add column turn",
        "create index on triggers (id)",
    ):
        assert not MAKES_LAW.search(said), said
