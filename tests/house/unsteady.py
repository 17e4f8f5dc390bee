"""Whether what failed is little enough to be tried again: `python -m tests.house.unsteady results.xml` names it.

Exit code 0: one to `MOST` tests; 1: none, or so many that it is no chance.
"""

import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from pathlib import Path

MOST = 8
"""Of nearly twelve thousand. What fails alone as well fails the run however few they are."""


def failed(cases: Iterable[ET.Element]) -> list[str]:
    """Their names, each once: a test whose clearing up fails too stands twice in pytest's file."""
    return sorted(
        {
            f"{case.get('classname')}::{case.get('name')}"
            for case in cases
            if any(child.tag in {"failure", "error"} for child in case)
        }
    )


def main(results: str) -> int:
    names = failed(ET.parse(Path(results)).iter("testcase"))
    print(*(f"failed at the first try: {name}" for name in names), sep="\n")
    return 0 if 0 < len(names) <= MOST else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
