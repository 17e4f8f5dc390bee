"""An archive as it lies on its disk: base copies, and every change since the oldest of them.

archive.json               whose it is: the system identifier and the timeline of one database
archive.lock               held (flock) by who writes there, and by every process they started for it
2026-11-30T14-05-00.000000Z/      a strand: changes without a hole between them; a hole begins another
    base/2026-11-30T14-06-02.123456Z/    a base copy, named by the first moment reached from it; whole, or not named so
    wal/000000010000000000000003         16 MiB of the log of changes; `.partial` is being written

All of it is this account's alone (0700, 0600), and nothing of it opens what is sealed.
"""

import fcntl
import json
import os
import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from threads.postgres.access import ClusterError
from threads.postgres.files import sync

SEGMENT: Final = 16 * 1024 * 1024
"""Bytes: what initdb makes them, unless told otherwise, and we tell it nothing."""
ROOM: Final = 64 * 1024 * 1024
"""Octets that must be free where changes are written: a few segments."""
PART: Final = ".part"
"""Behind the name of a base copy that is being made, or removed."""
_SEGMENT_NAME: Final = re.compile(r"([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})(\.partial)?")
_STAMP: Final = "%Y-%m-%dT%H-%M-%S.%fZ"
_MANIFEST_END: Final = 4096
"""Octets from the end of a manifest in which what we ask of it stands."""


class ArchiveTrouble(Exception):
    """Nothing can be written there, or read. One line for the operator."""


class NotThisArchive(ClusterError):
    """The directory holds another database's archive."""


@dataclass(frozen=True, slots=True)
class Whose:
    """One database, as long as it lives in one directory: a restored one has another timeline."""

    system: str
    timeline: int


@dataclass(frozen=True, slots=True)
class Base:
    """A base copy. `start` and `end` are the numbers of the segments between which it was made."""

    path: Path
    at: datetime
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Strand:
    """Changes without a hole. `segments` by their numbers; the last one may be partial."""

    path: Path
    bases: tuple[Base, ...]
    segments: dict[int, Path]

    @classmethod
    def at(cls, path: Path) -> "Strand":
        """What lies there now. Raises OSError, ArchiveTrouble."""
        bases = []
        for one in sorted((path / "base").iterdir()):
            at = moment(one.name)
            if at is not None:
                bases.append(Base(one, at, *between(one / "backup_manifest")))
        segments: dict[int, Path] = {}
        for one in sorted(
            (path / "wal").iterdir(), reverse=True
        ):  # a whole one after, so instead of, its partial
            found = _SEGMENT_NAME.fullmatch(one.name)
            if found is not None:
                segments[(int(found[2], 16) << 8) + int(found[3], 16)] = one
        return cls(path, tuple(bases), segments)

    def again(self) -> "Strand":
        """The same as it is now."""
        return Strand.at(self.path)

    @property
    def wal(self) -> Path:
        """Where the log of changes is."""
        return self.path / "wal"

    def run(self, base: Base) -> list[int]:
        """Segments from the base on, as far as none is missing. Empty if the base itself lacks one."""
        last = base.start
        while last in self.segments:  # bound: the segments
            last += 1
        return list(range(base.start, last)) if last > base.end else []

    @property
    def usable(self) -> list[Base]:
        """Bases that can be gone on from, the oldest first."""
        return [base for base in self.bases if self.run(base)]

    @property
    def resumes(self) -> int | None:
        """The segment that is asked for next; None before the first."""
        if not self.segments:
            return None
        last = max(self.segments)
        return last if self.segments[last].suffix else last + 1


def stamp(at: datetime) -> str:
    """A moment as a name; names sort as moments do."""
    return at.astimezone(UTC).strftime(_STAMP)


def moment(name: str) -> datetime | None:
    """The other way round; None for what is no such name."""
    try:
        return datetime.strptime(name, _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


class Directory:
    """The archive's directory. Everything blocks, and may raise OSError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._marker = path / "archive.json"

    def whose(self) -> Whose | None:
        """Whose it is; None while it is nobody's. Raises ArchiveTrouble where it cannot be read."""
        try:
            said = json.loads(self._marker.read_bytes())
            return Whose(str(said["system"]), int(said["timeline"]))
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):
            raise ArchiveTrouble(f"{self._marker} does not say whose archive it is") from None

    def must_be(self, ours: Whose) -> None:
        """Ours, or an empty directory: then it becomes ours. Raises NotThisArchive, ArchiveTrouble."""
        if not self.path.is_dir():
            raise ArchiveTrouble(f"{self.path} is not there, or is no directory")
        known = self.whose()
        if known is None:
            others = [one.name for one in self.path.iterdir() if not one.name.startswith("archive.")]
            if set(others) - {"lost+found"}:
                raise ArchiveTrouble(f"{self.path} is not empty, and not an archive: name a directory for it")
            self._claim(ours)
        elif known != ours:
            raise NotThisArchive(
                f"QUIETLINE_ARCHIVE_DIR: {self.path} is the archive of another database, or of this one from before it was "
                "restored: name an empty directory"
            )

    def _claim(self, ours: Whose) -> None:
        new = self._marker.with_suffix(".new")
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "w") as file:
            json.dump({"system": ours.system, "timeline": ours.timeline}, file)
            file.flush()
            os.fsync(file.fileno())
        new.rename(self._marker)
        sync(self.path)

    def lock(self) -> int:
        """For this process, and whoever inherits it. Raises ArchiveTrouble while somebody else writes there."""
        handle = os.open(
            self.path / "archive.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
        )
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise ArchiveTrouble(f"somebody else writes into {self.path}") from None
        return handle

    def begin(self, at: datetime) -> Strand:
        """Another strand."""
        path = self.path / stamp(at)
        path.mkdir(0o700)
        (path / "base").mkdir(0o700)
        (path / "wal").mkdir(0o700)
        sync(path)
        sync(self.path)
        return Strand(path, (), {})

    def strands(self) -> list[Strand]:
        """The oldest first."""
        named = [one for one in self.path.iterdir() if moment(one.name) and one.is_dir()]
        return [Strand.at(path) for path in sorted(named)]

    def sweep(self) -> None:
        """Removes what was being made, or removed, when somebody was cut off."""
        for strand in self.strands():
            for left in (strand.path / "base").glob(f"*{PART}"):
                shutil.rmtree(left)

    def prune(self, now: datetime, keep: timedelta) -> None:
        """Removes what is not needed to reach each moment of the last `keep`, the newest strand's changes never."""
        strands = self.strands()
        bases = [base for strand in strands for base in strand.usable]
        before = [base.at for base in bases if base.at <= now - keep]
        oldest = max(before, default=min((base.at for base in bases), default=now))
        for strand in strands:
            kept = [base for base in strand.bases if base.at >= oldest]
            for base in strand.bases:
                if base not in kept:
                    _remove(base.path)
            if kept:
                _forget(strand, min(base.start for base in kept))
            elif strand is not strands[-1]:
                shutil.rmtree(strand.path)
        sync(self.path)


def name_of(timeline: int, segment: int) -> str:
    """A segment's file, as PostgreSQL names it."""
    return f"{timeline:08X}{segment >> 8:08X}{segment & 0xFF:08X}"


def place_of(lsn: str) -> int:
    """A place of the log ("0/3002868") in octets from its beginning."""
    high, low = (int(half, 16) for half in lsn.split("/"))
    return (high << 32) + low


def between(manifest: Path) -> tuple[int, int]:
    """The first and the last segment without which a base copy is nothing. Raises ArchiveTrouble."""
    with manifest.open("rb") as file:
        file.seek(max(0, manifest.stat().st_size - _MANIFEST_END))
        end = file.read().decode("utf-8", "replace")
    found = re.search(r'"Start-LSN": "([0-9A-F]+/[0-9A-F]+)", "End-LSN": "([0-9A-F]+/[0-9A-F]+)"', end)
    if found is None:
        raise ArchiveTrouble(f"{manifest} does not say which changes the base copy needs")
    # The end is the place behind the last record, which may be the first octet of the next segment.
    return place_of(found[1]) // SEGMENT, (place_of(found[2]) - 1) // SEGMENT


def _remove(base: Path) -> None:
    """Its name first: half a base copy must not look whole."""
    going = base.with_name(f"{base.name}{PART}")
    base.rename(going)
    sync(base.parent)
    shutil.rmtree(going)


def _forget(strand: Strand, first: int) -> None:
    for number, path in strand.segments.items():
        if number < first:
            path.unlink()
