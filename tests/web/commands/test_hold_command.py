"""`quietline hold`: what is held is not erased."""

import json

from tests.cast import provisioning_lines
from tests.web.commands.test_people_commands import Terminal, slug, terminal

__all__ = ["slug", "terminal"]


def test_what_is_held_is_not_erased_until_it_ends(terminal: Terminal, slug: str) -> None:
    lines = [json.loads(line) for line in provisioning_lines(slug, clients=1)]
    made = terminal.provisioned([one for one in lines if "session" not in one])
    client = next(one["person"]["id"] for one in made if one.get("person", {}).get("role") == "client")
    (told,) = terminal.told("hold", "set", "--person", client, "--reason", "a court asks", "--json")
    assert told == {"person": client, "held": True}
    assert client in {one["id"] for one in terminal.told("hold", "list", "--json")}
    code, _, err = terminal.run("erase", "--person", client, "--yes")
    assert (code, len(err.splitlines()), "hold list" in err) == (1, 1, True)
    for again in (("hold", "set", "--person", client), ("hold", "end", "--conversation", client)):
        code, _, err = terminal.run(*again)
        assert (code, len(err.splitlines())) == (1, 1)
    code, out, _ = terminal.run("hold", "end", "--person", client, "--reason", "it is over")
    assert (code, "held no more" in out) == (0, True)
    assert client not in {one["id"] for one in terminal.told("hold", "list", "--json")}
    (done,) = terminal.told("erase", "--person", client, "--yes", "--json")
    assert done["erased"]
