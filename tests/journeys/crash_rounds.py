"""Under load, again and again: kill -9 of the server, then of PostgreSQL with all its children, then a plain restart.

    python -m tests.journeys.crash_rounds --rounds 12 [--conversations 40] [--calm 1.0] [--seed 1]

Two people in each conversation keep talking, come back and repeat until they are answered. After the last round the judge
(`tests.journeys.history`) compares what was acknowledged and told with what is kept. Prints one JSON object; exit 1 when
something was lost, doubled or out of order. It starts its own server in a new directory and ends only that.
"""

import argparse
import asyncio
import json
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psutil  # type: ignore[import-untyped]

from tests.bench.installed import caseload
from tests.bench.machine import Subject, command, start
from tests.conftest import RunningServer
from tests.journeys.history import Findings, History, Told, View, judge
from tests.journeys.speakers import Speaker
from tests.journeys.talking import record

TURNS: Final = ("server", "database", "restart")
PATIENCE: Final = 90.0
"""Seconds in which everybody must be answered again."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Crashes:
    """A server that is killed and started again at one address, and those who talk over it."""

    directory: Path
    conversations: int
    seed: int = 1
    history: History = field(default_factory=History)
    speakers: list[Speaker] = field(default_factory=list)
    seconds: dict[str, list[float]] = field(
        default_factory=lambda: {"ready": [], **{turn: [] for turn in TURNS}}
    )
    port: int = field(default_factory=free_port)
    _server: Subject | None = None

    @property
    def settings(self) -> dict[str, str]:
        """The same at every start: the address stays, so that people find the server again."""
        return {"QUIETLINE_DATA_DIR": str(self.directory), "QUIETLINE_HTTP": f"127.0.0.1:{self.port}"}

    @property
    def server(self) -> Subject:
        """The one that runs."""
        assert self._server is not None
        return self._server

    async def run(self, rounds: int, calm: float) -> Findings:
        """Kills `rounds` times, `calm` seconds after everybody was answered; returns what the judge found."""
        await self._start()
        try:
            await self._people_come()
            async with asyncio.TaskGroup() as group:
                talking = [group.create_task(speaker.run()) for speaker in self.speakers]
                await self._all_answered()
                for number in range(rounds):
                    await asyncio.sleep(calm)
                    await self._crash(TURNS[number % len(TURNS)])
                records = await self._silence()
                for task in talking:
                    task.cancel()
            return judge(self.history, records)
        finally:
            await asyncio.to_thread(self.server.stop)

    async def _start(self) -> None:
        began = time.monotonic()
        self._server = await asyncio.to_thread(
            start, "web.cli", "serve", "--json", "--roles", "web", settings=self.settings
        )
        self.seconds["ready"].append(time.monotonic() - began)

    async def _people_come(self) -> None:
        lines = caseload(self.conversations)
        made = await asyncio.to_thread(command, self.settings, "provision", "-", "--json", given=lines)
        people = [line["id"] for line in made if "person" in line]
        names = [line["id"] for line in made if "conversation" in line]
        minting = ("token", "create", "--person", "-", "--json")
        tokens = await asyncio.to_thread(command, self.settings, *minting, given=people)
        for i, line in enumerate(tokens):
            view = (names[i // 2], people[i])
            rng = random.Random(f"{self.seed} {i}")
            self.speakers.append(Speaker(self.server.live, line["token"], view, self.history, rng))

    async def _crash(self, what: str) -> None:
        began = time.monotonic()
        if what == "database":
            for victim in postmaster_and_children(self.server.process):
                victim.kill()
        else:
            await asyncio.to_thread(self.server.kill if what == "server" else self.server.stop)
            await self._start()
        await self._all_answered()
        self.seconds[what].append(time.monotonic() - began)

    async def _all_answered(self) -> None:
        """Everybody is answered twice more: the first answer may have been under way before."""
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*(speaker.acks_reach(speaker.acks + 2) for speaker in self.speakers))

    async def _silence(self) -> dict[View, list[Told]]:
        """Nobody says more; everybody hears the rest; then the record is read, by each of its members."""
        async with asyncio.timeout(PATIENCE):
            for speaker in self.speakers:
                speaker.rest()
            await asyncio.gather(*(speaker.falls_silent() for speaker in self.speakers))
            running = RunningServer(self.server.process, {"http": self.server.http})
            records: dict[View, list[Told]] = {}
            for speaker in self.speakers:
                entries = await record(running, speaker.token, speaker.view[0])
                records[speaker.view] = [(e["number"], e.get("key")) for e in entries]
                await speaker.sees(len(entries))
        return records

    def report(self, rounds: int, findings: Findings) -> dict[str, Any]:
        """For the one JSON object."""
        refused: Counter[str] = sum((s.refused for s in self.speakers), Counter())
        codes: Counter[int] = sum((s.codes for s in self.speakers), Counter())
        return {
            "rounds": rounds,
            "conversations": self.conversations,
            "asked": len(self.history.asked),
            "acknowledged": len(self.history.acked),
            "told": sum(map(len, self.history.told.values())),
            **{kind: len(lines) for kind, lines in findings.lines().items()},
            "first_findings": [line for lines in findings.lines().values() for line in lines[:3]],
            "connections": sum(s.connections for s in self.speakers),
            "refused": dict(refused),
            "closed": {str(int(code)): count for code, count in codes.items()},
            "seconds_until_ready": _spread(self.seconds["ready"]),
            "seconds_until_all_answered": {k: _spread(self.seconds[k]) for k in TURNS},
        }


def postmaster_and_children(process: "subprocess.Popen[str]") -> list[psutil.Process]:
    """The embedded PostgreSQL of a server, head first, so that it cannot tidy up after its children."""
    heads = [p for p in psutil.Process(process.pid).children() if p.name() == "postgres"]
    return [*heads, *(child for head in heads for child in head.children(recursive=True))]


def _spread(seconds: list[float]) -> dict[str, float] | None:
    if not seconds:
        return None
    return {"p50": round(statistics.median(seconds), 2), "max": round(max(seconds), 2)}


def main() -> int:
    """The script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--conversations", type=int, default=40)
    parser.add_argument("--calm", type=float, default=1.0, help="seconds of talk before each crash")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    if not (0 < given.rounds <= 1000 and 0 < given.conversations <= 500 and 0 <= given.calm <= 60):
        parser.error("at most 1000 rounds, 500 conversations and 60 seconds of calm")
    with tempfile.TemporaryDirectory(prefix="quietline-crashes-", ignore_cleanup_errors=True) as directory:
        crashes = Crashes(Path(directory), given.conversations, given.seed)
        findings = asyncio.run(crashes.run(given.rounds, given.calm))
    sys.stdout.write(json.dumps(crashes.report(given.rounds, findings), indent=1) + "\n")
    return 0 if findings.clean else 1


if __name__ == "__main__":
    sys.exit(main())
