"""The checkout as the rules see it: which files are ours, read once, without git (a bare machine has none)."""

import ast
import fnmatch
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FLOORS = ("messaging", "threads", "channels", "web")


@dataclass(frozen=True)
class Source:
    """A text file of ours and where it stands, with forward slashes, seen from the checkout."""

    place: str
    text: str

    @functools.cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @functools.cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.place)

    @functools.cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """All of the tree; a dozen rules go through it."""
        return tuple(ast.walk(self.tree))

    def line_of(self, offset: int) -> int:
        return self.text.count("\n", 0, offset) + 1


@functools.cache
def ignored() -> tuple[str, ...]:
    """The names .gitignore leaves out. It holds plain names and stars only; the test of this file sees to that."""
    lines = (ROOT / ".gitignore").read_text().splitlines()
    return (".git", *(line.rstrip("/") for line in lines if line and not line.startswith("#")))


def is_ours(name: str) -> bool:
    return not any(fnmatch.fnmatch(name, pattern) for pattern in ignored())


def walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if not is_ours(path.name):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from walk(path)
        else:
            yield path


@functools.cache
def sources(*suffixes: str, below: tuple[str, ...] = FLOORS) -> tuple[Source, ...]:
    """Our files with these endings below these folders; an empty folder name is the whole checkout."""
    paths = (path for folder in below if (ROOT / folder).is_dir() for path in walk(ROOT / folder))
    return tuple(_source(path) for path in paths if not suffixes or path.suffix in suffixes)


@functools.cache
def _source(path: Path) -> Source:
    """One for each file, whoever asks: each is parsed once."""
    return Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
