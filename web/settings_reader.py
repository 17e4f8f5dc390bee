"""Reads settings one by one from a given mapping, and collects the mistakes, so that all are reported together."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


class Reader:
    """Names are given without their prefix."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given
        self.mistakes: list[str] = []  # bound: one for each setting

    def text(self, name: str, default: str) -> str:
        """As it stands there."""
        return self._given.get(f"QUIETLINE_{name}") or default

    def given(self, name: str) -> bool:
        """Whether somebody said something."""
        return bool(self._given.get(f"QUIETLINE_{name}"))

    def value(self, name: str, default: str, parse: Callable[[str], T]) -> T:
        """Read by `parse`, which raises ValueError."""
        try:
            return parse(self.text(name, default))
        except ValueError as fault:
            self.wrong(name, fault)
            return parse(default)

    def optional(self, name: str, parse: Callable[[str], T]) -> T | None:
        """The same of what may be left out."""
        raw = self._given.get(f"QUIETLINE_{name}")
        try:
            return parse(raw) if raw else None
        except ValueError as fault:
            self.wrong(name, fault)
            return None

    def secret(self, name: str) -> str | None:
        """What stands in the setting, or in the file that NAME_FILE names: environments are shown by many programs."""
        file = self._given.get(f"QUIETLINE_{name}_FILE")
        if not file:
            return self.optional(name, str)
        if self.given(name):
            self.wrong(name, f"it stands in QUIETLINE_{name}_FILE too; leave one of them out")
            return None
        try:
            return Path(file).read_text(encoding="utf-8").strip() or None
        except OSError as fault:
            self.wrong(f"{name}_FILE", f"{file} cannot be read: {os.strerror(fault.errno or 0).lower()}")
        except UnicodeDecodeError:
            self.wrong(f"{name}_FILE", f"{file} is not text")
        return None

    def wrong(self, name: str, why: object) -> None:
        """One more mistake."""
        self.mistakes.append(f"QUIETLINE_{name}: {why}")
