"""Expand, then contract: what a release relied on is there for as long as it may run beside the next one.

While nodes are changed one by one, the program of before reads and writes the schema of now. So a release adds; it takes
away only what the release before it has stopped to use, and says so here.
"""

import json
from typing import Any

import pytest

from messaging.trust.root_keys import RootKey, RootKeys
from tests.conftest import TestDatabase
from tests.releases.catalogue import catalogue, narrowed
from tests.releases.keep import HERE
from threads.database import connector
from threads.schema import SERVES_FROM, steps_known
from web.commands.backing_up import begun_with

CONTRACTED: dict[str, dict[str, str]] = {}
"""By release: what later ones took away, and why nobody misses it."""
KEPT = sorted(one.parent for one in HERE.glob("*/catalogue.json"))


async def catalogue_now(database: TestDatabase) -> dict[str, Any]:
    connection = await connector(**database.accesses.owner.connect_kwargs())()
    try:
        return await catalogue(connection)
    finally:
        await connection.close()


@pytest.mark.parametrize("kept", KEPT, ids=lambda kept: kept.name)
async def test_the_release_before_finds_what_it_relies_on(database: TestDatabase, kept: Any) -> None:
    before = json.loads((kept / "catalogue.json").read_text())
    assert narrowed(before, await catalogue_now(database)) == set(CONTRACTED.get(kept.name, ()))


@pytest.mark.parametrize("kept", KEPT, ids=lambda kept: kept.name)
def test_whom_the_schema_says_it_serves_misses_nothing(kept: Any) -> None:
    """A machine that restarts with an older program asks the schema (`SERVES_FROM`), and not this list."""
    master = RootKeys([RootKey(bytes.fromhex((kept / "master.key").read_text()))])
    with (kept / "kept.backup").open("rb") as file:
        newest = begun_with(file, master)[0].schema
    assert newest in steps_known()
    assert newest < SERVES_FROM or not CONTRACTED.get(kept.name), "raise SERVES_FROM"


async def test_what_a_later_one_takes_away_is_seen(database: TestDatabase) -> None:
    now = await catalogue_now(database)
    assert narrowed(now, now) == set()
    assert len(now["columns"]) > 200
    assert "entries.sealed" in now["columns"]
    function = next(one for one in now["functions"] if one.startswith("write_batch("))
    for change, seen in {
        "drop": {"column entries.sealed"},
        "type": {"column entries.sealed"},
        "required": {"asked for: people.grace_until"},
        "new": {"asked for: people.more"},
        "function": {f"function {function}"},
        "rule": {"rule people: CHECK ((role <> ''::text))"},
        "table": set(),
    }.items():
        assert narrowed(now, changed(now, change, function)) == seen, change


def changed(now: dict[str, Any], change: str, function: str) -> dict[str, Any]:
    """The same after a step that did this."""
    columns, functions, rules = dict(now["columns"]), dict(now["functions"]), list(now["rules"])
    match change:
        case "drop":
            del columns["entries.sealed"]
        case "type":
            columns["entries.sealed"] = ["text", True]
        case "required":
            columns["people.grace_until"] = [columns["people.grace_until"][0], True]
        case "new":
            columns["people.more"] = ["text", True]
        case "function":
            functions[function] = "text"
        case "rule":
            rules.append("people: CHECK ((role <> ''::text))")
        case _:
            columns |= {"more.id": ["uuid", True]}
            rules.append("more: UNIQUE (id)")
    return {"columns": columns, "functions": functions, "rules": rules}
