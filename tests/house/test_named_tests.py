"""docs/mail.md and docs/promises.md name tests that exist, and prove each of their rows by one or say what is not yet."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.house.tree import ROOT

_NAMED = re.compile(r"`([a-z_/]+\.py)::(\w+)`")
_ROW = re.compile(r"^\| (\d+) \| (.*)$", re.MULTILINE)
TABLE = ROOT / "docs" / "mail.md"
PROMISES = ROOT / "docs" / "promises.md"


@cache
def names_in(file: str) -> frozenset[str]:
    """The names of the tests of a file below `tests/`; none where there is no such file."""
    path = ROOT / "tests" / file
    if not path.is_file():
        return frozenset()
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(one.name for one in ast.parse(path.read_text("utf-8")).body if isinstance(one, kinds))


def missing(text: str) -> list[str]:
    """What is named and is not there."""
    return [f"{file}::{name}" for file, name in _NAMED.findall(text) if name not in names_in(file)]


@pytest.mark.parametrize("table", [TABLE, PROMISES], ids=["mail", "promises"])
def test_every_test_a_table_names_is_there(table: Path) -> None:
    assert missing(table.read_text("utf-8")) == []


def test_each_of_the_twenty_five_is_proved() -> None:
    rows = {int(number): rest for number, rest in _ROW.findall(TABLE.read_text("utf-8"))}
    assert list(rows) == list(range(1, 26))
    assert [number for number, rest in rows.items() if not _NAMED.search(rest)] == []
    assert TABLE.read_text("utf-8").count("::test_") == len(_NAMED.findall(TABLE.read_text("utf-8"))), (
        "each can be read"
    )


def test_each_promise_is_proved_or_says_what_is_not_yet() -> None:
    rows = {int(number): rest for number, rest in _ROW.findall(PROMISES.read_text("utf-8"))}
    assert list(rows) == list(range(1, 18))
    not_yet = {number: rest.split("|")[2].strip() for number, rest in rows.items()}
    assert [number for number, rest in rows.items() if not _NAMED.search(rest) and not not_yet[number]] == []


def test_a_test_that_went_would_be_seen() -> None:
    here = "house/test_named_tests.py::test_a_test_that_went_would_be_seen"
    assert missing(f"`{here}` `house/test_named_tests.py::test_gone` `house/gone.py::test_x`") == [
        "house/test_named_tests.py::test_gone",
        "house/gone.py::test_x",
    ]
