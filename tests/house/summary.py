"""What the tests proved, floor by floor: `python -m tests.house.summary results.xml` reads pytest's JUnit file."""

import sys
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

OUTCOMES = {"failure": "failed", "error": "failed", "skipped": "skipped"}


def floor(classname: str) -> str:
    """`tests.threads.test_order.TestOrder` stands on the floor `threads`."""
    parts = classname.split(".")
    return parts[1] if len(parts) > 2 and parts[0] == "tests" else "elsewhere"


def summarize(cases: Iterable[ET.Element]) -> list[str]:
    tests: Counter[tuple[str, str]] = Counter()
    seconds: Counter[str] = Counter()
    slowest: list[tuple[float, str]] = []
    for case in cases:
        where, took = floor(case.get("classname", "")), float(case.get("time", "0"))
        outcomes = {OUTCOMES[child.tag] for child in case if child.tag in OUTCOMES} or {"passed"}
        tests.update((where, outcome) for outcome in outcomes)
        seconds[where] += int(took * 1000)
        slowest.append((took, f"{case.get('classname')}::{case.get('name')}"))
    lines = [f"{'floor':<12}{'passed':>8}{'failed':>8}{'skipped':>8}{'seconds':>9}"]
    for where in sorted(seconds):
        counts = "".join(f"{tests[where, outcome]:>8}" for outcome in ("passed", "failed", "skipped"))
        lines.append(f"{where:<12}{counts}{seconds[where] / 1000:>9.1f}")
    lines.append("slowest: " + ", ".join(f"{name} {took:.1f} s" for took, name in sorted(slowest)[:-4:-1]))
    return lines


def main(results: str) -> None:
    # Our own pytest wrote this file a moment ago; it is not input from outside.
    print("\n".join(summarize(ET.parse(Path(results)).iter("testcase"))))


if __name__ == "__main__":
    main(sys.argv[1])
