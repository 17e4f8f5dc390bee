"""docs/mail.md names tests that exist, and proves each of its behaviours by one."""

import ast
import re
from functools import cache

from tests.house.tree import ROOT

_NAMED = re.compile(r"`([a-z_/]+\.py)::(\w+)`")
_ROW = re.compile(r"^\| (\d+) \| (.*)$", re.MULTILINE)
TABLE = ROOT / "docs" / "mail.md"


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


def test_every_test_the_table_of_mail_names_is_there() -> None:
    assert missing(TABLE.read_text("utf-8")) == []


def test_each_of_the_twenty_five_is_proved() -> None:
    rows = {int(number): rest for number, rest in _ROW.findall(TABLE.read_text("utf-8"))}
    assert list(rows) == list(range(1, 26))
    assert [number for number, rest in rows.items() if not _NAMED.search(rest)] == []
    assert TABLE.read_text("utf-8").count("::test_") == len(_NAMED.findall(TABLE.read_text("utf-8"))), (
        "each can be read"
    )


def test_a_test_that_went_would_be_seen() -> None:
    here = "house/test_mail_table.py::test_a_test_that_went_would_be_seen"
    assert missing(f"`{here}` `house/test_mail_table.py::test_gone` `house/gone.py::test_x`") == [
        "house/test_mail_table.py::test_gone",
        "house/gone.py::test_x",
    ]
