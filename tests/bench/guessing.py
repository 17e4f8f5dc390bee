"""A flood of guesses, beside people who talk: what chat and the owner of the name notice of it.

    python -m tests.bench.guessing                 about a minute
    python -m tests.bench.guessing --rate 500      guesses a second, from as many networks as there are guesses

Prints one JSON object; progress goes to standard error. Chat is measured without and with the flood in the same run. During
the flood the owner signs in again and again: from a device that is known, and as somebody new from a network of their own.
`answers` are the flood's: 401 was hashed, 429 and 503 were refused before. Times are milliseconds.
"""

import argparse
import asyncio
import json
import secrets
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import uvloop

from tests.bench import machine
from tests.bench.installed import caseload
from tests.bench.load import Load, Seat, percentiles
from tests.bench.machine import Subject

PASSWORD: Final = "a password of the owner"
AT_ONCE: Final = 500
"""Guesses under way, as in the report this bench was made for."""
SIGN_INS: Final = 15
MOMENT: Final = 0.005
BEFORE: Final = 0.5
"""Seconds of flood before anything is measured in it."""


@dataclass
class Caller:
    """One connection that asks and reads answers, kept while the server keeps it."""

    site: str
    reader: asyncio.StreamReader | None = None
    writer: asyncio.StreamWriter | None = None

    async def sign_in(self, name: str, password: str, network: str, cookie: str = "") -> tuple[int, str]:
        """Status, and the device cookie that was set."""
        body = json.dumps({"username": name, "password": password}).encode()
        head = (
            f"POST /api/v1/sign-ins HTTP/1.1\r\nHost: {self.site[7:]}\r\nContent-Type: application/json\r\n"
            f"Origin: {self.site}\r\nX-Forwarded-For: {network}\r\nContent-Length: {len(body)}\r\n{cookie}\r\n"
        )
        if self.writer is None or self.reader is None:
            where = urlsplit(self.site)
            self.reader, self.writer = await asyncio.open_connection(where.hostname, where.port)
        self.writer.write(head.encode() + body)
        answer = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        lines = answer.split("\r\n")
        fields = [line.partition(": ") for line in lines[1:]]
        length = next(int(value) for name, _, value in fields if name.lower() == "content-length")
        await self.reader.readexactly(length)
        device = [value.partition(";")[0] for name, _, value in fields if "-device=" in value]
        return int(lines[0].split()[1]), f"Cookie: {device[0]}\r\n" if device else ""

    def leave(self) -> None:
        if self.writer is not None:
            self.writer.close()


@dataclass
class Flood:
    """Wrong guesses at the owner's name and at others', each from a network of its own."""

    site: str
    owner: str
    rate: float
    answers: Counter[int] = field(default_factory=Counter)

    async def run(self) -> None:
        """Until it is cancelled."""
        idle = [Caller(self.site) for _ in range(AT_ONCE)]
        began, count, names = time.monotonic(), 0, self._names()
        try:
            async with asyncio.TaskGroup() as group:
                while True:
                    while idle and count < (time.monotonic() - began) * self.rate:
                        count += 1
                        group.create_task(self._guess(idle, idle.pop(), next(names), count))
                    await asyncio.sleep(MOMENT)
        finally:
            for caller in idle:
                caller.leave()

    def _names(self) -> Iterator[str]:
        while True:
            yield self.owner
            yield f"nobody-{secrets.token_hex(4)}"

    async def _guess(self, idle: list[Caller], caller: Caller, name: str, number: int) -> None:
        network = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        try:
            self.answers[(await caller.sign_in(name, "wrong", network))[0]] += 1
        except (OSError, asyncio.IncompleteReadError):
            self.answers[0] += 1
            caller = Caller(self.site)
        idle.append(caller)


async def sign_ins(site: str, owner: str, cookie: str = "") -> dict[str, Any]:
    """The owner's, one after the other: with the device's cookie, or as somebody new, each time from a new network."""
    took, statuses = [], Counter[int]()
    caller = Caller(site)
    for at in range(SIGN_INS):
        began = time.monotonic_ns()
        status, _ = await caller.sign_in(owner, PASSWORD, f"192.0.2.{at}", cookie)
        took.append(time.monotonic_ns() - began)
        statuses[status] += 1
    caller.leave()
    return {"ms": percentiles(took), "worst_ms": round(max(took) / 1e6), "answers": statuses}


async def among(subject: Subject, seats: list[Seat], owner: str, given: argparse.Namespace) -> dict[str, Any]:
    """Chat alone, then beside the flood, in turns."""
    load, report = Load(1), dict[str, Any]()
    await load.arrive(subject, seats, 64)
    alone, flooded = [], []
    flood = Flood(subject.http, owner, given.rate)
    caller = Caller(subject.http)
    _, cookie = await caller.sign_in(owner, PASSWORD, "192.0.2.200")
    caller.leave()
    report["owner_without_flood"] = await sign_ins(subject.http, owner)
    for _ in range(given.repeat):
        alone.append(await load.pace(given.chat, 1.0, given.seconds, subject))
        flooding = asyncio.create_task(flood.run())
        await asyncio.sleep(BEFORE)
        known = asyncio.create_task(sign_ins(subject.http, owner, cookie))
        flooded.append(await load.pace(given.chat, 1.0, given.seconds, subject))
        report["owner_known_device"] = await known
        flooding.cancel()
        await asyncio.wait({flooding})
        sys.stderr.write(f"{json.dumps(flooded[-1])}\n")
    flooding = asyncio.create_task(flood.run())
    report["owner_new_device"] = await sign_ins(subject.http, owner)
    flooding.cancel()
    await asyncio.wait({flooding})
    load.leave()
    return {
        **report,
        "chat_alone": [one["delivery_ms"] for one in alone],
        "chat_in_flood": [one["delivery_ms"] for one in flooded],
        "flood": {"guesses_per_s": given.rate, "answers": flood.answers},
        "mistakes": +load.mistakes,
    }


def bench(given: argparse.Namespace, directory: Path) -> dict[str, Any]:
    """One server, its people, the run."""
    settings = {
        "QUIETLINE_DATA_DIR": str(directory),
        "QUIETLINE_HTTP": "127.0.0.1:0",
        "QUIETLINE_TRUSTED_PROXIES": "127.0.0.1",
    }
    subject = machine.start("web.cli", "serve", "--json", "--roles", "web", settings=settings)
    try:
        lines = caseload(given.pairs)
        slug = json.loads(lines[0])["practice"]["slug"]
        owner = f"owner-{slug}"
        person = {
            "practice": slug,
            "role": "client",
            "username": owner,
            "name": "Owner",
            "password": PASSWORD,
        }
        lines.append(json.dumps({"person": person}))
        made = machine.command(settings, "provision", "-", "--json", given=lines)
        people = [line["id"] for line in made if "person" in line][: 2 * given.pairs]
        conversations = [line["id"] for line in made if "conversation" in line]
        minted = machine.command(settings, "token", "create", "--person", "-", "--json", given=people)
        seats = [Seat(conversations[i // 2], line["token"]) for i, line in enumerate(minted)]
        return {"machine": machine.state(), **uvloop.run(among(subject, seats, owner, given))}
    finally:
        subject.stop()


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=50, help="conversations that talk (1 to 500)")
    parser.add_argument("--chat", type=float, default=100.0, help="messages a second (at most 2000)")
    parser.add_argument("--rate", type=float, default=200.0, help="guesses a second (at most 1000)")
    parser.add_argument("--seconds", type=float, default=8.0, help="length of a sample (at most 60)")
    parser.add_argument("--repeat", type=int, default=2, help="samples of each (at most 10)")
    given = parser.parse_args()
    bounds = {"pairs": 500, "chat": 2000, "rate": 1000, "seconds": 60, "repeat": 10}
    for name, most in bounds.items():
        if not 0 < getattr(given, name) <= most:
            parser.error(f"--{name} is more than 0 and at most {most}")
    machine.allow_many_files()
    with tempfile.TemporaryDirectory(prefix="quietline-bench-", ignore_cleanup_errors=True) as directory:
        report = bench(given, Path(directory))
    sys.stdout.write(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
