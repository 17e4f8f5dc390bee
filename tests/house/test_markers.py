"""Nothing is left for later, nothing is swallowed in silence, and nobody waits by the clock."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator

from tests.house.tree import FLOORS, Source, sources

# Written so that this file does not find itself.
LEFT_FOR_LATER = re.compile(r"\b(TO[D]O|FIXM[E]|XX[X]|NotImplemented[E]rror)\b")
CLOCKS = {"time", "asyncio", "anyio"}
EVERYTHING = {"Exception", "BaseException"}
# What a linter is told is not a reason for a reader.
DIRECTIVE = re.compile(
    r"noqa(:\s*[A-Z]+\d+(\s*,\s*[A-Z]+\d+)*)?|type:\s*ignore(\[[^\]]*\])?|pragma:\s*no\s*cover"
)


def left_for_later(file: Source) -> list[str]:
    return [
        f"{file.place}:{file.line_of(hit.start())} {hit[0]}" for hit in LEFT_FOR_LATER.finditer(file.text)
    ]


def reasons(file: Source) -> set[int]:
    """The lines that carry a comment for people."""
    tokens = tokenize.generate_tokens(io.StringIO(file.text).readline)
    return {
        token.start[0]
        for token in tokens
        if token.type == tokenize.COMMENT and re.search(r"\w{2}", DIRECTIVE.sub("", token.string))
    }


def last_name(node: ast.expr | None) -> str:
    """`asyncio.sleep` and `sleep` are both `sleep`."""
    match node:
        case ast.Attribute():
            return node.attr
        case ast.Name():
            return node.id
        case _:
            return ""


def catches_everything(node: ast.AST) -> bool:
    if isinstance(node, ast.Call) and last_name(node.func) == "suppress":
        return any(last_name(caught) in EVERYTHING for caught in node.args)
    if not isinstance(node, ast.ExceptHandler):
        return False
    caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    return any(each is None or last_name(each) in EVERYTHING for each in caught)


def heading(node: ast.ExceptHandler | ast.Call) -> set[int]:
    """The line before, and the lines up to the first that is done: where a reason is looked for."""
    last = node.body[0].lineno - 1 if isinstance(node, ast.ExceptHandler) else node.lineno
    return set(range(node.lineno - 1, max(node.lineno, last) + 1))


def swallowed(file: Source) -> list[str]:
    """Handlers of everything that do not say beside them why going on is right. A bare one has no excuse."""
    found = [
        node
        for node in file.nodes
        if isinstance(node, ast.ExceptHandler | ast.Call) and catches_everything(node)
    ]
    explained = reasons(file) if found else set()
    return [
        f"{file.place}:{node.lineno}"
        for node in found
        if (isinstance(node, ast.ExceptHandler) and node.type is None) or not explained & heading(node)
    ]


def waits_by_the_clock(file: Source) -> list[str]:
    return [
        f"{file.place}:{node.lineno}"
        for node in file.nodes
        if isinstance(node, ast.Call) and last_name(node.func) == "sleep" and node.args
        if isinstance(node.func, ast.Name) or last_name(getattr(node.func, "value", None)) in CLOCKS
        if isinstance(node.args[0], ast.Constant) and node.args[0].value
    ]


def has_reason(call: ast.Call, *, positional: bool) -> bool:
    given = [keyword.value for keyword in call.keywords if keyword.arg in {"reason", "msg"}]
    given += call.args[:1] if positional else []
    return any(not (isinstance(reason, ast.Constant) and not reason.value) for reason in given)


def skips_without_reason(file: Source) -> Iterator[str]:
    calls = {id(node.func): node for node in file.nodes if isinstance(node, ast.Call)}
    for node in file.nodes:
        if not isinstance(node, ast.Attribute):
            continue
        owner, call = last_name(node.value), calls.get(id(node))
        if owner == "mark" and node.attr in {"skip", "skipif", "xfail"}:
            fine = call is not None and has_reason(call, positional=node.attr == "skip")
        elif owner == "pytest" and node.attr in {"skip", "xfail", "importorskip"}:
            fine = call is not None and has_reason(call, positional=node.attr != "importorskip")
        else:
            continue
        if not fine:
            yield f"{file.place}:{node.lineno}"


def more_than_a_docstring(file: Source) -> bool:
    return len(file.tree.body) != 1 or ast.get_docstring(file.tree) is None


PYTHON = sources(".py", below=(*FLOORS, "tests"))
TESTS = sources(".py", below=("tests",))


def test_nothing_is_left_for_later() -> None:
    files = sources(
        ".py", ".js", ".css", ".html", ".txt", ".sql", ".mako", below=(*FLOORS, "tests", "deploy")
    )
    vendored = "/vendor/"
    assert not [hit for file in files if vendored not in file.place for hit in left_for_later(file)]


def test_every_handler_of_everything_says_why() -> None:
    assert not [hit for file in PYTHON for hit in swallowed(file)]


def test_no_test_waits_by_the_clock() -> None:
    assert not [hit for file in TESTS for hit in waits_by_the_clock(file)]


def test_no_test_is_skipped_without_a_reason() -> None:
    assert not [hit for file in TESTS for hit in skips_without_reason(file)]


def test_every_module_says_what_it_is_for() -> None:
    assert not [file.place for file in PYTHON if not ast.get_docstring(file.tree)]


def test_a_package_holds_its_map_and_no_code() -> None:
    packages = [file for file in PYTHON if file.place.endswith("/__init__.py")]
    assert packages
    assert not [file.place for file in packages if more_than_a_docstring(file)]


def test_a_note_to_oneself_would_be_seen() -> None:
    word = "TO" + "DO"
    assert left_for_later(Source("a.py", f"x = 1\n# {word}: later\n")) == [f"a.py:2 {word}"]
    assert not left_for_later(Source("a.py", f"{word}S = 1"))


def test_a_silent_handler_would_be_seen() -> None:
    silent = """
try:
    pass
except (ValueError, Exception):  # noqa: BLE001
    pass
try:
    pass
# A broken listener must not take the others down.
except Exception:
    pass
with contextlib.suppress(BaseException):
    pass
try:
    pass
except Exception:
    # The reason may stand below, too.
    pass
try:
    pass
except Exception:  # noqa: BLE001, S112 - it may also follow what the linter is told
    pass
try:
    pass
except:  # Even a reason does not excuse a bare one.
    pass
"""
    assert sorted(swallowed(Source("a.py", silent))) == ["a.py:11", "a.py:24", "a.py:4"]


def test_a_sleeping_test_would_be_seen() -> None:
    text = "async def test_x():\n    await asyncio.NAP(0)\n    await asyncio.NAP(0.1)\n    NAP(1)\n    clock.NAP(5)\n"
    found = waits_by_the_clock(Source("a.py", text.replace("NAP", "sleep")))
    assert sorted(found) == ["a.py:3", "a.py:4"]


def test_a_skip_without_a_reason_would_be_seen() -> None:
    text = """
@pytest.mark.SKIP
def test_a(): pass
@pytest.mark.SKIPif(True)
def test_b(): pass
@pytest.mark.SKIPif(True, reason="needs a second machine")
def test_c(): pytest.SKIP("needs a second machine")
def test_d(): pytest.SKIP("")
"""
    found = skips_without_reason(Source("a.py", text.replace("SKIP", "skip")))
    assert sorted(found) == ["a.py:2", "a.py:4", "a.py:8"]


def test_code_in_a_package_file_would_be_seen() -> None:
    assert more_than_a_docstring(Source("a/__init__.py", '"""Map."""\nfrom a import b\n'))
    assert not more_than_a_docstring(Source("a/__init__.py", '"""Map."""\n'))
