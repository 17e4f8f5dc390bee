"""How fast owed letters leave, with every outcome stored: one JSON object on standard output.

    python -m tests.bench.mail_out --letters 2000 --clients 200 --sink smtp-sink

The sink is Postfix's `smtp-sink` where it is installed (named by --sink), else a small one of our own; both in a process of
their own. The house runs in this process, over an embedded PostgreSQL of its own.
"""

import argparse
import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import uvloop

from channels.email.running import run_courier
from channels.email.terms import Relay
from messaging.conversations import Kind, Member
from messaging.letters.writing import Letter, write_letter
from messaging.people import EmailMode, Person, Role
from messaging.practice.founding import NewPerson, NewPractice, add_person, begin_conversation, found_practice
from messaging.record.reading import enter
from messaging.trust.access import Deed
from web.house import house
from web.settings import read_settings
from web.state import House

TEXT = ("y" * 78 + "\n") * 62
"""About 10 kB once it is both text and HTML."""
LOOK = 0.05
"""Seconds between looks at how many have left: nothing rings when the last one has."""


async def main() -> None:
    """Writes letters, then lets them leave."""
    asked = _asked()
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings({"QUIETLINE_DATA_DIR": str(Path(folder) / "data")})
        async with house(settings, migrates=True) as built:
            await _write(built, asked.clients, asked.letters)
            print(json.dumps(await _measured(built, asked)), flush=True)


async def _write(built: House, clients: int, letters: int) -> None:
    office = built.office
    practice = await found_practice(office, NewPractice(f"p{uuid4().hex[:8]}", "Haus Linde"))
    mira = await add_person(office, practice.id, NewPerson(Role.THERAPIST, "mira", "Mira"))
    held: list[tuple[Person, object]] = []
    for number in range(clients):
        new = NewPerson(
            Role.CLIENT, f"c{number}", "Ruth", f"c{number}@mail.example", email_mode=EmailMode.FULL
        )
        client = await add_person(office, practice.id, new)
        members = (Member(client.id, Role.CLIENT), Member(mira.id, Role.THERAPIST))
        made = await begin_conversation(office, practice.id, Kind.INDIVIDUAL, members)
        held.append((client, made.id))

    async def to(conversation: object, count: int) -> None:
        admitted, circle = await enter(office, mira, conversation, Deed.WRITE)  # type: ignore[arg-type]
        for _ in range(count):
            await write_letter(office, admitted, circle, Letter(uuid4(), TEXT))

    for start in range(0, clients, 8):
        async with asyncio.TaskGroup() as group:
            for _, conversation in held[start : start + 8]:
                group.create_task(to(conversation, letters // clients))


async def _measured(built: House, asked: argparse.Namespace) -> dict[str, object]:
    port = _free_port()
    sink = _sink(asked.sink, port)
    total = (asked.letters // asked.clients) * asked.clients
    try:
        await _listening(port)
        relay = Relay("127.0.0.1", port, connections=asked.connections)
        began, used = time.perf_counter(), os.times()
        carrying = asyncio.create_task(run_courier(built.office, relay, asyncio.Event()))
        sent = 0
        while sent < total and time.perf_counter() - began < asked.seconds:
            await asyncio.sleep(LOOK)
            sent = await _sent(built)
        took, after = time.perf_counter() - began, os.times()
        carrying.cancel()
        with suppress(asyncio.CancelledError):
            await carrying
    finally:
        sink.terminate()
        sink.wait(10)
    own = after.user + after.system - used.user - used.system
    return {
        "what": "letters out, outcomes stored",
        "sink": asked.sink,
        "connections": asked.connections,
        "letters": sent,
        "per_second": round(sent / took, 1),
        "us_server_each": round(own / max(1, sent) * 1e6),
        "load_before": os.getloadavg()[0],
        "cores": os.cpu_count(),
    }


async def _sent(built: House) -> int:
    found = 0
    for practice in await built.office.memory.directory.practices():
        found += (await built.office.memory.mailbox.count_mail(practice)).get("sent", 0)
    return found


def _sink(kind: str, port: int) -> "subprocess.Popen[bytes]":
    if kind == "own":
        return subprocess.Popen([sys.executable, "-m", "tests.bench.sink", str(port)])
    program = shutil.which(kind, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        raise SystemExit(f"{kind} is not installed; use --sink own")
    return subprocess.Popen([program, "-u", "nobody", f"127.0.0.1:{port}", "1000"])


async def _listening(port: int) -> None:
    while True:
        with suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(LOOK)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--letters", type=int, default=2000)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--connections", type=int, default=Relay("", 0).connections)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--sink", default="own")
    return parser.parse_args()


if __name__ == "__main__":
    uvloop.run(main())
