"""`quietline breach report`: for reading, as JSON, into a file."""

import json
from pathlib import Path

from tests.cast import provisioning_lines
from tests.web.commands.test_people_commands import Terminal, slug, terminal

__all__ = ["slug", "terminal"]
WINDOW = ("--from", "2026-01-01", "--until", "2100-01-01T00:00+01:00")


def test_it_is_told_in_three_forms(terminal: Terminal, slug: str, tmp_path: Path) -> None:
    made = terminal.provisioned([json.loads(line) for line in provisioning_lines(slug, clients=2)])
    conversation = next(
        one["conversation"]["id"] for one in made if "conversation" in one and "session" not in one
    )
    asked = ("breach", "report", *WINDOW, "--reason", "a lost laptop")
    (one,) = terminal.told(*asked, "--conversation", conversation, "--json")
    (told,) = one["conversations"]
    assert (told["id"], told["kind"], len(told["members"])) == (conversation, "individual", 2)
    assert {person["role"] for person in one["people"]} == {"client", "therapist"}
    assert [act["act"] for act in one["acts"]][-1] == "breach_reported"
    assert one["acts"][-1]["way"] == "terminal"
    (hers,) = terminal.told(*asked, "--person", f"mira-{slug}", "--practice", slug, "--json")
    assert len(hers["conversations"]) == 2
    code, out, _ = terminal.run(*asked, "--practice", slug)
    assert code == 0
    assert "2 conversations, 3 people who could read" in out
    assert f"conversation {conversation} (individual)" in out
    file = tmp_path / "report.json"
    code, out, _ = terminal.run(*asked, "--practice", slug, "-o", str(file))
    assert (code, file.stat().st_mode & 0o777) == (0, 0o600)
    assert len(json.loads(file.read_text())["conversations"]) == 2


def test_what_is_not_said_rightly_is_refused_in_one_line(terminal: Terminal, slug: str) -> None:
    terminal.provisioned([{"practice": {"slug": slug, "name": "One", "time_zone": "UTC"}}])
    wrong = (
        (),
        ("--practice", slug, "--from", "yesterday"),
        ("--practice", slug, "--from", "2200-01-01"),
        ("--practice", "nowhere"),
        ("--person", "nobody"),
        ("--conversation", "7"),
        ("--conversation", "7", "--person", "nobody"),
        ("--practice", slug, "--reason", ""),
    )
    for one in wrong:
        code, out, err = terminal.run("breach", "report", *WINDOW, *one)
        assert (code, out, len(err.splitlines())) == (1, "", 1), one
