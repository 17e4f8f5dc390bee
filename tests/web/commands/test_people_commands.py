"""Practices and people at the command line, and a file that is imported twice."""

import io
import json
import secrets
from typing import Any

import pytest

from tests.cast import provisioning_lines
from tests.conftest import TestDatabase
from web.cli import main


class Terminal:
    """The program at a terminal: a command is a call, in this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._patch, self._capsys = monkeypatch, capsys

    def run(self, *arguments: str, typed: str = "") -> tuple[int, str, str]:
        """Its status, what it says and what it complains of."""
        self._patch.setattr("sys.stdin", io.StringIO(typed))
        self._capsys.readouterr()
        code = main(list(arguments))
        said = self._capsys.readouterr()
        return code, said.out, said.err

    def told(self, *arguments: str, typed: str = "", code: int = 0) -> list[dict[str, Any]]:
        """What a command says in JSON."""
        status, out, err = self.run(*arguments, typed=typed)
        assert status == code, err + out
        return [json.loads(line) for line in out.splitlines()]

    def provisioned(self, lines: list[dict[str, Any]], code: int = 0) -> list[dict[str, Any]]:
        return self.told("provision", "-", typed="\n".join(json.dumps(one) for one in lines), code=code)


@pytest.fixture
def terminal(
    database: TestDatabase, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Terminal:
    monkeypatch.setattr("web.cli_commands.set_up_logging", lambda _: None)
    for name, value in database.environment().items():
        monkeypatch.setenv(name, value)
    return Terminal(monkeypatch, capsys)


@pytest.fixture
def slug() -> str:
    return f"haus-{secrets.token_hex(4)}"


def test_a_further_practice_with_who_administers_it(terminal: Terminal, slug: str) -> None:
    created = ("practice", "create", "--slug", slug, "--name", "Haus Erle", "--time-zone", "Europe/Vienna")
    (made,) = terminal.told(*created, "--administrator", "Nour Haddad", "--json")
    assert made["url"].partition("#")[2]
    (nour,) = terminal.told("person", "list", "--practice", slug, "--json")
    assert (nour["username"], nour["role"], nour["invitation"]) == ("nour-haddad", "administrator", "waiting")
    code, out, err = terminal.run(*created)
    assert (code, out, len(err.splitlines())) == (1, "", 1)


def test_somebody_is_changed_let_go_invited_and_reset(terminal: Terminal, slug: str) -> None:
    terminal.provisioned([json.loads(line) for line in provisioning_lines(slug, clients=1)])
    name = f"client0-{slug}"
    changed = ("--name", "Ana", "--email", "ana@mail.example", "--email-mode", "full")
    (ana,) = terminal.told("person", "set", name, *changed, "--json")
    assert (ana["name"], ana["email"], ana["email_mode"]) == ("Ana", "ana@mail.example", "full")
    assert terminal.told("person", "set", name, "--email", "", "--json")[0]["email"] is None
    first = terminal.told("person", "invite", name, "--json")[0]["url"]
    reset = terminal.told("person", "reset", name, "--reason", "phone and card lost", "--json")[0]["url"]
    assert first != reset
    (token,) = terminal.told("token", "create", "--person", ana["id"], "--json")
    assert token["token"]
    (sign_in,) = terminal.told("token", "list", name, "--json")
    assert terminal.told("token", "revoke", sign_in["id"], "--json") == [
        {"id": sign_in["id"], "revoked": True}
    ]
    assert terminal.told("token", "list", name, "--json") == []
    assert terminal.told("person", "set", name, "--active", "false", "--json")[0]["active"] is False
    for refused in (
        ("person", "invite", name),
        ("person", "set", "nobody-at-all", "--name", "x"),
        ("person", "set", name),
        ("person", "set", name, "--email", "nowhere"),
        ("person", "reset", name, "--reason", " "),
        ("token", "revoke", sign_in["id"]),
        ("token", "list", "nobody-at-all"),
        ("person", "list", "--practice", "nowhere-at-all"),
    ):
        code, out, err = terminal.run(*refused)
        assert (code, out, len(err.splitlines())) == (1, "", 1), refused


def test_a_name_of_several_practices_needs_its_practice(terminal: Terminal, slug: str) -> None:
    for each in (slug, f"{slug}-b"):
        person = {"practice": each, "role": "client", "username": f"ruth-{slug}", "name": each}
        terminal.provisioned([{"practice": {"slug": each, "name": each}}, {"person": person}])
    code, _, err = terminal.run("person", "invite", f"ruth-{slug}")
    assert code == 1
    assert "--practice" in err
    (made,) = terminal.told(
        "person", "set", f"ruth-{slug}", "--practice", f"{slug}-b", "--active", "true", "--json"
    )
    assert made["name"] == f"{slug}-b"


def file_of(slug: str, **changed: Any) -> list[dict[str, Any]]:
    """A caseload as another program exports it each night."""
    here = {"practice": slug}
    staff = [
        {
            "person": {
                **here,
                "role": "therapist",
                "username": f"{name}-{slug}",
                "name": name,
                "ref": f"s-{name}",
            }
        }
        for name in ("mira", "eli")
    ]
    ruth = {**here, "role": "client", "username": f"ruth-{slug}", "name": "Ruth", "ref": "c-1"}
    circle = {
        **here,
        "clients": [f"ruth-{slug}"],
        "clinicians": [f"{name}-{slug}" for name in changed.pop("clinicians", ("mira",))],
        "kind": "individual",
        "ref": "v-1",
        "answer_rule": changed.pop("answer_rule", {"weekday": "monday"}),
    }
    practice = {"slug": slug, "name": changed.pop("practice_name", "Haus Linde"), "ref": "p"}
    practice |= {"workdays": ["monday", "friday"], "holidays": [{"day": "2031-01-06", "name": "Epiphany"}]}
    practice |= {"mail_subject": "Something for you", "numbers": [{"name": "Night", "number": "142"}]}
    starts = "2031-01-01T10:00:00+01:00"
    session = {**here, "conversation": 0, "starts": starts, "minutes": 50, "ref": "a-1"}
    return [
        {"practice": practice},
        *staff,
        {"person": ruth | changed},
        {"conversation": circle},
        {"session": session},
        *(
            {
                "letter": {
                    **here,
                    "conversation": 0,
                    "author": f"{who}-{slug}",
                    "at": f"2019-03-0{day}T18:30:00+01:00",
                    "text": f"CANARY {day}",
                    "ref": f"l-{day}",
                }
            }
            for day, who in enumerate(("ruth", "mira", "ruth"), 1)
        ),
    ]


def test_the_same_file_again_is_the_same_practice_updated(terminal: Terminal, slug: str) -> None:
    first = terminal.provisioned(file_of(slug))
    again = terminal.provisioned(file_of(slug))
    assert [one["id"] for one in first] == [one["id"] for one in again]
    assert "invitation" in first[3]["person"]
    assert "invitation" not in again[3]["person"]
    other = file_of(
        slug,
        practice_name="Haus Erle",
        clinicians=("eli",),
        answer_rule={"working_days": 3},
        name="Ruth Ann",
        email="ruth@mail.example",
        active=False,
    )
    third = terminal.provisioned(other)
    assert [one["id"] for one in first] == [one["id"] for one in third]
    people = {one["id"]: one for one in terminal.told("person", "list", "--practice", slug, "--json")}
    ruth = people[first[3]["id"]]
    assert (ruth["name"], ruth["email"], ruth["active"]) == ("Ruth Ann", "ruth@mail.example", False)


def test_what_a_reference_cannot_be_is_refused_and_the_rest_goes_on(terminal: Terminal, slug: str) -> None:
    terminal.provisioned(file_of(slug))
    circle = file_of(slug)[4]["conversation"]
    lines = [
        {"person": file_of(slug)[3]["person"] | {"username": "other"}},
        {"person": file_of(slug)[3]["person"] | {"role": "therapist"}},
        {"conversation": circle | {"kind": "couple"}},
        {"conversation": circle | {"answer_rule": {"weekday": "someday"}}},
        {"practice": {"slug": f"{slug}-new", "name": "New", "workdays": []}},
        {"practice": {"slug": f"{slug}-new", "name": "New", "mail_name": "x" * 81}},
        {"person": file_of(slug)[3]["person"] | {"ref": ""}},
        {"person": file_of(slug)[3]["person"] | {"active": "no"}},
        *({kind: fields | {"surprise": 1}} for line in file_of(slug) for kind, fields in line.items()),
        file_of(slug)[3],
    ]
    answers = terminal.provisioned(lines, code=1)
    assert [("error" in one) for one in answers] == [True] * (len(lines) - 1) + [False]
    assert all("'surprise'" in one["error"] for one in answers[8:-1])
    (made,) = terminal.provisioned([{"practice": {"slug": f"{slug}-new", "name": "New"}}])
    assert "error" not in made, "nothing was half made"
