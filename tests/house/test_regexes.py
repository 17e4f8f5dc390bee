"""No regular expression takes more than its share: twice the text, twice the time, whatever the text is made of.

The expressions are all that stand in our modules: a new one is tried without being named here. What is tried are runs of
the signs it speaks of, one and two at a time: what makes an expression try the same place again and again is made of those.
"""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from inspect import getsource
from itertools import pairwise
from time import thread_time

import pytest

from tests.house.tree import FLOORS

FEW = 20
SIZE = 1_000
TRIES = 12
ENOUGH = 0.003
"""Seconds of this thread that are too few to be compared: at this pace 200 000 signs take a seventh of a second."""
ALWAYS = " a0\n>"
ONCE_BOUNDED: dict[str, str] = {}
"""Expressions that may take more, and what bounds the text they are given."""


@dataclass(frozen=True)
class Used:
    """An expression, and whether it is looked for everywhere in a text or tried at its beginning only."""

    pattern: "re.Pattern[str] | re.Pattern[bytes]"
    everywhere: bool = True

    def run(self, text: str) -> None:
        held = text if isinstance(self.pattern.pattern, str) else text.encode("latin-1", "replace")
        if self.everywhere:
            for _ in self.pattern.finditer(held):  # type: ignore[arg-type]
                pass
        else:
            self.pattern.fullmatch(held)  # type: ignore[arg-type]
            self.pattern.match(held)  # type: ignore[arg-type]


def patterns() -> dict[str, Used]:
    """Every compiled expression of ours, by the module and name where it stands."""
    found: dict[str, Used] = {}
    for floor in FLOORS:
        package = importlib.import_module(floor)
        for one in pkgutil.walk_packages(package.__path__, f"{floor}."):
            if "migrations" in one.name or one.name.endswith("_worker"):
                continue
            module = importlib.import_module(one.name)
            source = getsource(module)
            for name, value in vars(module).items():
                held = value if isinstance(value, tuple | list) else [value]
                if isinstance(value, dict):
                    held = [*value, *value.values()]
                for number, pattern in enumerate(held):
                    if isinstance(pattern, re.Pattern):
                        named = f"{one.name}.{name}" + (f"[{number}]" if len(held) > 1 else "")
                        asked = set(re.findall(rf"\b{name}\.(\w+)\(", source))
                        found[named] = Used(pattern, not asked or bool(asked - {"match", "fullmatch"}))
    return found


def texts(used: Used, size: int) -> Iterator[str]:
    """Runs of what it speaks of, and a last sign that spoils the match."""
    written = used.pattern.pattern
    plain = written if isinstance(written, str) else written.decode("latin-1")
    spoken = re.sub(r"\\[AZzbBdDwWsS]|\[\^?|\]|[(){}|*+?^$\\]|\(\?[:=!<]", "", plain)
    signs = list(dict.fromkeys(ALWAYS + spoken))[:10]
    for run in (*signs, *(one + other for one, other in pairwise(signs)), *(f"a{one}" for one in signs)):
        yield run * (size // len(run)) + "\x01"


def cost(used: Used, text: str) -> float:
    """Seconds of this thread."""
    began = thread_time()
    used.run(text)
    return thread_time() - began


def excess(used: Used) -> str:
    """The text for which it takes too long; "" where there is none."""
    for short in texts(used, FEW):
        if cost(used, short) > ENOUGH and min(cost(used, short) for _ in range(TRIES)) > ENOUGH:
            return f"{short!r}: each sign more doubles it"
    for small, large in zip(texts(used, SIZE), texts(used, 4 * SIZE), strict=True):
        once = fourfold = float("inf")
        for _ in range(TRIES):  # a machine that is held up makes a measurement too large, never too small
            once, fourfold = min(once, cost(used, small)), min(fourfold, cost(used, large))
            # What goes back takes sixteen times as long; a busy machine makes four times look like six.
            if fourfold < ENOUGH or fourfold < 9 * once:
                break
        else:
            return f"{small[:8]!r}: {once:.4f} s, {fourfold:.4f} s"
    return ""


def test_no_expression_takes_more_than_twice_for_twice_the_text() -> None:
    found = {name: seen for name, one in patterns().items() if (seen := excess(one))}
    assert found.keys() == ONCE_BOUNDED.keys(), found


def test_the_walk_finds_them() -> None:
    assert len(patterns()) > 100


@pytest.mark.parametrize("bad", [r"(a+)+$", r"\s+$", r"<[^>]*>\s*\Z"])
def test_one_that_goes_back_would_be_seen(bad: str) -> None:
    assert excess(Used(re.compile(bad)))
