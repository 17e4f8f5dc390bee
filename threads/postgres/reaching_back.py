"""Which moments an archive reaches, and from where one of them is reached."""

import re
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from threads.postgres.archive import ArchiveTrouble, Base, Directory, Strand, name_of
from threads.postgres.archive_look import shown
from threads.postgres.programs import Programs

_COMMIT: Final = re.compile(r"desc: COMMIT (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+) UTC")
_PATIENCE: Final = 60.0
"""Seconds to read one segment."""


@dataclass(frozen=True, slots=True)
class Way:
    """From a base copy through these changes, in their order. `last`: when the last of them was committed."""

    base: Base
    changes: tuple[Path, ...]
    last: datetime


def way_to(directory: Directory, programs: Programs, until: datetime | None) -> Way:
    """The shortest way to a moment, or to the end. Blocks. Raises ArchiveTrouble, which names what is in reach; OSError."""
    whose = directory.whose()
    if whose is None:
        raise ArchiveTrouble(f"{directory.path} is not an archive")
    found = sorted(
        ((base, strand) for strand in directory.strands() for base in strand.usable),
        key=lambda one: one[0].at,
    )
    if not found:
        raise ArchiveTrouble(f"there is no whole base copy in {directory.path}")
    before = [one for one in found if until is None or one[0].at <= until]
    if not before:
        end = _last_change(programs, *found[-1], whose.timeline)
        raise ArchiveTrouble(
            f"{directory.path} reaches from {shown(found[0][0].at)} to {exactly(end)}, and not further back"
        )
    base, strand = before[-1]
    last = _last_change(programs, base, strand, whose.timeline)
    after = [later.at for later, other in found if other.path > strand.path]
    if until is not None and until > last and after:
        raise ArchiveTrouble(
            f"nothing was archived between {exactly(last)} and {shown(after[0])}: name one of these times, or another"
        )
    return Way(base, tuple(strand.segments[number] for number in strand.run(base)), last)


def exactly(at: datetime) -> str:
    """A moment as one may name it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _last_change(programs: Programs, base: Base, strand: Strand, timeline: int) -> datetime:
    """Segments are asked from the last one back, as `pg_waldump` reads them; one that is being written ends in what it calls
    an error."""
    for number in reversed(strand.run(base)):
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as said:
            name = name_of(timeline, number)
            Path(folder, name).symlink_to(strand.segments[number].absolute())
            command = ("pg_waldump", "--rmgr=Transaction", "--path", folder, name)
            process = programs.start(command, Path(folder), stdout=said)
            try:
                process.wait(_PATIENCE)
            finally:
                process.kill()
                process.wait()
            said.seek(0)
            commits = [
                found[1] for line in said if (found := _COMMIT.search(line.decode("utf-8", "replace")))
            ]
        if commits:
            latest = max(datetime.fromisoformat(one).replace(tzinfo=UTC) for one in commits)
            return max(latest, base.at)
    return base.at
