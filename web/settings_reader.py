"""Reads settings one by one from a given mapping, and collects the mistakes, so that all are reported together."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, TypeVar

T = TypeVar("T")

SECRETS: Final = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "BACKUP_URL",
    "RELAY_URL",
    "IMAP_URL",
    "OAUTH_SECRET",
    "VAPID_KEY",
)
"""What may stand in the file that NAME_FILE names instead: environments are shown by many programs."""


class Reader:
    """Names are given without their prefix."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = dict(given)
        self.mistakes: list[str] = []  # bound: one for each setting
        for name in SECRETS:
            if file := given.get(f"QUIETLINE_{name}_FILE"):
                self._from_file(name, file)

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

    def _from_file(self, name: str, file: str) -> None:
        if self.given(name):
            self.wrong(name, f"it stands in QUIETLINE_{name}_FILE too; leave one of them out")
            return
        try:
            held = Path(file).read_text(encoding="utf-8").strip()
        except OSError as fault:
            self.wrong(f"{name}_FILE", f"{file} cannot be read: {os.strerror(fault.errno or 0).lower()}")
        except UnicodeDecodeError:
            self.wrong(f"{name}_FILE", f"{file} is not text")
        else:
            self._given[f"QUIETLINE_{name}"] = held
            if not held:  # or an installation would begin anew beside its database
                self.wrong(f"{name}_FILE", f"{file} is empty")

    def wrong(self, name: str, why: object) -> None:
        """One more mistake."""
        self.mistakes.append(f"QUIETLINE_{name}: {why}")
