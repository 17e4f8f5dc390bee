"""How fast letters come in, committed and sealed, and how fast they are read: one JSON object on standard output.

    python -m tests.bench.mail_in --letters 1500 --repeat 3

Beside us, in the same run: aiosmtpd with one commit a letter over the same PostgreSQL, and (as root, where installed)
Postfix handing on to smtp-sink. The load is Postfix's smtp-source, several at once, for our addresses have a pace each. A
probe then sends one letter after the other and times each from MAIL to the answer after the dot.
"""

import argparse
import asyncio
import json
import os
import smtplib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from messaging.leaving.owing import reply_token
from messaging.memory.arriving import OriginalState
from tests.bench import mail_bare
from tests.cast import Cast, found_cast
from tests.channels.email.world import NameServer, records
from tests.conftest import TestDatabase, own_database
from tests.journeys.mail_server import counts, serving
from tests.peers.postfix import postfix
from tests.peers.running import ended, found, free_port, listening, program, until, until_it_is
from web.house import house

SENDERS = 10
"""smtp-source processes at once, one for each address: with two connections each."""
LETTER = b"From: a@mail.example\r\nSubject: x\r\n\r\n" + b"y" * 76 + b"\r\n"


def offered(port: int, addresses: list[str], letters: int, *, reuse: bool) -> float:
    """Letters a second that were answered 250."""
    each = letters // len(addresses)
    shape = ["-s", "2", "-m", str(each), "-l", "10240", "-f", "a@mail.example", *(["-d"] if reuse else [])]
    began = time.monotonic()
    sources = [
        subprocess.Popen([program("smtp-source"), *shape, "-t", one, f"127.0.0.1:{port}"])
        for one in addresses
    ]
    failed = [one for one in sources if one.wait() != 0]
    if failed:
        raise RuntimeError(f"{len(failed)} of the senders were refused")
    return each * len(addresses) / (time.monotonic() - began)


def probed(port: int, address: str, count: int) -> list[float]:
    """Seconds a letter takes over a connection that stays."""
    took = []
    with smtplib.SMTP("127.0.0.1", port) as peer:
        for _ in range(count):
            began = time.monotonic()
            peer.sendmail("a@mail.example", [address], LETTER)
            took.append(time.monotonic() - began)
    return sorted(took)


def cpu(pid: int) -> float:
    """Seconds of processor time a process has used: on a busy machine the figure that can be compared."""
    used = psutil.Process(pid).cpu_times()
    return float(used.user + used.system)


def rates(
    port: int, addresses: list[str], asked: argparse.Namespace, pid: int | None = None
) -> dict[str, object]:
    """Medians over the repetitions, with new connections and with reused ones."""
    told: dict[str, object] = {}
    for name, reuse in (("new", False), ("reused", True)):
        before = cpu(pid) if pid else 0.0
        runs = [offered(port, addresses, asked.letters, reuse=reuse) for _ in range(asked.repeat)]
        told[name] = round(statistics.median(runs))
        if pid:
            told[f"{name}_cpu_ms"] = round((cpu(pid) - before) * 1000 / asked.letters / asked.repeat, 2)
    return told


async def ours(database: TestDatabase, asked: argparse.Namespace) -> dict[str, object]:
    """Our server in a process of its own; who is written to changes with each run, as the pace of an address wants it."""
    server = NameServer(records())
    host, port = await server.start()
    told: dict[str, object] = {}
    async with house(database.settings()) as built:
        with serving(database, SMTP="127.0.0.1:0", DNS=f"{host}:{port}") as running:
            casts: list[Cast] = []
            for name, reuse in (("new", False), ("reused", True)):
                runs, before = [], cpu(running.running.process.pid)
                for _ in range(asked.repeat):
                    casts.append(await found_cast(built))
                    to = [a for _ in range(SENDERS // 5) for a in await _addresses(casts[-1])]
                    runs.append(
                        await asyncio.to_thread(offered, running.port("smtp"), to, asked.letters, reuse=reuse)
                    )
                told[name] = round(statistics.median(runs))
                used = cpu(running.running.process.pid) - before
                told[f"{name}_cpu_ms"] = round(used * 1000 / asked.letters / asked.repeat, 2)
            took = await asyncio.to_thread(
                probed, running.port("smtp"), (await _addresses(await found_cast(built)))[0], 100
            )
            told["p50_ms"], told["p99_ms"] = round(took[49] * 1000, 1), round(took[98] * 1000, 1)
            told |= await _reading(casts, running.running.process.pid)
    server.stop()
    return told


async def _addresses(cast: Cast) -> list[str]:
    found = []
    for client, conversation in (
        ("ruth", "ruth"),
        ("linden", "linden"),
        ("ben", "ben"),
        ("tess", "ben"),
        ("omar", "omar"),
    ):
        _, circle = await cast.enter(client, conversation)
        found.append(f"reply+{await reply_token(cast.office, circle, cast[client])}@quietline.localhost")
    return found


async def _reading(casts: list[Cast], pid: int) -> dict[str, float]:
    """Letters a second, from now until none waits, and what each costs the server and the processes that read for it."""

    async def waiting() -> int:
        return sum([(await counts(cast)).get(OriginalState.RECEIVED, 0) for cast in casts])

    began, left = time.monotonic(), await waiting()
    before = cpu(pid), _readers(pid)
    with suppress(AssertionError):  # whatever was read in that time is the rate
        await until_it_is(lambda: _is_none(waiting), "the readers")
    read, seconds = left - await waiting(), time.monotonic() - began
    used = cpu(pid) - before[0], _readers(pid) - before[1]
    names = "read_per_second", "read_server_ms", "read_readers_ms"
    each = read / seconds, *(one * 1000 / max(1, read) for one in used)
    return {name: round(one, 2) for name, one in zip(names, each, strict=True)}


def _readers(pid: int) -> float:
    return sum(cpu(one.pid) for one in psutil.Process(pid).children(recursive=True))


async def _is_none(waiting: Callable[[], Awaitable[int]]) -> bool:
    return await waiting() == 0


def bare(database: TestDatabase, asked: argparse.Namespace) -> dict[str, object]:
    """aiosmtpd that commits each letter as it is."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", mail_bare.__name__, str(port), database.accesses.owner.url()]
    )
    until(lambda: listening(port), "aiosmtpd")
    try:
        return rates(port, [f"b{n}@sink.test" for n in range(SENDERS)], asked, process.pid)
    finally:
        ended(process)


def postfix_and_sink(asked: argparse.Namespace) -> dict[str, object] | None:
    """Postfix as it accepts, with somewhere to hand on to."""
    if os.geteuid() != 0 or found("postfix") is None:
        return None
    lmtp = free_port()
    sink = subprocess.Popen([program("smtp-sink"), "-u", "nobody", "-L", f"127.0.0.1:{lmtp}", "1000"])
    try:
        with postfix(lmtp, "sink.test") as border:
            return rates(border.port, [f"b{n}@sink.test" for n in range(SENDERS)], asked)
    finally:
        ended(sink)


def main() -> None:
    """Measures each in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--letters", type=int, default=1500, help="at most 2000: an address takes 200 at once"
    )
    parser.add_argument("--repeat", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, own_database(Path(folder)) as database:
        told = {"bare": bare(database, asked), "postfix": postfix_and_sink(asked)}
        told["ours"] = asyncio.run(ours(database, asked))
    print(json.dumps({"letters": asked.letters, "load": os.getloadavg()[0], **told}))


if __name__ == "__main__":
    main()
