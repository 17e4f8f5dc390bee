"""Small, with a short tail: a reader holds a file of 300 lines and a function of 40."""

import ast

from tests.house.tree import Source, sources

LONGEST_FILE = 300
LONGEST_FUNCTION = 40

# Longer, and why. An entry that is no longer needed fails too.
LONG_FILES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {"threads/memory.py:_memory": "a list with one line for each port of memory"}


def long_files(files: tuple[Source, ...]) -> set[str]:
    return {file.place for file in files if len(file.lines) > LONGEST_FILE}


def long_functions(files: tuple[Source, ...]) -> set[str]:
    """As `folder/module.py:name`. A function counts from its `def` to its last line, its docstring included."""
    return {
        f"{file.place}:{node.name}"
        for file in files
        for node in file.nodes
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno + 1 > LONGEST_FUNCTION
    }


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    assert long_files(sources(".py")) == LONG_FILES.keys()


def test_no_function_is_longer_than_a_screen() -> None:
    assert long_functions(sources(".py")) == LONG_FUNCTIONS.keys()


def test_every_exception_to_the_lengths_gives_its_reason() -> None:
    assert all(len(reason) > 20 for reason in (*LONG_FILES.values(), *LONG_FUNCTIONS.values()))


def test_one_line_too_many_would_be_seen() -> None:
    just_right = Source("a.py", "x = 1\n" * LONGEST_FILE)
    too_long = Source("b.py", "x = 1\n" * (LONGEST_FILE + 1))
    assert long_files((just_right, too_long)) == {"b.py"}


def test_a_function_one_line_too_long_would_be_seen() -> None:
    body = "    x = 1\n" * (LONGEST_FUNCTION - 1)
    just_right = Source("a.py", f"def fits():\n{body}")
    too_long = Source("b.py", f"class C:\n  async def tells_too_much():\n{body}    x = 1\n")
    assert long_functions((just_right, too_long)) == {"b.py:tells_too_much"}
