"""Whom to call or write to in need, country by country: data somebody looked up (help_lines.toml), read once."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from messaging.sessions.countries import country as name_of

DATA: Final = Path(__file__).with_name("help_lines.toml")
REVIEWED: Final = "reviewed"


@dataclass(frozen=True, slots=True)
class Line:
    """Where a person answers. `always`: day and night; `young`: for children and young people."""

    name: str
    number: str
    always: bool = False
    free: bool = False
    young: bool = False


@dataclass(frozen=True, slots=True)
class TextLine:
    """Where one can write. `word` is what is sent first; `emergency`: an emergency call without a voice."""

    name: str
    number: str
    word: str = ""
    emergency: bool = False


@dataclass(frozen=True, slots=True)
class Country:
    """`code` by ISO 3166-1; `zones` are the IANA names by which a device is taken to be there."""

    code: str
    name: str
    emergency: str
    zones: tuple[str, ...]
    lines: tuple[Line, ...] = ()
    texts: tuple[TextLine, ...] = ()


@cache  # bound: one
def countries() -> Mapping[str, Country]:
    """By code, in the order of their names."""
    held: dict[str, Any] = tomllib.loads(DATA.read_text(encoding="utf-8"))
    found = [_country(code, said) for code, said in held.items() if code != REVIEWED]
    return {one.code: one for one in sorted(found, key=lambda one: one.name)}


def country_in(zone: str) -> Country | None:
    """Where a clock of this zone stands; None where no numbers are known, or the zone says too little."""
    return next((one for one in countries().values() if zone in one.zones), None)


def _country(code: str, said: Mapping[str, Any]) -> Country:
    return Country(
        code,
        name_of(code),
        said["emergency"],
        tuple(said["zones"]),
        tuple(_line(one) for one in said.get("lines", ())),
        tuple(_text(one) for one in said.get("texts", ())),
    )


def _line(said: Mapping[str, Any]) -> Line:
    always = said.get("when") == "always"
    return Line(said["name"], said["number"], always, said.get("free", False), said.get("young", False))


def _text(said: Mapping[str, Any]) -> TextLine:
    return TextLine(said["name"], said["number"], said.get("word", ""), said["kind"] == "emergency")
