"""Folders of mail with what is expected of each: `<corpora>/<set>/expected.json`, and the mails somewhere below the set.

Nothing is assumed about a set but its shape, so that sets nobody here has seen can be measured too.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).resolve()
NO_MAIL: Final = (".json", ".bin", ".py", ".yml", ".md")
SLOWEST: Final = 0.99

Expected = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Set:
    """One set: its name, its folder and what is expected, by the mail's name."""

    name: str
    folder: Path
    expected: dict[str, Expected]

    def mails(self) -> Iterator[tuple[str, bytes, Expected]]:
        """Each mail of which something is expected and whose file is there."""
        places = {str(path.relative_to(self.folder)): path for path in _files(self.folder)}
        for name, expected in self.expected.items():
            elsewhere = self.folder.parent / name  # an index over other sets names them from the top
            path = places.get(name) or _nearest(places, name) or (elsewhere if elsewhere.is_file() else None)
            if path is not None:
                yield name, path.read_bytes(), expected


def default_corpora() -> Path:
    """The folder named by QUIETLINE_CORPORA, or the one that lies beside the checkout."""
    return Path(os.environ.get("QUIETLINE_CORPORA") or HERE.parents[3] / "shared" / "corpora")


def sets(corpora: Path) -> Iterator[Set]:
    """Every set in a folder; the folder itself, if it is one set."""
    folders = [corpora, *sorted(path for path in corpora.iterdir() if path.is_dir())]
    for folder in folders:
        file = folder / "expected.json"
        if not file.is_file():
            continue
        read = json.loads(file.read_text("utf-8"))
        yield Set(folder.name, folder, {name: one for name, one in read.items() if isinstance(one, dict)})


def every_mail(corpora: Path) -> list[Path]:
    """All mails of all sets, expected or not."""
    return [path for path in _files(corpora) if path.suffix not in NO_MAIL and path.stat().st_size]


def times(seconds: list[float]) -> dict[str, float]:
    """Mean, 99th percentile and worst, in milliseconds."""
    if not seconds:
        return {"ms_mean": 0.0, "ms_p99": 0.0, "ms_worst": 0.0}
    ordered = sorted(one * 1000 for one in seconds)
    slow = ordered[min(len(ordered) - 1, int(len(ordered) * SLOWEST))]
    mean = sum(ordered) / len(ordered)
    return {"ms_mean": round(mean, 2), "ms_p99": round(slow, 2), "ms_worst": round(ordered[-1], 2)}


def main(purpose: str, measure: Callable[[argparse.Namespace], dict[str, Any]]) -> None:
    """Reads the command line, measures, prints one JSON object."""
    parser = argparse.ArgumentParser(description=purpose, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("corpora", nargs="?", type=Path, default=default_corpora(), help="folder of sets")
    parser.add_argument("--mutations", type=int, default=0, help="how many mutated mails to read as well")
    parser.add_argument("--seed", type=int, default=1, help="of the mutations")
    parser.add_argument("--failures", action="store_true", help="name the mails that came out wrong")
    given = parser.parse_args()
    if not given.corpora.is_dir():
        parser.error(f"no such folder: {given.corpora}")
    begun = time.monotonic()
    report = measure(given) | {"seconds": round(time.monotonic() - begun, 1)}
    sys.stdout.write(json.dumps(report, indent=1) + "\n")


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def _nearest(places: dict[str, Path], name: str) -> Path | None:
    """The file of this name in a folder below; of several, the one that holds the mail rather than the answer."""
    found = [path for place, path in places.items() if place.endswith(f"/{name}")]
    liked = ("emails", "files", "bsd")
    found.sort(key=lambda path: (path.parent.name not in liked, len(path.parts)))
    return found[0] if found else None
