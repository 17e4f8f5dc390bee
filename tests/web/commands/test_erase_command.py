"""`quietline erase`: says what goes, asks, and erases."""

import json

from tests.cast import provisioning_lines
from tests.conftest import TestDatabase
from tests.web.commands.test_people_commands import Terminal, slug, terminal

__all__ = ["slug", "terminal"]


def test_it_is_told_first_then_meant_then_done(terminal: Terminal, slug: str, database: TestDatabase) -> None:
    made = terminal.provisioned(
        [
            json.loads(line)
            for line in provisioning_lines(slug, clients=2)
            if "session" not in json.loads(line)
        ]
    )
    first, second = [
        one["conversation"]["id"] for one in made if "conversation" in one and "session" not in one
    ]
    (told,) = terminal.told("erase", "--conversation", first, "--dry-run", "--json")
    assert (told["erased"], told["rows"]["members"]) == (False, 2)
    code, out, err = terminal.run("erase", "--conversation", first)
    assert (code, "would be erased" in out, "--yes" in err) == (1, True, True)
    (done,) = terminal.told("erase", "--conversation", first, "--yes", "--reason", "their wish", "--json")
    assert (done["erased"], done["rows"]) == (True, told["rows"])
    code, _, err = terminal.run("erase", "--conversation", first, "--yes")
    assert (code, len(err.splitlines())) == (1, 1)
    assert first in (database.data_dir / "erased.ledger").read_text("ascii")
    (other,) = terminal.told("erase", "--conversation", second, "--dry-run", "--json")
    assert other["rows"] == told["rows"], "the other one is untouched"
    code, out, _ = terminal.run("audit", "verify")
    assert code == 0, out
    ledger = database.data_dir / "erased.ledger"
    kept = ledger.read_bytes()
    ledger.unlink()
    try:
        said = terminal.told("erase", "--remember", "--json")
        assert first in {one["id"] for one in said if one["remembered"] == "conversation"}
        assert first in ledger.read_text("ascii")
        assert terminal.told("erase", "--remember", "--json") == []
    finally:
        ledger.write_bytes(kept)


def test_a_client_goes_and_is_nobody_at_the_terminal(terminal: Terminal, slug: str) -> None:
    made = terminal.provisioned(
        [
            json.loads(line)
            for line in provisioning_lines(slug, clients=1)
            if "session" not in json.loads(line)
        ]
    )
    client = next(one["person"]["id"] for one in made if one.get("person", {}).get("role") == "client")
    (done,) = terminal.told("erase", "--person", client, "--yes", "--json")
    assert done["rows"]["conversations"] == 1
    named = {one["id"]: one["name"] for one in terminal.told("person", "list", "--practice", slug, "--json")}
    assert named[client] == "[A former member]"
    for wrong in ("nobody", made[1]["person"]["id"]):
        code, _, err = terminal.run("erase", "--person", wrong, "--yes")
        assert (code, len(err.splitlines())) == (1, 1)


def test_a_practice_goes_whole_and_its_neighbour_stays(terminal: Terminal, slug: str) -> None:
    other = f"{slug}-b"
    for name in (slug, other):
        lines = [json.loads(line) for line in provisioning_lines(name, clients=1)]
        terminal.provisioned([one for one in lines if "session" not in one])
    code, _, err = terminal.run("erase", "--practice", slug)
    assert (code, "--yes" in err) == (1, True)
    (done,) = terminal.told("erase", "--practice", slug, "--yes", "--reason", "it closed", "--json")
    assert (done["practice"], done["erased"], done["rows"]["conversations"]) == (slug, True, 1)
    code, _, err = terminal.run("person", "list", "--practice", slug)
    assert (code, len(err.splitlines())) == (1, 1)
    assert len(terminal.told("person", "list", "--practice", other, "--json")) == 2
    code, _, err = terminal.run("erase", "--practice", slug, "--yes")
    assert (code, len(err.splitlines())) == (1, 1)
    assert terminal.run("audit", "verify")[0] == 0
