"""Discretion: over a whole journey no word, subject, address, name or token reaches a log, a metric or the database."""

import asyncio
import json
import os
import secrets
import subprocess
import sys
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from typing import Any

import websockets
from websockets.typing import Subprotocol

from tests.conftest import RunningServer, TestDatabase, start_server

CANARY = f"canary{secrets.token_hex(6)}"


def ask(server: RunningServer, path: str, body: Any = None, token: str | None = None) -> Any:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    raw = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(
        urllib.request.Request(server.http + path, raw, headers), timeout=20
    ) as answer:
        return json.load(answer)


def metrics(server: RunningServer) -> str:
    with urllib.request.urlopen(f"{server.http}/metrics", timeout=20) as answer:
        return str(answer.read().decode())


def refused(server: RunningServer, path: str, body: Any, token: str | None = None) -> int:
    try:
        ask(server, path, body, token)
    except urllib.error.HTTPError as fault:
        fault.close()
        return fault.code
    raise AssertionError("it was not refused")


async def chat(server: RunningServer, token: str, conversation: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    async with websockets.connect(
        server.live, additional_headers=headers, subprotocols=[Subprotocol("quietline.v1")]
    ) as socket:
        key = str(uuid.uuid4())
        for frame in (
            {"type": "open", "conversation": conversation, "after": 0},
            {"type": "say", "conversation": conversation, "key": key, "text": f"{CANARY} spoken"},
            {"type": "say", "conversation": conversation, "key": key, "text": f"{CANARY} other words"},
            {"type": CANARY},
            {"type": "say", "conversation": conversation, "key": str(uuid.uuid4()), "text": f"{CANARY}\x00"},
            {"type": "ping"},
        ):
            await socket.send(json.dumps(frame))
        async with asyncio.timeout(20):
            while "pong" not in str(await socket.recv()):
                pass


def provision(environment: dict[str, str]) -> dict[str, str]:
    slug = f"discreet-{secrets.token_hex(4)}"
    lines = [
        {"practice": {"slug": slug, "name": "Haus Linde"}},
        {"person": {"practice": slug, "role": "therapist", "username": f"mira-{CANARY}", "name": f"Mira {CANARY}"}},
        {"person": {"practice": slug, "role": "client", "username": f"ruth-{CANARY}", "name": f"Ruth {CANARY}",
                    "email": f"{CANARY}@mail.example", "password": f"{CANARY} password", "email_mode": "full"}},
        {"conversation": {"practice": slug, "clients": [f"ruth-{CANARY}"], "clinicians": [f"mira-{CANARY}"]}},
        {"session": {"practice": slug, "conversation": 0, "state": "live"}},
    ]  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "web.cli", "provision", "-"],
        env={**os.environ, **environment},
        input="\n".join(map(json.dumps, lines)),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert CANARY not in done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return {"mira": answers[1]["id"], "conversation": answers[3]["id"]}


def token_of(environment: dict[str, str], person: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "web.cli", "token", "create", "--person", person],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.strip()


async def test_no_word_reaches_a_log_a_metric_or_the_disk(database: TestDatabase, tmp_path: Path) -> None:
    environment = database.environment()
    made = provision(environment)
    log = tmp_path / "log"
    with log.open("w") as errors:
        server = start_server(environment, log=errors)
        try:
            signed_in = ask(
                server, "/api/v1/sign-ins", {"username": f"ruth-{CANARY}", "password": f"{CANARY} password"}
            )
            ruth, mira = signed_in["token"], token_of(environment, made["mira"])
            letters = f"/api/v1/conversations/{made['conversation']}/messages"
            letter = {"key": str(uuid.uuid4()), "text": f"{CANARY} written", "subject": f"{CANARY} subject"}
            ask(server, letters, letter, ruth)
            ask(
                server,
                letters,
                {"key": str(uuid.uuid4()), "text": f"{CANARY} answered", "in_reply_to": 2},
                mira,
            )
            assert refused(server, letters, {"key": CANARY, "text": CANARY}, ruth) == 422
            assert refused(server, "/api/v1/sign-ins", {"username": CANARY, "password": CANARY}) == 401
            await chat(server, ruth, made["conversation"])
            assert CANARY not in metrics(server)
        finally:
            server.stop()
    written = log.read_text()
    for secret in (CANARY, ruth, mira):
        assert secret not in written
    assert all(json.loads(line)["level"] for line in written.splitlines())
    assert _files_with(database.data_dir, CANARY.encode()) == []


def _files_with(folder: Path, needle: bytes) -> list[str]:
    """Every file of the database, its log of changes included."""
    found = []
    for file in folder.rglob("*"):
        if file.is_file() and not file.is_symlink() and needle in file.read_bytes():
            found.append(str(file.relative_to(folder)))
    return found


def test_a_server_that_crashes_leaves_no_core_file(server: RunningServer) -> None:
    """It would hold keys and words. The limit is the program's own, whatever the shell or service allows."""
    limits = Path(f"/proc/{server.process.pid}/limits").read_text()
    (line,) = [one for one in limits.splitlines() if one.startswith("Max core file size")]
    assert line.split()[4:6] == ["0", "0"]
