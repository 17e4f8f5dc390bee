"""What one entry costs the statement of group commit, by the size of its batch: no sockets, no load, nothing waits.

    python -m tests.bench.writer                                     a quarter of a minute
    python -m tests.bench.writer --batch 16 --seconds 20             one size, for a profiler
    python -m tests.bench.writer --beside ../before                  and the same of another checkout, in turns

Prints one JSON object: microseconds of processor time an entry, of this process (which makes the arguments and reads the
outcomes) and of PostgreSQL's backend, the median of its rounds. Other work on the machine changes them far less than it
changes a throughput, so this is what a change to `threads/sql/record.sql` is judged by first. `--batch` is what a commit
finds waiting: 64 messages under way make batches of 20 to 40.
"""

import argparse
import asyncio
import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, cast
from uuid import UUID, uuid4

import asyncpg
import psutil  # type: ignore[import-untyped]
import uvloop

from messaging.ids import ConversationId, EntryId, PersonId, PracticeId
from messaging.memory.record import Gate, Posting, Turn, Verdict
from messaging.messages import Body, Channel, Entry, EntryKind
from tests.bench import machine
from tests.bench.installed import caseload
from threads.planned import connect_planned
from threads.postgres.cluster import Cluster
from threads.record.writer import write_together

SEALED: Final = 280
"""Bytes of an entry of 200 characters, sealed."""
_Pair = tuple[PracticeId, ConversationId, PersonId]


async def measure(given: argparse.Namespace, directory: Path) -> dict[str, Any]:
    """Rounds of every size in turns."""
    cluster = Cluster(directory)
    accesses = await cluster.start()
    settings = {
        "QUIETLINE_DATA_DIR": str(directory),
        "QUIETLINE_DATABASE_URL": accesses.app.url(),
        "QUIETLINE_DATABASE_OWNER_URL": accesses.owner.url(),
    }
    try:
        await asyncio.to_thread(machine.command, settings, "migrate", given=())
        made = await asyncio.to_thread(
            machine.command, settings, "provision", "-", "--json", given=caseload(given.pairs)
        )
        pairs = _pairs(made)
        connection = await connect_planned(lambda: asyncpg.connect(accesses.app.url()))
        found: dict[int, list[dict[str, float]]] = {size: [] for size in given.batch}
        for _ in range(given.rounds):
            for size, rounds in found.items():
                rounds.append(await _round(connection, pairs, size, given.seconds))
        connection.terminate()
    finally:
        await cluster.stop()
    return {
        str(size): {part: round(statistics.median(one[part] for one in rounds), 1) for part in rounds[0]}
        for size, rounds in found.items()
    }


def _pairs(made: list[dict[str, Any]]) -> list[_Pair]:
    """Who may write where: each conversation's client."""
    ids = {
        kind: [UUID(line["id"]) for line in made if kind in line]
        for kind in ("practice", "person", "conversation")
    }
    there = zip(ids["conversation"], ids["person"][::2], strict=True)
    return [(PracticeId(ids["practice"][0]), ConversationId(c), PersonId(p)) for c, p in there]


async def _round(
    connection: asyncpg.Connection, pairs: list[_Pair], size: int, seconds: float
) -> dict[str, float]:
    backend = psutil.Process(connection.get_server_pid())
    batches = _batches(pairs, size)
    for _ in range(10):  # planned, and in the caches
        await write_together(connection, next(batches))
    count, ours, theirs, until = 0, 0.0, _used(backend), time.monotonic() + seconds
    while time.monotonic() < until:
        batch = next(batches)
        began = time.process_time()
        outcomes = await write_together(connection, batch)
        ours += time.process_time() - began
        assert all(one.verdict is Verdict.NEW for one in outcomes)
        count += size
    return {"ours_us": 1e6 * ours / count, "postgresql_us": 1e6 * (_used(backend) - theirs) / count}


def _used(process: psutil.Process) -> float:
    times = process.cpu_times()
    return cast("float", times.user + times.system)


def _batches(pairs: list[_Pair], size: int) -> Iterator[list[Posting]]:
    at = 0
    while True:  # bound: the caller's
        yield [_posting(*pairs[(at + n) % len(pairs)]) for n in range(size)]
        at += size


def _posting(practice: PracticeId, conversation: ConversationId, author: PersonId) -> Posting:
    key = UUID(bytes=os.urandom(16), version=4)
    entry = Entry(
        conversation=conversation,
        number=0,
        id=EntryId(uuid4()),
        author=author,
        kind=EntryKind.MESSAGE,
        channel=Channel.CHAT,
        at=datetime.now(UTC),
        body=Body(""),
        key=key,
    )
    return Posting(practice, entry, key, Gate.LIVE, Turn.NEITHER, secrets.token_bytes(SEALED))


def _beside(given: argparse.Namespace) -> dict[str, list[dict[str, Any]]]:
    """Both checkouts in turns, each round in a process of its own."""
    trees = {"ours": Path.cwd(), "beside": given.beside.resolve()}
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in trees}
    for turn in range(given.turns):
        for name, tree in list(trees.items())[:: -1 if turn % 2 else 1]:
            asked = [
                "--rounds",
                str(given.rounds),
                "--seconds",
                str(given.seconds),
                "--pairs",
                str(given.pairs),
            ]
            done = subprocess.run(
                [sys.executable, Path(__file__).resolve(), *asked, "--batch", *map(str, given.batch)],
                env=machine.clean_environment({}) | {"PYTHONPATH": str(tree)},
                cwd=tree,
                capture_output=True,
                text=True,
                check=True,
            )
            found[name].append(json.loads(done.stdout)["us_per_entry"])
    return found


def arguments() -> argparse.Namespace:
    """What to measure, and for how long."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--batch", type=int, nargs="+", default=[1, 16, 64], help="entries a batch (1 to 256)"
    )
    parser.add_argument("--pairs", type=int, default=200, help="one-to-one conversations (1 to 5000)")
    parser.add_argument("--rounds", type=int, default=3, help="of each size (at most 50)")
    parser.add_argument("--seconds", type=float, default=1.5, help="of a round (at most 120)")
    parser.add_argument("--beside", type=Path, help="another checkout, measured in turns with this one")
    parser.add_argument("--turns", type=int, default=3, help="of each checkout (at most 20)")
    given = parser.parse_args()
    bounds = {"pairs": 5000, "rounds": 50, "seconds": 120, "turns": 20}
    if not all(0 < getattr(given, name) <= most for name, most in bounds.items()):
        parser.error(f"more than 0, and at most {bounds}")
    if not all(0 < size <= 256 for size in given.batch):
        parser.error("--batch is 1 to 256")
    return given


def main() -> None:
    """Measures and prints."""
    given = arguments()
    report: dict[str, Any] = {"machine": machine.state()}
    if given.beside is not None:
        report["us_per_entry"] = _beside(given)
    else:
        with tempfile.TemporaryDirectory(prefix="quietline-bench-", ignore_cleanup_errors=True) as directory:
            report["us_per_entry"] = uvloop.run(measure(given, Path(directory)))
    sys.stdout.write(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
