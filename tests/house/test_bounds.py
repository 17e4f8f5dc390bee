"""Every queue, loop and wait of the program says its bound where it stands: `# bound: NAME`, or in a few words.

What is kept on an object and grows, what is remembered for each argument, a loop that never ends by itself, and a wait for
somebody else are what a stranger can make grow, spin or last for ever. NAME is a constant that the file knows.
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
    limited = {id(inner) for outer in file.nodes if limits(outer) for inner in ast.walk(outer)}
    for node in file.nodes:
        match node:
            case ast.Assign(targets=[target], value=value) | ast.AnnAssign(target=target, value=value):
                if is_kept(target) and grows(value):
                    yield node.lineno
            case ast.While(test=ast.Constant(value=True)):
                yield node.lineno
            case ast.Await(value=ast.Call(func=ast.Attribute(attr=attr), args=[], keywords=[])):
                if attr in WAITING and id(node) not in limited:
                    yield node.lineno
            case ast.Await(value=ast.Call(func=ast.Attribute(attr="wait"), keywords=keywords)):
                if id(node) not in limited and not any(k.arg == "timeout" for k in keywords):
                    yield node.lineno
            case ast.ClassDef() if is_mutable(node):
                yield from (one.lineno for one in node.body if is_growing_field(one))
            case ast.FunctionDef() | ast.AsyncFunctionDef() if takes_arguments(node):
                yield from (one.lineno for one in node.decorator_list if remembers_all(one))


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


def is_mutable(node: ast.ClassDef) -> bool:
    """A dataclass that is not frozen."""
    return any(
        "dataclass" in (said := ast.unparse(one)) and "frozen=True" not in said for one in node.decorator_list
    )


def is_growing_field(node: ast.stmt) -> bool:
    match node:
        case ast.AnnAssign(value=ast.Call(func=func, keywords=keywords)) if name_of(func) == "field":
            return any(k.arg == "default_factory" and name_of(k.value) in GROWING for k in keywords)
    return False


def takes_arguments(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Without any there is one answer to remember."""
    return any(
        (node.args.posonlyargs, node.args.args, node.args.vararg, node.args.kwonlyargs, node.args.kwarg)
    )


def remembers_all(decorator: ast.expr) -> bool:
    match decorator:
        case ast.Call(func=func, args=args, keywords=keywords) if name_of(func) == "lru_cache":
            sizes = [*args[:1], *(k.value for k in keywords if k.arg == "maxsize")]
            return any(isinstance(one, ast.Constant) and one.value is None for one in sizes)
    return name_of(decorator) == "cache"


def said_at(file: Source, line: int) -> re.Match[str] | None:
    """On the line, or on a line of its own before it: what ends the line before is said of that one."""
    before = file.lines[line - 2] if line > 1 else ""
    return _SAID.search(file.lines[line - 1]) or (
        _SAID.search(before) if before.lstrip().startswith("#") else None
    )


def unsaid(file: Source) -> list[str]:
    """Where nothing is said, or a name that the file does not know."""
    found = []
    for line in sorted(set(sites(file))):
        said = said_at(file, line)
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
        ("async def f():\n while True:  # bound: until cancelled\n  await g.wait()\n", [3]),
        ("async def f():\n await asyncio.wait(tasks)\n await asyncio.wait(tasks, timeout=3)\n", [2]),
        ("@dataclass\nclass A:\n q: list[int] = field(repr=False, default_factory=list)\n", [3]),
        ("@dataclass(slots=True)\nclass A:\n q: B = field(default_factory=B)\n", []),
        ("@dataclass(frozen=True)\nclass A:\n q: list[int] = field(default_factory=list)\n", []),
        ("@cache\ndef f(a): ...\n@functools.lru_cache(maxsize=None)\ndef g(*, a): ...\n", [1, 3]),
        ("@lru_cache(64)\ndef f(a): ...\n@cache\ndef g(): ...\n", []),
        (
            "async def f():\n # bound: until cancelled\n while True:\n  async with asyncio.timeout(3):\n   await g.wait()\n",
            [],
        ),
    ],
)
def test_what_this_test_sees(text: str, lines: list[int]) -> None:
    assert unsaid(Source("x.py", text)) == [f"x.py:{line}" for line in lines]
