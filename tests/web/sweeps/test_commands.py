"""What commands print: every command there is, over two practices full of marked words and names.

The commands are the program's own, as its parser has them: one that nothing here stands for fails. Words of a record are
printed by `export` alone, and those of the record that was named. What is asked about one practice says nothing of another.
"""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import ZipFile

import pytest

from messaging.ending.care import Ending, end_care
from messaging.practice.changing import Changes, change_person
from messaging.practice.settings import PracticeChanges, change_practice
from tests.cast import Cast, found_cast, nobody
from tests.conftest import TestDatabase, own_database, start_server
from tests.house.test_documentation import commands
from tests.web.commands.test_people_commands import Terminal
from tests.web.sweeps import test_canaries as marking
from web.cli_commands import parser
from web.house import house

OURS, THEIRS = "kingfisher", "sandpiper"
"""In every word of a record, and in every name and address, of the one practice and of the other."""
WORD = "-word-"
"""Beside it in words, and nowhere else."""


@dataclass(frozen=True)
class Asked:
    """One way to type a command. `about_ours`: it names something of the first practice, else it is about all there are."""

    arguments: tuple[str, ...]
    code: int = 0
    about_ours: bool = True
    typed: str = ""
    hands_out: bool = False
    """It is for the words of the record it names."""


def ours(*arguments: str, code: int = 0, typed: str = "") -> tuple[Asked, Asked]:
    """About the first practice: for reading, and as JSON."""
    return Asked(arguments, code, typed=typed), Asked((*arguments, "--json"), code, typed=typed)


def everywhere(*arguments: str, code: int = 0) -> tuple[Asked, Asked]:
    """About the whole installation, in both forms."""
    return Asked(arguments, code, about_ours=False), Asked((*arguments, "--json"), code, about_ours=False)


@dataclass
class Ground:
    """Two practices, and what is named of them. Files are made in a folder that is looked through afterwards."""

    slug: str
    person: str
    conversation: str
    elsewhere: str
    """A conversation of the other practice, and who is in it."""
    stranger: str
    folder: Path
    sheet: str = ""
    sign_ins: list[str] = field(default_factory=list)

    @property
    def client(self) -> str:
        return f"ruth-{self.slug}"

    def path(self, name: str) -> str:
        return str(self.folder / name)


def provisioned(ground: Ground) -> Sequence[Asked]:
    """One line that is taken, and lines that name what is another practice's."""
    lines = [
        {
            "person": {
                "practice": ground.slug,
                "role": "client",
                "username": f"new-{ground.slug}",
                "name": "New",
            }
        },
        {
            "session": {
                "practice": ground.slug,
                "conversation": ground.elsewhere,
                "starts": "2031-01-01T10:00:00Z",
                "minutes": 50,
            }
        },
        {
            "conversation": {
                "practice": ground.slug,
                "clients": [ground.stranger],
                "clinicians": [f"mira-{ground.slug}"],
                "kind": "individual",
            }
        },
    ]
    return [Asked(("provision", "-"), 1, typed="\n".join(map(json.dumps, lines)))]


def exported(ground: Ground) -> Sequence[Asked]:
    named = ("export", "--conversation", ground.conversation, "--format")
    return [
        *(Asked((*named, form, "-o", "-"), hands_out=True) for form in ("json", "mbox", "fhir")),
        *ours(*named, "html", "-o", ground.path(EXPORT), "--reason", "a court asks"),
        *ours("export", "--practice", ground.slug, "--format", "json", "-o", ground.path(WHOLE)),
        *ours("export", "--conversation", str(nobody()), "--format", "json", "-o", "-", code=1),
    ]


EXPORT, WHOLE = "export.zip", "whole.zip"
SPAN = ("--from", "2026-01-01", "--until", "2031-01-01")
COMMANDS: Mapping[str, Callable[[Ground], Sequence[Asked]]] = {
    "migrate": lambda _: everywhere("migrate"),
    "demo": lambda _: everywhere("demo", code=1),
    "doctor": lambda _: everywhere("doctor", code=1),
    "health": lambda _: everywhere("health", code=1),
    "provision": provisioned,
    "practice create": lambda _: [
        *everywhere("practice", "create", "--slug", "third", "--name", "Third")[:1],
        *everywhere("practice", "create", "--slug", "third", "--name", "Third", code=1),
    ],
    "person list": lambda ground: [
        *ours("person", "list", "--practice", ground.slug),
        *everywhere("person", "list"),
    ],
    "person set": lambda ground: [
        *ours("person", "set", ground.client, "--email-mode", "notice"),
        *ours("person", "set", ground.client, "--practice", "third", "--name", "Other", code=1),
    ],
    "person invite": lambda ground: ours("person", "invite", ground.client),
    "person reset": lambda ground: ours("person", "reset", ground.client, "--reason", "lost"),
    "token create": lambda ground: ours("token", "create", "--person", ground.person),
    "token list": lambda ground: ours("token", "list", ground.client),
    "token revoke": lambda ground: [
        one for name in ground.sign_ins for one in ours("token", "revoke", name)[:1]
    ],
    "mail queue": lambda _: everywhere("mail", "queue"),
    "mail flush": lambda _: everywhere("mail", "flush"),
    "mail consent": lambda _: everywhere("mail", "consent", code=1),
    "mail reparse": lambda ground: [
        *ours("mail", "reparse", "--conversation", ground.conversation),
        *everywhere("mail", "reparse", "--held"),
        *everywhere("mail", "reparse", "--all"),
    ],
    "audit verify": lambda _: everywhere("audit", "verify"),
    "breach report": lambda ground: [
        *ours("breach", "report", "--practice", ground.slug, *SPAN),
        *ours("breach", "report", "--person", ground.client, *SPAN),
        *ours("breach", "report", "--conversation", ground.conversation, *SPAN),
        *ours("breach", "report", "--practice", ground.slug, *SPAN, "-o", ground.path("breach")),
    ],
    "export": exported,
    "backup": lambda ground: everywhere("backup", "-o", ground.path("backup")),
    "backup verify": lambda ground: everywhere("backup", "verify", ground.path("backup")),
    "unlock": lambda ground: ours("unlock", ground.path("backup"), "-o", ground.path("unlocked"), code=1),
    "recovery sheet": lambda _: everywhere("recovery", "sheet"),
    "recovery check": lambda ground: [
        Asked(("recovery", "check"), about_ours=False, typed=ground.sheet),
        *everywhere("recovery", "check", code=1),
    ],
    "restore": lambda ground: [
        *everywhere("restore", ground.path("backup"), "--data-dir", ground.path("new"))[:1],
        *everywhere("restore", ground.path("backup"), "--data-dir", ground.path("new"), code=1),
    ],
    "database upgrade": lambda ground: everywhere("database", "upgrade", "--from", ground.path("no"), code=1),
    "keys rotate": lambda _: everywhere("keys", "rotate"),
    "hold set": lambda ground: [
        *ours("hold", "set", "--person", ground.person)[:1],
        *ours("hold", "set", "--person", ground.person, code=1),
    ],
    "hold list": lambda _: everywhere("hold", "list"),
    "hold end": lambda ground: [
        *ours("hold", "end", "--person", ground.person)[:1],
        *ours("hold", "end", "--person", ground.person, code=1),
    ],
    "retention": lambda _: everywhere("retention"),
    "erase": lambda ground: [
        *ours("erase", "--conversation", ground.conversation, "--dry-run"),
        *ours("erase", "--practice", ground.slug, "--dry-run"),
        *ours("erase", "--person", ground.person, "--yes")[:1],
        *ours("erase", "--practice", ground.slug, "--yes")[:1],
    ],
    "serve": lambda _: [],
}
"""In the order in which they are typed. `serve` is a process of its own (below)."""
NAMES_EVERYBODY = {"person list"}
"""Lists the people of all practices, by name, where no practice is named."""


def test_every_command_is_typed_here() -> None:
    assert {one.removeprefix("quietline ") for one in commands(parser())} == COMMANDS.keys()


async def marked(cast: Cast, mark: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody's name and address, the practice's name, and every word of Ben's record."""
    for name, person in cast.people.items():
        changes = Changes(name=f"{name} {mark}", email=f"{name}.{mark}.{cast.practice.slug}@mail.example")
        cast.people[name] = (await change_person(cast.office, cast["nour"], person.id, changes)).person
    await change_practice(cast.office, cast["nour"], PracticeChanges(name=f"House {mark}"))
    with monkeypatch.context() as patch:
        patch.setattr(marking, "CANARY", f"{mark}{WORD}")
        await marking.filled(cast)
    await end_care(
        cast.office, cast["mira"], cast.conversation("ben"), Ending(f"{mark}{WORD}", knowingly=True)
    )


@pytest.fixture
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestDatabase]:
    """One that has these practices and no other, for this test alone."""
    with own_database(tmp_path_factory.mktemp("commands")) as made:
        yield made


@pytest.fixture
def terminal(
    database: TestDatabase, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Terminal:
    monkeypatch.setattr("web.cli_commands.set_up_logging", lambda _: None)  # the log is caught instead
    backup = {"QUIETLINE_BACKUP_URL": database.accesses.backup.url()}
    for name, value in (database.environment() | backup).items():
        monkeypatch.setenv(name, value)
    return Terminal(monkeypatch, capsys)


@pytest.fixture
def ground(database: TestDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ground:
    async def fill() -> Ground:
        async with house(database.settings()) as built:
            both = [await found_cast(built), await found_cast(built)]
            for cast, mark in zip(both, (OURS, THEIRS), strict=True):
                await marked(cast, mark, monkeypatch)
            first, other = both
            return Ground(
                slug=first.practice.slug,
                person=str(first["ruth"].id),
                conversation=str(first.conversation("ben")),
                elsewhere=str(other.conversation("ben")),
                stranger=f"ruth-{other.practice.slug}",
                folder=tmp_path,
            )

    return asyncio.run(fill())


def test_words_are_printed_by_export_alone_and_nothing_of_another_practice(
    ground: Ground, terminal: Terminal, caplog: pytest.LogCaptureFixture
) -> None:
    handed_out = named = 0
    for command, typed in COMMANDS.items():
        for one in typed(ground):
            code, out, err = terminal.run(*one.arguments, typed=one.typed)
            said = out + err + str([vars(line) for line in caplog.records])
            caplog.clear()
            assert code == one.code, (one.arguments, said)
            if command == "token create" and "--json" in one.arguments:
                listed = terminal.told("token", "list", ground.client, "--json")
                ground.sign_ins = [line["id"] for line in listed]
            if command == "recovery sheet" and "--json" not in one.arguments:
                ground.sheet = out
            if one.hands_out:
                handed_out += f"{OURS}{WORD}" in said
            else:
                assert WORD not in said, one.arguments
            if one.about_ours or command not in NAMES_EVERYBODY:
                assert THEIRS not in said, one.arguments
            named += OURS in said
    assert handed_out == 3
    for name in (EXPORT, WHOLE):
        with ZipFile(ground.path(name)) as file:
            pages = b"".join(file.read(one) for one in file.namelist())
        assert (f"{OURS}{WORD}".encode() in pages, THEIRS.encode() in pages) == (True, False), name
    assert named > 6
    for path in ground.folder.rglob("*"):
        if path.is_file() and path.name not in (EXPORT, WHOLE):
            assert WORD.encode() not in path.read_bytes(), path
            # What is restored is a whole installation: names of practices stand in it, as they stand in the database.
            restored = path.is_relative_to(ground.path("new"))
            assert restored or THEIRS.encode() not in path.read_bytes(), path


def test_a_server_says_no_word_and_no_name(ground: Ground, database: TestDatabase, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("w") as into:
        running = start_server(database.environment(), "--roles", "web,mail,jobs", log=into)
        assert running.process.stdout is not None
        running.process.terminate()
        said = running.process.stdout.read()
        assert running.stop() == 0
    said += log.read_text() + json.dumps(running.addresses)
    assert [mark for mark in (OURS, THEIRS, WORD) if mark in said] == []
