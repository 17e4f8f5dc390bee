"""What a backup says of itself first, and why it may be refused."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass

Tell = Callable[[str, int], object]
"""Told of each table before its rows: its name and how many there are."""


class NoBackup(Exception):
    """It cannot be read as a backup; one line for the operator."""


class NotEmpty(Exception):
    """Something is there already. Its text is one line for the operator."""


@dataclass(frozen=True, slots=True)
class TableSaid:
    """One table of a backup."""

    name: str
    columns: tuple[str, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class Header:
    """What a backup holds."""

    program: str
    schema: str
    """The newest step that had run."""
    at: str
    tables: tuple[TableSaid, ...]
    """In an order in which no row refers to one that comes later."""
    sequences: dict[str, int]
    """By `table.column`: the last number that was given."""

    def encoded(self) -> bytes:
        """As JSON."""
        return json.dumps(asdict(self)).encode()

    @property
    def rows(self) -> int:
        """Of all tables."""
        return sum(table.rows for table in self.tables)
