"""Pages, API, commands and channels call acts, and a way to a conversation's words is made by `trust.access` alone.

`web/house.py` joins the floors and is the one place that hands memory to the acts.
"""

import ast
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from messaging.memory.drafts import Drafts
from messaging.memory.record import Threads
from messaging.trust.access import Errand, Pass
from tests.house.tree import ROOT

WAYS = {"Pass", "Errand"}
JOINS = "web/house.py"


def says_memory(source: str) -> list[int]:
    """The lines on which something's memory is asked for."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and node.attr == "memory"
    ]


def above_messaging() -> list[Path]:
    return [path for floor in ("web", "channels") for path in sorted((ROOT / floor).rglob("*.py"))]


def test_nothing_above_messaging_says_memory() -> None:
    paths = above_messaging()
    assert len(paths) > 100
    said = {
        f"{path.relative_to(ROOT)}:{line}"
        for path in paths
        if str(path.relative_to(ROOT)) != JOINS
        for line in says_memory(path.read_text())
    }
    assert said == set()


def ways_made(source: str) -> list[int]:
    """The lines on which a way to a conversation's words is made by hand."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and (node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")) in WAYS
    ]


def test_only_access_makes_a_way_to_words() -> None:
    made = {
        str(path.relative_to(ROOT))
        for floor in ("web", "channels", "threads", "messaging")
        for path in (ROOT / floor).rglob("*.py")
        if ways_made(path.read_text())
    }
    assert made == {"messaging/trust/access.py"}


@pytest.mark.parametrize("port", [Threads, Drafts], ids=lambda port: port.__name__)
def test_every_question_about_words_takes_a_way(port: type) -> None:
    """Its first parameter; a new question without one fails here."""
    questions = {name: get_type_hints(act) for name, act in vars(port).items() if not name.startswith("_")}
    assert questions
    for name, hints in questions.items():
        first = next(iter(hints.values()))
        assert set(get_args(first) or {first}) <= {Pass, Errand}, name


def test_the_rule_sees_what_it_forbids() -> None:
    assert says_memory("found = await visit.office.memory.sessions.find(practice, name)") == [1]
    assert says_memory("from messaging.memory.record import Verdict") == []
    assert says_memory((ROOT / JOINS).read_text())
    assert ways_made("held = access.Pass(practice, conversation, person, role, deed, 1)") == [1]
    assert ways_made("held: Pass = admit(person, conversation, deed)") == []
