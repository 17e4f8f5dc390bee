"""Every queue, loop and wait of the program says its bound where it stands: `# bound: NAME`, or in a few words.

What is kept on an object and grows, a loop that never ends by itself, and a wait for somebody else are what a stranger can
make grow, spin or last for ever. NAME is a constant that the file knows.
"""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.house.tree import Source, sources

GROWING = {"deque", "dict", "set", "list", "OrderedDict", "defaultdict", "Counter", "Queue", "PriorityQueue"}
WAITING = {"wait", "get", "join", "acquire"}
"""Methods that wait until somebody else does something, when they are called without arguments."""
LIMITS = {"timeout", "timeout_at", "wait_for"}
_SAID = re.compile(r"# bound: (?P<said>\S.{2,})")
_NAMES = re.compile(r"\b[A-Z][A-Z0-9_]{2,}\b")


def name_of(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def sites(file: Source) -> Iterator[int]:
    """Lines that must say their bound."""
    limited = {id(inner) for outer in ast.walk(file.tree) if limits(outer) for inner in ast.walk(outer)}
    for node in ast.walk(file.tree):
        match node:
            case ast.Assign(targets=[target], value=value) | ast.AnnAssign(target=target, value=value):
                if is_kept(target) and grows(value):
                    yield node.lineno
            case ast.While(test=ast.Constant(value=True)):
                yield node.lineno
            case ast.Await(value=ast.Call(func=ast.Attribute(attr=attr), args=[], keywords=[])):
                if attr in WAITING and id(node) not in limited:
                    yield node.lineno


def limits(node: ast.AST) -> bool:
    if isinstance(node, ast.AsyncWith):
        return any(
            isinstance(i.context_expr, ast.Call) and name_of(i.context_expr.func) in LIMITS
            for i in node.items
        )
    return isinstance(node, ast.Call) and name_of(node.func) in LIMITS


def is_kept(target: ast.expr) -> bool:
    """On an object, so that it outlives the call."""
    return isinstance(target, ast.Attribute) and name_of(target.value) == "self"


def grows(value: ast.expr | None) -> bool:
    match value:
        case ast.Dict(keys=[]) | ast.List(elts=[]):
            return True
        case ast.Call(func=func, args=[], keywords=keywords):
            return name_of(func) in GROWING and not any(k.arg in ("maxlen", "maxsize") for k in keywords)
    return False


def unsaid(file: Source) -> list[str]:
    """Where nothing is said, or a name that the file does not know."""
    found = []
    for line in sorted(set(sites(file))):
        said = _SAID.search(file.lines[line - 1]) or _SAID.search(file.lines[line - 2])
        rest = file.text.replace(said.group(), "") if said else ""
        if said is None or any(name not in rest for name in _NAMES.findall(said["said"])):
            found.append(f"{file.place}:{line}")
    return found


def test_what_grows_spins_or_waits_says_its_bound() -> None:
    ours = [file for file in sources(".py") if not file.place.startswith("web/demo/")]
    assert [place for file in ours for place in unsaid(file)] == []


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("class A:\n def f(self):\n  self.q = deque()\n", [3]),
        ("class A:\n def f(self):\n  self.q = deque()  # bound: WAITING\n", [3]),
        ("WAITING = 3\nclass A:\n def f(self):\n  self.q = deque()  # bound: WAITING\n", []),
        ("class A:\n def f(self):\n  self.q: dict[str, int] = {}  # bound: one for each practice\n", []),
        ("class A:\n def f(self):\n  self.q = deque(maxlen=3)\n", []),
        ("def f():\n q = []\n", []),
        ("async def f():\n while True:\n  await g.wait()\n", [2, 3]),
        (
            "async def f():\n # bound: until cancelled\n while True:\n  async with asyncio.timeout(3):\n   await g.wait()\n",
            [],
        ),
    ],
)
def test_what_this_test_sees(text: str, lines: list[int]) -> None:
    assert unsaid(Source("x.py", text)) == [f"x.py:{line}" for line in lines]
