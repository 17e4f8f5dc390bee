"""An installation to be measured: a data directory, the checkout that serves it, and the people in live sessions there."""

import json
import secrets
import time
from pathlib import Path
from typing import Any

from tests.bench import machine
from tests.bench.load import Seat
from tests.bench.machine import Subject


class Installed:
    """The server of this checkout, or of `tree`, over an embedded PostgreSQL in `directory`. One runs at a time."""

    def __init__(self, directory: Path, tree: Path | None = None) -> None:
        directory.mkdir()
        self._settings = {"QUIETLINE_DATA_DIR": str(directory), "QUIETLINE_HTTP": "127.0.0.1:0"}
        self._tree = tree
        self.seats: list[Seat] = []

    def start(self) -> Subject:
        """Serves, without mail."""
        return machine.start(
            "web.cli", "serve", "--json", "--roles", "web", settings=self._settings, tree=self._tree
        )

    def provision(self, pairs: int) -> float:
        """Pairs in live sessions: each client has a therapist of their own, as in a session. Returns the seconds it took."""
        server = self.start()
        try:
            began = time.monotonic()
            made = self._command("provision", "-", given=caseload(pairs))
            people = [line["id"] for line in made if "person" in line]
            conversations = [line["id"] for line in made if "conversation" in line]
            minted = self._command("token", "create", "--person", "-", given=people)
        finally:
            server.stop()
        self.seats = [Seat(conversations[i // 2], line["token"]) for i, line in enumerate(minted)]
        return time.monotonic() - began

    def _command(self, *arguments: str, given: list[str]) -> list[dict[str, Any]]:
        return machine.command(self._settings, *arguments, "--json", given=given, tree=self._tree)


def caseload(pairs: int) -> list[str]:
    """Lines for `quietline provision`."""
    slug = f"bench-{secrets.token_hex(4)}"
    lines: list[dict[str, Any]] = [{"practice": {"slug": slug, "name": "Bench", "time_zone": "UTC"}}]
    for i in range(pairs):
        for role in ("client", "therapist"):
            name = f"{role}{i}-{slug}"
            lines.append(
                {"person": {"practice": slug, "role": role, "username": name, "name": f"{role} {i}"}}
            )
    for i in range(pairs):
        members = {"clients": [f"client{i}-{slug}"], "clinicians": [f"therapist{i}-{slug}"]}
        lines.append({"conversation": {"practice": slug, "kind": "individual", **members}})
    live = {"practice": slug, "minutes": 240, "state": "live"}
    lines += [{"session": {**live, "conversation": i}} for i in range(pairs)]
    return [json.dumps(line) for line in lines]
