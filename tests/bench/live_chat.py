"""Live chat under load, beside a bare relay, and one that keeps what it passes on, in the same run.

    python -m tests.bench.live_chat                               everything: about six minutes
    python -m tests.bench.live_chat --parts saturated,paced       some of it
    python -m tests.bench.live_chat --parts idle --idle 2000 5000 memory, and the storm after a restart
    python -m tests.bench.live_chat --parts fair                  what others notice of slow readers and flooders
    python -m tests.bench.live_chat --parts saturated --beside ../before       and the server of another checkout, in turns

Prints one JSON object; progress goes to standard error. It starts a server (embedded PostgreSQL in a new directory), the
relay, the keeper (a relay with a bare group commit) and the load on this machine, talks over loopback, and ends what it
started.

Read each figure as a share of the keeper's and the relay's beside it: the machine's own speed is in all of them. `cpu` is
in cores; a sample with `foreign` above 0.2 or `steal` above 0.03 is a lower bound. `mistakes` must be empty: errors,
duplicates, gaps and messages that never came. Delivered means received by the other party; the relay acknowledges nothing.
"""

import argparse
import asyncio
import gc
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

import uvloop

from tests.bench import machine
from tests.bench.crowd import Crowd
from tests.bench.installed import Installed
from tests.bench.load import Load
from tests.bench.machine import Subject

PARTS: Final = ("saturated", "paced", "idle", "fair")
ANCHORS: Final = ("keeper", "relay")
FLOODERS: Final = 5
NEVER_READING: Final = 10
"""Connections beside each flooder: 50 in all."""
FAIR_RATE: Final = 500.0
SETTLE: Final = 3.0
"""Seconds after which what a connection left behind has been collected, and its signs passed on."""

Sample = Callable[[Load, Subject], Awaitable[dict[str, Any]]]


class Bench:
    """One run: the server with its caseload, the relay, and what was seen."""

    def __init__(self, given: argparse.Namespace, directory: Path) -> None:
        self._given = given
        self._ours = Installed(directory / "ours")
        self._servers = {"server": self._ours}
        if given.beside is not None:
            self._servers["beside"] = Installed(directory / "beside", given.beside)
        self.mistakes: Counter[str] = Counter()

    def run(self) -> dict[str, Any]:
        """Every part asked for."""
        report: dict[str, Any] = {"machine": machine.state()}
        given = self._given
        wanted = max(
            [
                given.pairs + (FLOODERS if "fair" in given.parts else 0),
                *((n + 1) // 2 for n in given.idle if "idle" in given.parts),
            ]
        )
        for name, server in self._servers.items():
            _say(f"{name}: {wanted} pairs in {server.provision(wanted):.1f} s")
        for part in self._given.parts:
            report[part] = getattr(self, f"_{part}")()
        report["mistakes"] = +self.mistakes
        return report

    def _saturated(self) -> dict[str, Any]:
        given = self._given

        async def sample(load: Load, subject: Subject) -> dict[str, Any]:
            return await load.saturate(given.outstanding, given.warm, given.seconds, subject)

        return self._compared(sample)

    def _paced(self) -> dict[str, Any]:
        given, paces = self._given, {}
        for rate in given.rates:

            async def sample(load: Load, subject: Subject, rate: float = rate) -> dict[str, Any]:
                return await load.pace(rate, given.warm, given.seconds, subject)

            paces[f"{rate:g}/s"] = self._compared(sample)
        return paces

    def _compared(self, sample: Sample) -> dict[str, Any]:
        """The server and its anchors in turns, so that all see the same machine."""
        subjects: dict[str, Subject] = {}
        try:
            subjects |= {name: server.start() for name, server in self._servers.items()}
            subjects |= {name: machine.start(f"tests.bench.{name}") for name in ANCHORS}
            found = uvloop.run(self._in_turns(sample, subjects))
        finally:
            for subject in subjects.values():
                subject.stop()
        ours = found["server"]["delivered_per_s"]
        others = [n for n in found if n != "server"]
        shares = {f"server_to_{n}": round(ours / max(1, found[n]["delivered_per_s"]), 3) for n in others}
        return {**found, **shares}

    async def _in_turns(self, sample: Sample, subjects: dict[str, Subject]) -> dict[str, Any]:
        loads = {name: Load(self._given.seed) for name in subjects}
        for name, subject in subjects.items():
            seats = self._servers.get(name, self._ours).seats[: 2 * self._given.pairs]
            took = await loads[name].arrive(subject, seats, self._given.at_once)
            _say(f"{name}: {len(seats)} opened in {took:.1f} s")
        await asyncio.sleep(SETTLE)
        gc.collect()
        gc.freeze()
        gc.disable()
        samples: dict[str, list[dict[str, Any]]] = {name: [] for name in subjects}
        for turn in range(self._given.repeat):
            # There and back again: who always follows the same other would always find what that one left.
            for name, subject in list(subjects.items())[:: -1 if turn % 2 else 1]:
                samples[name].append(await sample(loads[name], subject))
                _say(f"{name}: {json.dumps(samples[name][-1])}")
        for load in loads.values():
            load.leave()
            self.mistakes.update(load.mistakes)
        gc.enable()
        return {
            name: {**_median(taken), "all_delivered_per_s": [s["delivered_per_s"] for s in taken]}
            for name, taken in samples.items()
        }

    def _idle(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for count in self._given.idle:
            found[str(count)] = {
                "server": self._stormed(self._ours.start, count),
                "relay": self._stormed(partial(machine.start, "tests.bench.relay"), count),
            }
            _say(f"{count} idle: {json.dumps(found[str(count)])}")
        return found

    def _fair(self) -> dict[str, Any]:
        server = self._ours.start()
        try:
            return uvloop.run(self._among(server))
        finally:
            server.stop()

    async def _among(self, server: Subject) -> dict[str, Any]:
        """The same people at the same pace: in turns among themselves and in bad company."""
        load, talking = Load(self._given.seed), 2 * self._given.pairs
        await load.arrive(server, self._ours.seats[:talking], self._given.at_once)
        bad = self._ours.seats[talking : talking + 2 * FLOODERS]
        pairs = list(zip(bad[::2], bad[1::2], strict=True))
        found: dict[str, list[dict[str, Any]]] = {"alone": [], "among": []}
        for _ in range(self._given.repeat):
            for company, samples in found.items():
                crowd = Crowd(server, pairs if company == "among" else [], NEVER_READING)
                await crowd.arrive()
                sample = await load.pace(FAIR_RATE, self._given.warm, self._given.seconds, server)
                mib = round(server.kib()["server"] / 1024, 1)
                samples.append({**sample, "server_mib": mib, "crowd": await crowd.leave()})
                _say(f"{company}: {json.dumps(samples[-1])}")
        load.leave()
        self.mistakes.update(load.mistakes)
        return {company: _median(samples) for company, samples in found.items()}

    def _stormed(self, starting: Callable[[], Subject], count: int) -> dict[str, Any]:
        """A fresh server, everyone at its door at once, and what each costs once all is quiet."""
        began = time.monotonic()
        subject = starting()
        ready = time.monotonic() - began
        try:
            return {"ready_s": round(ready, 2), **uvloop.run(self._seated(subject, count))}
        finally:
            subject.stop()

    async def _seated(self, subject: Subject, count: int) -> dict[str, Any]:
        load = Load(self._given.seed)
        before = subject.kib()
        meter = machine.Meter(subject)
        took = await load.arrive(subject, self._ours.seats[:count], self._given.at_once)
        shares = meter.read()
        await asyncio.sleep(SETTLE)
        after = subject.kib()
        quiet = machine.Meter(subject)
        await asyncio.sleep(SETTLE)
        idle = quiet.read()
        load.leave()
        self.mistakes.update(load.mistakes)
        return {
            "connections": count,
            "all_opened_s": round(took, 2),
            "kib_per_connection": round((after["server"] - before["server"]) / count, 1),
            "server_mib": [round(held["server"] / 1024, 1) for held in (before, after)],
            "database_mib": [round(held["database"] / 1024, 1) for held in (before, after)],
            "cpu_storm": shares,
            "cpu_idle": idle,
        }


def _median(samples: list[dict[str, Any]]) -> dict[str, Any]:
    """The sample in the middle by what it delivered, and by its tail when all delivered the same."""

    def rank(sample: dict[str, Any]) -> tuple[float, float]:
        return (round(sample["delivered_per_s"], -2), -(sample["delivery_ms"] or {"p99": 0.0})["p99"])

    return sorted(samples, key=rank)[len(samples) // 2]


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


def arguments() -> argparse.Namespace:
    """What to measure, and for how long."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--parts", default=",".join(PARTS), help="some of " + ",".join(PARTS))
    parser.add_argument("--pairs", type=int, default=500, help="one-to-one conversations (1 to 5000)")
    parser.add_argument("--outstanding", type=int, default=64, help="messages under way, saturated")
    parser.add_argument(
        "--rates", type=float, nargs="+", default=[500.0, 2000.0], help="messages a second, paced"
    )
    parser.add_argument("--idle", type=int, nargs="+", default=[2000, 5000], help="idle connections")
    parser.add_argument("--at-once", type=int, default=256, help="handshakes under way during a storm")
    parser.add_argument("--seconds", type=float, default=8.0, help="length of a sample (at most 120)")
    parser.add_argument("--warm", type=float, default=2.0, help="seconds before a sample")
    parser.add_argument("--repeat", type=int, default=3, help="samples of each (at most 20)")
    parser.add_argument("--seed", type=int, default=1, help="who speaks when")
    parser.add_argument(
        "--beside", type=Path, help="another checkout, whose server is measured in turns with this one's"
    )
    given = parser.parse_args()
    given.parts = given.parts.split(",")
    if set(given.parts) - set(PARTS):
        parser.error(f"--parts takes some of {','.join(PARTS)}")
    bounds = {"pairs": 5000, "outstanding": 4096, "seconds": 120, "warm": 30, "repeat": 20, "at_once": 4096}
    for name, most in bounds.items():
        if not 0 < getattr(given, name) <= most:
            parser.error(f"--{name.replace('_', '-')} is more than 0 and at most {most}")
    if not all(0 < n <= 20_000 for n in given.idle) or not all(0 < r <= 100_000 for r in given.rates):
        parser.error("--idle is at most 20000, --rates at most 100000")
    return given


def main() -> None:
    """Measures and prints."""
    given = arguments()
    machine.allow_many_files()
    with tempfile.TemporaryDirectory(prefix="quietline-bench-", ignore_cleanup_errors=True) as directory:
        report = Bench(given, Path(directory)).run()
    sys.stdout.write(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
