"""How much more two processes carry than one, on one database, and what limits it.

    python -m tests.bench.nodes                                  about two minutes
    python -m tests.bench.nodes --pairs 500 --outstanding 128 --repeat 3

Prints one JSON object; progress goes to standard error. It starts a PostgreSQL of its own, one server
process or two, and the load, all on this machine:

    one      everybody at one process
    apart    two processes; both people of a conversation at the same one
    across   two processes; the two people of a conversation at different ones, so that every message crosses by the bell

`cpu` is in cores. When its parts add up to all the machine has, it is the machine that limits: then read
`us_per_message`, the CPU one message costs the servers and the database, for it says what more cores would carry.
"""

import argparse
import asyncio
import gc
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psutil  # type: ignore[import-untyped]
import uvloop

from tests.bench import machine
from tests.bench.installed import caseload
from tests.bench.load import Load, Seat
from tests.bench.machine import Subject
from threads.postgres.cluster import Cluster

ARRANGEMENTS: Final = {"one": 1, "apart": 2, "across": 2}
SETTLE: Final = 3.0


@dataclass
class Installation(Subject):
    """Some server processes and their database, measured as one. `process` and `http` are the first's."""

    others: Sequence[Subject] = ()
    postmaster: int = 0

    @property
    def nodes(self) -> list[Subject]:
        """Each process as a subject of its own."""
        return [Subject(self.process, self.http), *self.others]

    def cpu(self) -> dict[str, float]:
        """Seconds of CPU used so far, by each server and by the database."""
        used = {f"server_{n}": _seconds([node.process.pid]) for n, node in enumerate(self.nodes, 1)}
        head = psutil.Process(self.postmaster)
        return {**used, "database": _seconds([head.pid, *(child.pid for child in head.children())])}


def _seconds(pids: Iterable[int]) -> float:
    total = 0.0
    for pid in pids:
        try:
            times = psutil.Process(pid).cpu_times()
        except psutil.Error:
            continue  # it ended while we looked
        total += times.user + times.system
    return total


class Bench:
    """One run over one database."""

    def __init__(self, given: argparse.Namespace, cluster: Cluster) -> None:
        self._given = given
        self._cluster = cluster
        self.mistakes: Counter[str] = Counter()

    def run(self, settings: dict[str, str]) -> dict[str, Any]:
        """Every arrangement, in turns, so that all see the same machine."""
        report: dict[str, Any] = {"machine": machine.state()}
        seats = self._provisioned(settings)
        taken: dict[str, list[dict[str, Any]]] = {name: [] for name in ARRANGEMENTS}
        for _ in range(self._given.repeat):
            for name, count in ARRANGEMENTS.items():
                taken[name].append(self._sample(settings, seats, name, count))
                sys.stderr.write(f"{name}: {json.dumps(taken[name][-1])}\n")
        for name, samples in taken.items():
            ranked = sorted(samples, key=lambda sample: int(sample["delivered_per_s"]))
            report[name] = {
                **ranked[len(ranked) // 2],
                "all_delivered_per_s": [sample["delivered_per_s"] for sample in samples],
            }
        one = max(1, report["one"]["delivered_per_s"])
        report["growth"] = {n: round(report[n]["delivered_per_s"] / one, 2) for n in ARRANGEMENTS}
        report["mistakes"] = +self.mistakes
        return report

    def _provisioned(self, settings: dict[str, str]) -> list[tuple[Seat, Seat]]:
        """Pairs in live sessions."""
        machine.command(settings, "migrate", given=())
        made = machine.command(settings, "provision", "-", "--json", given=caseload(self._given.pairs))
        people = [line["id"] for line in made if "person" in line]
        names = [line["id"] for line in made if "conversation" in line]
        minted = machine.command(settings, "token", "create", "--person", "-", "--json", given=people)
        tokens = iter(line["token"] for line in minted)
        return [(Seat(name, next(tokens)), Seat(name, next(tokens))) for name in names]

    def _sample(
        self, settings: dict[str, str], seats: list[tuple[Seat, Seat]], name: str, count: int
    ) -> dict[str, Any]:
        with ExitStack() as stack:
            subjects = []
            for _ in range(count):
                started = machine.start("web.cli", "serve", "--json", "--roles", "web", settings=settings)
                stack.callback(started.stop)
                subjects.append(started)
            first, *others = subjects
            assert self._cluster.pid is not None
            all_of_it = Installation(first.process, first.http, others, self._cluster.pid)
            return uvloop.run(self._saturated(all_of_it, seats, name))

    async def _saturated(
        self, installation: Installation, seats: list[tuple[Seat, Seat]], name: str
    ) -> dict[str, Any]:
        load, nodes = Load(self._given.seed), installation.nodes
        sitting: list[list[Seat]] = [[] for _ in nodes]
        for number, pair in enumerate(seats):
            for place, seat in enumerate(pair):
                sitting[(number + (place if name == "across" else 0)) % len(nodes)].append(seat)
        for node, there in zip(nodes, sitting, strict=True):
            await load.arrive(node, there, self._given.at_once)
        await asyncio.sleep(SETTLE)
        gc.collect()
        gc.freeze()
        gc.disable()
        given = self._given
        found = await load.saturate(given.outstanding, given.warm, given.seconds, installation)
        load.leave()
        gc.enable()
        self.mistakes.update(load.mistakes)
        return found


def arguments() -> argparse.Namespace:
    """What to measure, and for how long."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=500, help="one-to-one conversations (1 to 5000)")
    parser.add_argument("--outstanding", type=int, default=64, help="messages under way")
    parser.add_argument("--at-once", type=int, default=256, help="handshakes under way")
    parser.add_argument("--seconds", type=float, default=8.0, help="length of a sample (at most 120)")
    parser.add_argument("--warm", type=float, default=2.0, help="seconds before a sample")
    parser.add_argument("--repeat", type=int, default=3, help="samples of each (at most 20)")
    parser.add_argument("--seed", type=int, default=1, help="who speaks when")
    given = parser.parse_args()
    bounds = {"pairs": 5000, "outstanding": 4096, "seconds": 120, "warm": 30, "repeat": 20, "at_once": 4096}
    for name, most in bounds.items():
        if not 0 < getattr(given, name) <= most:
            parser.error(f"--{name.replace('_', '-')} is more than 0 and at most {most}")
    return given


def main() -> None:
    """Measures and prints."""
    given = arguments()
    machine.allow_many_files()
    with tempfile.TemporaryDirectory(prefix="quietline-nodes-", ignore_cleanup_errors=True) as directory:
        cluster = Cluster(Path(directory))
        accesses = asyncio.run(cluster.start())
        settings = {
            "QUIETLINE_DATA_DIR": directory,
            "QUIETLINE_DATABASE_URL": accesses.app.url(),
            "QUIETLINE_DATABASE_OWNER_URL": accesses.owner.url(),
            "QUIETLINE_HTTP": "127.0.0.1:0",
        }
        try:
            report = Bench(given, cluster).run(settings)
        finally:
            asyncio.run(cluster.stop())
    sys.stdout.write(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
