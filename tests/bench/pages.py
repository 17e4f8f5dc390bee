"""How long each staff page takes the server, with small and large caseloads and one long record.

    python -m tests.bench.pages                                    30 and 1 000 conversations, one of 10 000 entries
    python -m tests.bench.pages --beside /path/to/other/checkout   the same of two programs, in turns

Prints one JSON object. For each caseload and page: the median and the largest of some readings, in milliseconds from the
request to the last octet, over loopback, one at a time; and the processor time of server and database for one, which other
work on the machine changes less. Each caseload has a server of its own (embedded PostgreSQL in a new directory), a therapist
and clients with three letters each, of whom three in ten wait for an answer. What a page answers is looked at: anything but
200 ends the measurement.
"""

import argparse
import http.client
import json
import secrets
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

from tests.bench import machine
from tests.bench.machine import Subject

WORDS: Final = "I keep going back to that evening, and what you wrote about it. "
LETTER: Final = WORDS * 6
WAITING: Final = 0.3
HERE: Final = Path(__file__).parents[2]
PAGES: Final = {
    "today": "/today",
    "inbox": "/inbox",
    "inbox rows": "/inbox/rows",
    "one row": "/inbox/rows/{one}",
    "conversation": "/c/{one}",
    "who waits": "/c/{one}/waits",
    "record": "/c/{one}/record",
    "calendar": "/calendar",
    "screener": "/screener",
    "account": "/account",
    "add a client": "/clients/add",
    "long conversation": "/c/{long}",
    "long, its middle": "/c/{long}?before=5000",
    "long, earlier entries": "/c/{long}/entries?before=5000",
    "long, record": "/c/{long}/record",
}


@dataclass
class House:
    """A server with its caseload: whose pages they are, and the conversations that are asked for."""

    subject: Subject
    token: str
    named: dict[str, str]

    def read(self, path: str) -> float:
        """Milliseconds to the last octet."""
        connection = http.client.HTTPConnection(urlsplit(self.subject.http).netloc, timeout=60)
        try:
            connection.connect()
            began = time.perf_counter()
            connection.request("GET", path.format(**self.named), headers=_bearer(self.token))
            answer = connection.getresponse()
            answer.read()
            took = time.perf_counter() - began
        finally:
            connection.close()
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
        return took * 1000


def house_of(tree: Path, directory: Path, conversations: int, entries: int) -> House:
    """Made, filled and started, by the program that lies there."""
    settings = {
        "QUIETLINE_DATA_DIR": str(directory),
        "QUIETLINE_HTTP": "127.0.0.1:0",
        "PYTHONPATH": str(tree),
        "PYTHONSAFEPATH": "1",  # the program of the other checkout, not the one we stand in
    }
    subject = machine.start("web.cli", "serve", "--json", "--roles", "web", settings=settings)
    made = machine.command(settings, "provision", "-", "--json", given=caseload(conversations, entries))
    people = [line["id"] for line in made if "person" in line]
    found = [line["id"] for line in made if "conversation" in line and "letter" not in line]
    minted = machine.command(settings, "token", "create", "--person", "-", "--json", given=people)
    tokens = [line["token"] for line in minted]
    waiting = int(conversations * WAITING)
    with ThreadPoolExecutor(4) as hands:
        list(hands.map(lambda n: _write(subject, tokens[n + 1], found[n]), range(waiting)))
    return House(subject, tokens[0], {"one": found[0], "long": found[-1]})


def caseload(conversations: int, entries: int) -> list[str]:
    """Lines for `quietline provision`: the last conversation is the long one."""
    slug, now = f"bench-{secrets.token_hex(4)}", datetime.now(UTC)
    within = {"practice": slug}
    lines: list[dict[str, Any]] = [{"practice": {"slug": slug, "name": "Bench", "time_zone": "UTC"}}]
    lines.append({"person": {**within, "role": "therapist", "username": f"t-{slug}", "name": "Dr Mira"}})
    for n in range(conversations):
        lines.append(
            {"person": {**within, "role": "client", "username": f"c{n}-{slug}", "name": f"Client {n}"}}
        )
    for n in range(conversations):
        both = {"clients": [f"c{n}-{slug}"], "clinicians": [f"t-{slug}"]}
        lines.append({"conversation": {**within, "kind": "individual", **both}})
    for n in range(conversations):
        many = entries if n == conversations - 1 else 3
        for turn in range(many):
            author = f"c{n}-{slug}" if turn % 2 == 0 else f"t-{slug}"
            at = now - timedelta(days=40) + timedelta(minutes=5 * turn)
            letter = {
                "conversation": n,
                "author": author,
                "at": at.isoformat(),
                "text": LETTER,
                "ref": f"{n}-{turn}",
            }
            lines.append({"letter": {**within, **letter}})
    return [json.dumps(line) for line in lines]


def _write(subject: Subject, token: str, conversation: str) -> None:
    """A letter that waits."""
    connection = http.client.HTTPConnection(urlsplit(subject.http).netloc, timeout=60)
    body = json.dumps({"key": str(uuid4()), "text": LETTER, "channel": "web"})
    place = f"/api/v1/conversations/{conversation}/messages"
    connection.request("POST", place, body, {**_bearer(token), "Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 201:
        raise RuntimeError(f"a letter was answered {answer.status}")


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def measured(houses: dict[str, House], repeat: int) -> dict[str, Any]:
    """Each page of each program in turns; the first reading of each warms it and does not count."""
    report: dict[str, Any] = {}
    for page, path in PAGES.items():
        sys.stderr.write(f"{page}\n")
        readings: dict[str, list[float]] = {name: [] for name in houses}
        used = dict.fromkeys(houses, 0.0)
        for turn in range(repeat + 1):
            for name, house in houses.items():
                before = sum(house.subject.cpu().values())
                took = house.read(path)
                if turn:
                    readings[name].append(took)
                    used[name] += sum(house.subject.cpu().values()) - before
        report[page] = {
            name: {
                "median_ms": round(median(took), 1),
                "most_ms": round(max(took), 1),
                "cpu_ms": round(used[name] / repeat * 1000, 1),
            }
            for name, took in readings.items()
        }
    return report


def arguments() -> argparse.Namespace:
    """What to measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--conversations", type=int, nargs="+", default=[30, 1000], help="at most 5000")
    parser.add_argument(
        "--entries", type=int, default=10_000, help="of the long conversation, at most 100 000"
    )
    parser.add_argument("--repeat", type=int, default=9, help="readings of each page, at most 100")
    parser.add_argument("--beside", type=Path, help="another checkout, measured in turns with this one")
    given = parser.parse_args()
    if not all(2 <= n <= 5000 for n in given.conversations) or not 3 <= given.entries <= 100_000:
        parser.error("--conversations is 2 to 5000, --entries 3 to 100000")
    if not 1 <= given.repeat <= 100:
        parser.error("--repeat is 1 to 100")
    return given


def main() -> None:
    """Measures and prints."""
    given = arguments()
    trees = {"this": HERE} | ({"beside": given.beside.resolve()} if given.beside else {})
    report: dict[str, Any] = {"machine": machine.state(), "entries": given.entries}
    for count in given.conversations:
        houses: dict[str, House] = {}
        with tempfile.TemporaryDirectory(prefix="quietline-pages-", ignore_cleanup_errors=True) as directory:
            try:
                for name, tree in trees.items():
                    houses[name] = house_of(tree, Path(directory) / name, count, given.entries)
                report[f"{count} conversations"] = measured(houses, given.repeat)
            finally:
                for house in houses.values():
                    house.subject.stop()
    sys.stdout.write(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
