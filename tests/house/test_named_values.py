"""A value of many fields is made by their names: ten in a row are counted, and two of one type change places unseen."""

import ast
from collections.abc import Iterable, Iterator

from tests.house.tree import FLOORS, Source, sources

MOST = 6
"""Given by place: as many as a function may have."""
OF_A_ROW = 4
"""In `threads`, where values are made of columns: mypy knows no column's type, and so sees none in another's place."""


def most(file: Source) -> int:
    return OF_A_ROW if file.place.startswith("threads/") else MOST


def values(files: Iterable[Source], fields: int = OF_A_ROW) -> set[str]:
    """Dataclasses that have more fields than that."""
    return {
        one.name
        for file in files
        for one in file.nodes
        if isinstance(one, ast.ClassDef)
        and any("dataclass" in ast.unparse(decorator) for decorator in one.decorator_list)
        and sum(isinstance(part, ast.AnnAssign) for part in one.body) > fields
    }


def is_spread(file: Source, call: ast.Call) -> bool:
    """`Thing(*row)`, of the columns in whatever order the question named them."""
    return file.place.startswith("threads/") and any(isinstance(part, ast.Starred) for part in call.args)


def counted_out(files: Iterable[Source], known: set[str]) -> Iterator[str]:
    """Where one of them is made by place."""
    for file in files:
        for one in file.nodes:
            if isinstance(one, ast.Call) and (len(one.args) > most(file) or is_spread(file, one)):
                name = ast.unparse(one.func).rpartition(".")[2]
                if name in known:
                    yield f"{file.place}:{one.lineno} {name}"


def test_a_value_of_many_fields_is_made_by_their_names() -> None:
    files = sources(".py", below=FLOORS)
    assert len(values(files)) > 20
    assert list(counted_out(files, values(files))) == []


def test_one_made_by_place_would_be_seen() -> None:
    fields = "".join(f" f{number}: int\n" for number in range(7))
    made = Source(
        "x.py", f"@dataclass(frozen=True)\nclass Many:\n{fields}\nMany(1, 2, 3, 4, 5, 6, 7)\nMany(1, f1=2)\n"
    )
    assert list(counted_out([made], values([made]))) == ["x.py:11 Many"]


def test_one_made_of_a_row_by_place_would_be_seen() -> None:
    fields = "".join(f" f{number}: int\n" for number in range(5))
    text = (
        f"@dataclass(frozen=True)\nclass Few:\n{fields}\nFew(row.a, row.b, row.c, row.d, row.e)\nFew(*row)\n"
    )
    row, other = Source("threads/x.py", text), Source("web/x.py", text)
    assert list(counted_out([row], values([row]))) == ["threads/x.py:9 Few", "threads/x.py:10 Few"]
    assert list(counted_out([other], values([other]))) == []
