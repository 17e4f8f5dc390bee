"""How long backup, looking through and restoring take: one JSON object on standard output.

    python -m tests.bench.backup --entries 100000

An embedded database with that many lines of chat (200 characters each) in a hundred conversations, nobody writing. Peak
memory is the command's own, its database not counted.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from messaging.conversations import Kind, Member
from messaging.people import Role
from messaging.practice.founding import NewPerson, NewPractice, add_person, begin_conversation, found_practice
from messaging.record.posting import say
from messaging.record.reading import enter
from messaging.sessions.holding import open_session
from messaging.trust.access import Deed
from tests.bench.machine import clean_environment
from tests.conftest import migrated
from web.house import house
from web.settings import Settings, read_settings

CONVERSATIONS = 100
WORDS = (
    "What is said takes about two hundred characters, which is a long line of chat and a short letter. " * 2
)


async def filled(settings: Settings, entries: int) -> None:
    """The practice and its lines."""
    await migrated(settings)
    async with house(settings) as built:
        office = built.office
        practice = await found_practice(office, NewPractice("haus-linde", "Haus Linde", "UTC"))
        mira = await add_person(office, practice.id, NewPerson(Role.THERAPIST, "mira", "Dr Mira"))
        for number in range(CONVERSATIONS):
            client = await add_person(
                office, practice.id, NewPerson(Role.CLIENT, f"c{number}", f"Client {number}")
            )
            members = (Member(client.id, client.role), Member(mira.id, mira.role))
            begun = await begin_conversation(office, practice.id, Kind.INDIVIDUAL, members)
            held, _ = await enter(office, mira, begun.id, Deed.HOLD_SESSION)
            await open_session(office, held, beside=True)
            writing, _ = await enter(office, mira, begun.id, Deed.SAY)
            left = entries // CONVERSATIONS
            while left:
                at_once = min(left, 500)
                await asyncio.gather(*(say(office, writing, office.new_id(), WORDS) for _ in range(at_once)))
                left -= at_once


def measured(settings: dict[str, str], *arguments: str) -> dict[str, float]:
    """Seconds and MB at the most, of one command."""
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "web.cli", *arguments],
        env=clean_environment(settings),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status):
        raise RuntimeError(f"{arguments[0]} failed")
    return {"seconds": round(time.monotonic() - began, 1), "peak_mb": round(used.ru_maxrss / 1024)}


def run(entries: int) -> dict[str, Any]:
    """Everything, in a directory that is removed."""
    with tempfile.TemporaryDirectory() as folder:
        old, new, file = Path(folder, "old"), Path(folder, "new"), Path(folder, "backup")
        settings = {"QUIETLINE_DATA_DIR": str(old)}
        asyncio.run(filled(read_settings(settings), entries))
        found: dict[str, Any] = {"entries": entries}
        found["backup"] = measured(settings, "backup", "-o", str(file))
        found["backup"]["mb"] = round(file.stat().st_size / 1e6, 1)
        found["verify"] = measured(settings, "backup", "verify", str(file))
        found["restore"] = measured(
            settings, "restore", str(file), "--data-dir", str(new), "--reason", "bench"
        )
        return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000)
    json.dump(run(parser.parse_args().entries), sys.stdout)
    sys.stdout.write("\n")
