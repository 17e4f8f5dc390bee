"""The measures of this house: those in the box, and the packs of the operator's own folder."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from messaging.measures.measure import Alert, Band, Item, Measure, Option, ReliableChange
from messaging.measures.packs import BadPack, checked_pack

BOX: Final = Path(__file__).parent / "measures"
PACK: Final = 256 * 1024
"""Octets of a pack: a hundred items in twenty languages."""
FILES: Final = 200
"""In a folder of packs: more are a folder of something else."""


class _Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    text: dict[str, str]
    reverse: bool = False


class _Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    value: int
    text: dict[str, str]


class _Band(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"first": "from", "last": "to"}):
    first: int
    last: int
    name: str
    text: dict[str, str]


class _Alert(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    item: str
    at_least: int


class _Reliable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    points: int
    source: str


class _Pack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    title: dict[str, str]
    intro: dict[str, str]
    items: list[_Item]
    options: list[_Option]
    bands: list[_Band]
    source: str
    licence: dict[str, str]
    times: int = 1
    may_lack: int = 0
    more_is_worse: bool = True
    alerts: list[_Alert] = []
    reliable_change: _Reliable | None = None


def read_measures(folder: str) -> Mapping[str, Measure]:
    """All measures by name: those in the box, and the packs in the folder where one is named.

    Raises ValueError: a pack that cannot be taken, by its file's name and the reason; or a name that stands twice.
    """
    held = dict(in_the_box())
    if not folder:
        return held
    there = Path(folder)
    try:
        files = sorted(there.glob("*.json"))
    except OSError:
        files = []
    if not there.is_dir():
        raise ValueError(f"there is no folder {folder}")
    if len(files) > FILES:
        raise ValueError(f"more than {FILES} packs")
    for name, one in _read(files):
        if one.name in held:
            raise ValueError(f"{name}: there is a measure {one.name} already")
        held[one.name] = one
    return held


@cache  # bound: one
def in_the_box() -> Mapping[str, Measure]:
    """Those that come with the program."""
    return {one.name: one for _, one in _read(sorted(BOX.glob("*.json")))}


def _read(files: Iterable[Path]) -> Iterable[tuple[str, Measure]]:
    for file in files:
        try:
            with file.open("rb") as opened:
                yield file.name, read_pack(opened.read(PACK + 1))
        except OSError as fault:
            raise ValueError(f"{file.name}: it cannot be read ({fault.strerror})") from None
        except ValueError as fault:
            raise ValueError(f"{file.name}: {fault}") from None


def read_pack(raw: bytes) -> Measure:
    """The measure in a pack (JSON; docs/care.md says its form). Raises BadPack with the reason."""
    if len(raw) > PACK:
        raise BadPack(f"a pack has at most {PACK // 1024} kB")
    try:
        pack = msgspec.json.decode(raw, type=_Pack)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as fault:
        raise BadPack(f"it is not a pack: {fault}") from None
    return checked_pack(_measure(pack))


def _measure(pack: _Pack) -> Measure:
    reliable = pack.reliable_change
    return Measure(
        name=pack.name,
        title=pack.title,
        intro=pack.intro,
        items=tuple(Item(one.id, one.text, one.reverse) for one in pack.items),
        options=tuple(Option(one.value, one.text) for one in pack.options),
        bands=tuple(Band(one.first, one.last, one.name, one.text) for one in pack.bands),
        source=pack.source,
        licence=pack.licence,
        times=pack.times,
        may_lack=pack.may_lack,
        more_is_worse=pack.more_is_worse,
        alerts=tuple(Alert(one.item, one.at_least) for one in pack.alerts),
        reliable=None if reliable is None else ReliableChange(reliable.points, reliable.source),
    )
