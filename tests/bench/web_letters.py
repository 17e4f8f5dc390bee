"""Letters written by the API, as fast as a few writers can: one JSON object on standard output.

    python -m tests.bench.web_letters                          this checkout
    python -m tests.bench.web_letters --beside ../before       in turns with another checkout, in one run

Each writer sends the next letter when the last was answered, in turns as client and as therapist of many conversations; all
have mail addresses, so a receipt, a word to the therapist or the letter itself is owed with each. After the last round
every letter that was answered 201 is looked for in its conversation. `mistakes` must be empty.

On a machine that others use too only what stands in the same round is comparable, and processor time better than letters a
second: `..._ms` is processor time a letter.
"""

import argparse
import asyncio
import itertools
import json
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

import uvloop

from tests.bench import machine
from tests.bench.load import Seat, percentiles
from tests.bench.machine import Meter, Subject

PATIENCE: Final = 30.0
"""Seconds for one answer."""
PACE: Final = {"QUIETLINE_LETTERS_PER_HOUR": "10000", "QUIETLINE_CLINICIAN_LETTERS_PER_HOUR": "10000"}


class Program:
    """One connection that is kept, as a program of a practice would."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str) -> None:
        self._reader, self._writer, self._host = reader, writer, host

    @classmethod
    async def connected(cls, url: str) -> "Program":
        """To the server's HTTP address."""
        parts = urlsplit(url)
        return cls(*await asyncio.open_connection(parts.hostname, parts.port), parts.netloc)

    async def asks(self, method: str, path: str, token: str, body: bytes = b"") -> tuple[int, Any]:
        """Status and what was answered."""
        head = (
            f"{method} /api/v1{path} HTTP/1.1\r\nHost: {self._host}\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self._writer.write(head.encode("ascii") + body)
        async with asyncio.timeout(PATIENCE):
            answer = await self._reader.readuntil(b"\r\n\r\n")
            status, _, fields = answer.partition(b"\r\n")
            length = next(
                int(line[15:])
                for line in fields.split(b"\r\n")
                if line.lower().startswith(b"content-length:")
            )
            return int(status.split(b" ")[1]), json.loads(await self._reader.readexactly(length) or b"null")

    def leave(self) -> None:
        """Closes."""
        self._writer.close()


@dataclass
class Side:
    """A checkout's server over its own database, and what was written there."""

    name: str
    checkout: Path | None
    settings: dict[str, str]
    seats: list[Seat] = field(default_factory=list)
    subject: Subject | None = None
    written: Counter[str] = field(default_factory=Counter)
    rounds: list[dict[str, Any]] = field(default_factory=list)
    mistakes: Counter[str] = field(default_factory=Counter)

    def begin(self, pairs: int) -> None:
        """Provisioned, and served."""
        self._serve()
        made = machine.command(
            self.settings, "provision", "-", "--json", given=caseload(pairs), tree=self.checkout
        )
        people = [line["id"] for line in made if "person" in line]
        conversations = [line["id"] for line in made if "conversation" in line]
        minted = machine.command(
            self.settings, "token", "create", "--person", "-", "--json", given=people, tree=self.checkout
        )
        self.seats = [Seat(conversations[i // 2], line["token"]) for i, line in enumerate(minted)]

    def _serve(self) -> None:
        self.subject = machine.start(
            "web.cli", "serve", "--json", "--roles", "web", settings=self.settings, tree=self.checkout
        )

    async def round(self, writers: int, letters: int, text: str) -> None:
        """So many letters."""
        assert self.subject is not None
        programs = [await Program.connected(self.subject.http) for _ in range(writers)]
        # Nobody answers in the very moment in which they are written to.
        order = [*self.seats[::2], *self.seats[1::2]]
        turns, took = itertools.islice(itertools.cycle(order), letters), list[int]()
        meter, began = Meter(self.subject), time.monotonic()
        async with asyncio.TaskGroup() as group:
            for program in programs:
                group.create_task(self._write(program, turns, text, took))
        seconds, used, shares = time.monotonic() - began, meter.used(), meter.read()
        for program in programs:
            program.leave()
        self.rounds.append(
            {
                "per_second": round(letters / seconds, 1),
                "server_ms": round(used["server"] * 1000 / letters, 2),
                "database_ms": round(used["database"] * 1000 / letters, 2),
                "took_ms": percentiles(took),
                "foreign": shares["foreign"],
            }
        )
        sys.stderr.write(f"{self.name}: {json.dumps(self.rounds[-1])}\n")

    async def _write(self, program: Program, turns: Iterator[Seat], text: str, took: list[int]) -> None:
        for seat in turns:
            body = json.dumps({"key": str(uuid4()), "text": text, "channel": "web"}).encode()
            began = time.monotonic_ns()
            status, _ = await program.asks(
                "POST", f"/conversations/{seat.conversation}/messages", seat.token or "", body
            )
            took.append(time.monotonic_ns() - began)
            if status == 201:
                self.written[seat.conversation] += 1
            else:
                self.mistakes[f"answered {status}"] += 1

    async def looked_through(self) -> None:
        """Each conversation has as many entries as were answered."""
        assert self.subject is not None
        program = await Program.connected(self.subject.http)
        for seat in self.seats[::2]:
            _, found = await program.asks(
                "GET", f"/conversations/{seat.conversation}/messages?limit=0", seat.token or ""
            )
            self.mistakes["not found"] += abs(self.written[seat.conversation] - found["last"])
        program.leave()

    def told(self) -> dict[str, Any]:
        """The median of each figure, and all rates."""
        names = ("per_second", "server_ms", "database_ms")
        medians = {name: statistics.median(one[name] for one in self.rounds) for name in names}
        return {**medians, "rounds": self.rounds, "mistakes": +self.mistakes}


def caseload(pairs: int) -> Iterator[str]:
    """Clients who have their letters by mail, each with a therapist who is told of theirs."""
    yield json.dumps({"practice": {"slug": "bench", "name": "Bench", "time_zone": "UTC"}})
    for i in range(pairs):
        for role, mode in (("client", "full"), ("therapist", "notice")):
            name = f"{role}{i}"
            who = {"practice": "bench", "role": role, "username": name, "name": f"{role} {i}"}
            yield json.dumps({"person": {**who, "email": f"{name}@mail.example", "email_mode": mode}})
    for i in range(pairs):
        members = {"clients": [f"client{i}"], "clinicians": [f"therapist{i}"]}
        yield json.dumps({"conversation": {"practice": "bench", "kind": "individual", **members}})


async def measured(sides: list[Side], asked: argparse.Namespace) -> None:
    """Rounds in turns; the first of each side warms it up and is not counted."""
    text = "Between the sessions I thought of what you said. " * (asked.octets // 49 + 1)
    for number in range(asked.rounds + 1):
        for side in sides if number % 2 else reversed(sides):
            await side.round(asked.writers, asked.letters, text[: asked.octets])
    for side in sides:
        del side.rounds[0]
        await side.looked_through()


def main() -> None:
    """Measures and prints."""
    asked = arguments()
    told: dict[str, Any] = {"what": "letters by API", "machine": machine.state(), **vars(asked)}
    with tempfile.TemporaryDirectory(prefix="quietline-bench-", ignore_cleanup_errors=True) as folder:
        checkouts = {"ours": None, **({"beside": asked.beside.resolve()} if asked.beside else {})}
        sides = [
            Side(
                name,
                checkout,
                {**PACE, "QUIETLINE_DATA_DIR": f"{folder}/{name}", "QUIETLINE_HTTP": "127.0.0.1:0"},
            )
            for name, checkout in checkouts.items()
        ]
        try:
            for side in sides:
                side.begin(asked.pairs)
            uvloop.run(measured(sides, asked))
        finally:
            for side in sides:
                if side.subject is not None:
                    side.subject.stop()
    told |= {side.name: side.told() for side in sides}
    sys.stdout.write(json.dumps(told, indent=1, default=str) + "\n")


def arguments() -> argparse.Namespace:
    """What to measure, and for how long."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--beside", type=Path, help="another checkout, measured in turns with this one")
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--pairs", type=int, default=100, help="conversations (1 to 1000)")
    parser.add_argument("--letters", type=int, default=600, help="of a round (1 to 20000)")
    parser.add_argument("--rounds", type=int, default=5, help="of each side (1 to 50)")
    parser.add_argument("--octets", type=int, default=1000, help="of a letter (1 to 50000)")
    asked = parser.parse_args()
    bounds = {"writers": 256, "pairs": 1000, "letters": 20_000, "rounds": 50, "octets": 50_000}
    for name, most in bounds.items():
        if not 0 < getattr(asked, name) <= most:
            parser.error(f"--{name} is at least 1 and at most {most}")
    return asked


if __name__ == "__main__":
    main()
