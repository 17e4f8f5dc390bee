"""Every release's installation is opened by this program: no word of it is lost, and every page of it is shown."""

import asyncio
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.house.tree import ROOT
from tests.releases.keep import HERE, quietline, records_in, running
from tests.web.visitor import Visitor

KEPT = sorted(one.parent for one in HERE.glob("*/kept.backup"))
PASSWORD = "tea and rain"
"""Of everybody in a demonstration."""
FIRST = {"client": "/me", "therapist": "/today", "administrator": "/admin"}
MORE = {
    "client": ("/me/letters", "/me/sessions", "/me/readers", "/account"),
    "therapist": ("/inbox", "/calendar", "/account"),
    "administrator": ("/account",),
}


def test_every_release_is_kept() -> None:
    released = re.findall(r"^## (\d+\.\d+\.\d+)\b", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert {one.name for one in KEPT} == set(released), "python -m tests.releases.keep"
    assert all((one / "program.tar.xz").exists() for one in KEPT)


@dataclass(frozen=True)
class Brought:
    """What was kept, and the same as an installation of this program, served at `site`."""

    kept: Path
    home: Path
    site: str
    records: dict[str, Any]
    """As they are told before anybody serves them: a server goes on, and times that have passed are events."""


@pytest.fixture(scope="module", params=KEPT, ids=lambda kept: kept.name)
def brought(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Brought]:
    """Restored by this program, as an operator would."""
    kept, home = request.param, tmp_path_factory.mktemp("brought") / "home"
    home.mkdir()
    shutil.copyfile(kept / "master.key", home / "master.key")
    (home / "master.key").chmod(0o600)
    quietline(
        home, "restore", str(kept / "kept.backup"), "--data-dir", str(home), "--reason", "a later release"
    )
    shutil.copyfile(kept / "audit.anchors", home / "audit.anchors")
    records = asyncio.run(records_in(home))
    with running(home) as server:
        yield Brought(kept, home, server.http, records)


def missing(before: Any, now: Any, at: str = "") -> list[str]:
    """What was told before and is told otherwise now. Fields may be added."""
    if isinstance(before, dict) and isinstance(now, dict):
        return [
            found
            for name, value in before.items()
            if name != "made_at"
            for found in (missing(value, now[name], f"{at}.{name}") if name in now else [f"{at}.{name}"])
        ]
    if isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        pairs = enumerate(zip(before, now, strict=True))
        return [found for place, (one, other) in pairs for found in missing(one, other, f"{at}[{place}]")]
    return [] if before == now else [at]


def test_what_is_missing_is_found() -> None:
    told = {"made_at": 1, "entries": [{"text": "Hello", "number": 1}], "people": []}
    assert missing(told, told | {"made_at": 2, "more": 3}) == []
    assert missing(told, told | {"entries": [{"text": "Hallo"}]}) == [
        ".entries[0].text",
        ".entries[0].number",
    ]
    assert missing(told, told | {"entries": []}) == [".entries"]


def test_no_word_is_lost_or_told_otherwise(brought: Brought) -> None:
    before = json.loads((brought.kept / "records.json").read_text())
    assert missing(before, brought.records) == []
    assert sum(len(one["entries"]) for one in before.values()) > 50


def test_its_trails_are_whole(brought: Brought) -> None:
    lines = quietline(brought.home, "audit", "verify").decode().splitlines()
    assert lines
    assert all(line.endswith(", whole") for line in lines), lines


async def looked_at(site: str, username: str, role: str) -> list[tuple[str, int]]:
    browser = Visitor(site)
    said = {"username": username, "password": PASSWORD, "own": "yes"}
    inside = await browser.post("/sign-in", said)
    assert inside.place == FIRST[role], username
    shown = [FIRST[role], *MORE[role]]
    front = await browser.get("/inbox" if role == "therapist" else FIRST[role])
    shown += sorted(set(re.findall(r'href="(/c/[0-9a-f-]{36})"', front.text)))
    found = []
    for place in shown:
        answer = await browser.get(place)
        assert "data-part-failed" not in answer.text, place
        assert "could not be opened" not in answer.words, place
        found.append((place, answer.status))
    return found


async def test_everybody_comes_in_and_finds_their_places(brought: Brought) -> None:
    listed = await asyncio.to_thread(people_of, brought.home)
    for one in listed:
        seen = await looked_at(brought.site, one["username"], one["role"])
        assert {status for _, status in seen} == {200}, seen
    assert {one["role"] for one in listed} >= set(FIRST)


def people_of(home: Path) -> list[dict[str, Any]]:
    """Those who could sign in."""
    lines = quietline(home, "person", "list", "--json").splitlines()
    found = [json.loads(one) for one in lines]
    return [one for one in found if one["active"] and one["role"] in FIRST and not one.get("invitation")]
