"""docs/threats.md and docs/asvs.md are true: each test, file and setting they name is there, and what is open is known."""

import re
from collections import Counter

import pytest

from tests.house.test_documentation import settings
from tests.house.test_named_tests import names_in
from tests.house.tree import ROOT

THREATS = (ROOT / "docs" / "threats.md").read_text("utf-8")
ASVS = (ROOT / "docs" / "asvs.md").read_text("utf-8")
ROW = re.compile(r"^\| T-(\d\d) \|(.*)\|$", re.MULTILINE)
ITEM = re.compile(r"^\| (\d+(?:\.\d+){2}) \| L([123]) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
TEST = re.compile(r"`tests/([a-z_/]+\.py)::(\w+)`")
PLACE = re.compile(r"`([a-z_.]+(?:/[A-Za-z_.-]+)+|[A-Z]+\.md|[a-z]+\.toml)`")
SETTING = re.compile(r"`(QUIETLINE_[A-Z_]+)`")

OPEN_THREATS = {17, 18, 19, 24, 30}
"""Of which docs/threats.md says that something is not there, or not proved."""
OPEN_ITEMS = {
    "2.3.5", "2.4.2", "3.4.7", "3.5.4", "3.7.3", "6.1.2", "6.2.11", "6.3.7", "8.2.4", "8.4.2",
    "11.2.2", "12.3.4", "13.2.5", "15.1.1", "15.1.2", "16.3.3",
}  # fmt: skip
"""Of the standard's items those that are not met, or by nothing that could be shown."""
ITEMS = {1: 63, 2: 132, 3: 71}
"""How many items of each level apply."""


def rows() -> dict[int, list[str]]:
    return {int(number): [cell.strip() for cell in rest.split("|")] for number, rest in ROW.findall(THREATS)}


def items() -> dict[str, str]:
    return {number: evidence for number, _, _, evidence in ITEM.findall(ASVS)}


@pytest.mark.parametrize("text", [THREATS, ASVS], ids=["threats", "asvs"])
def test_everything_a_table_names_is_there(text: str) -> None:
    tests = TEST.findall(text)
    assert len(tests) > 50
    assert [f"{file}::{name}" for file, name in tests if name not in names_in(file)] == []
    assert text.count("::test_") == len(tests), "each can be read"
    places = [place for place in PLACE.findall(text) if "::" not in place]
    assert len(places) > 10
    assert [place for place in places if not (ROOT / place).exists()] == []
    assert set(SETTING.findall(text)) - settings() == set()


def test_all_thirty_threats_are_met_by_something_and_tried_by_a_test() -> None:
    assert list(rows()) == list(range(1, 31))
    for number, (feared, met, proved, open_) in rows().items():
        assert len(feared) > 20, number
        assert len(met) > 20, number
        assert TEST.search(proved) or open_, number


def test_what_is_open_of_the_threats_is_known() -> None:
    assert {number for number, cells in rows().items() if cells[3]} == OPEN_THREATS
    assert [number for number, cells in rows().items() if not TEST.search(cells[2])] == []


def test_every_item_of_the_standard_has_evidence_or_is_open() -> None:
    levels = Counter(int(level) for _, level, _, _ in ITEM.findall(ASVS))
    assert levels == ITEMS
    assert len(items()) == levels.total() == ASVS.count("| L"), "each once, and each row can be read"
    without = [
        number
        for number, evidence in items().items()
        if not evidence.startswith("open: ")
        and not any(kind.search(evidence) for kind in (TEST, PLACE, SETTING))
    ]
    assert without == []


def test_what_is_open_of_the_standard_is_known() -> None:
    assert {number for number, evidence in items().items() if evidence.startswith("open")} == OPEN_ITEMS


def test_what_is_gone_would_be_seen() -> None:
    assert TEST.findall("`tests/house/gone.py::test_x`") == [("house/gone.py", "test_x")]
    assert names_in("house/gone.py") == frozenset()
    assert PLACE.findall("`web/gone.py`, `SECURITY.md` and `default-src`") == ["web/gone.py", "SECURITY.md"]
