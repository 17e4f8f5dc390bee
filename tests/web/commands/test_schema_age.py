"""Which commands change a schema, and what all of them say over one that is older or newer than the program."""

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar
from uuid import uuid4

import pytest
from alembic import command as alembic
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from tests.conftest import TestDatabase, own_database, start_server
from tests.house.test_documentation import commands
from tests.web.conftest import Said
from threads.database import connector, engine
from threads.schema import SERVES_FROM, _config
from web.cli import main
from web.cli_commands import parser

T = TypeVar("T")

CHANGE: dict[str, tuple[str, ...]] = {"quietline demo": (), "quietline serve": (), "quietline migrate": ()}
"""What brings an older schema up to date, with the arguments it needs."""
LEAVE: dict[str, tuple[str, ...]] = {
    "quietline provision": ("-",),
    "quietline token create": ("--person", str(uuid4())),
    "quietline mail reparse": (),
    "quietline audit verify": (),
    "quietline breach report": ("--practice", "aged", "--from", "2026-01-01", "--until", "2026-02-01"),
    "quietline erase": ("--conversation", str(uuid4()), "--yes"),
    "quietline retention": ("--erase", "--yes"),
    "quietline hold set": ("--person", str(uuid4())),
    "quietline hold end": ("--person", str(uuid4())),
    "quietline hold list": (),
    "quietline export": ("--conversation", str(uuid4()), "--format", "json", "-o", "-"),
    "quietline keys rotate": (),
    "quietline mail queue": (),
    "quietline mail flush": (),
    "quietline doctor": (),
    "quietline practice create": ("--slug", "aged", "--name", "Aged"),
    "quietline person list": (),
    "quietline person set": ("nobody", "--name", "Other"),
    "quietline person invite": ("nobody",),
    "quietline person reset": ("nobody", "--reason", "lost"),
    "quietline token list": ("nobody",),
    "quietline token revoke": (str(uuid4()),),
}
"""What must not touch it: somebody may be serving from it with the program that made it."""
APART: dict[str, tuple[str, ...]] = {
    "quietline health": (),
    "quietline mail consent": (),
    "quietline backup verify": ("kept",),
    "quietline restore": ("kept", "--data-dir", "new"),
    "quietline database upgrade": ("--from", "former"),
    "quietline unlock": ("kept", "-o", "-"),
    "quietline recovery sheet": (),
    "quietline recovery check": (),
}
"""What speaks to no database, or to none that is there yet."""
AS_IT_IS: dict[str, tuple[str, ...]] = {"quietline backup": ("-o", "kept")}
"""Copies whatever is there, so also before an upgrade; it says in the backup which schema that was."""
NEWEST = str(ScriptDirectory.from_config(_config()).get_current_head())


def words(command: str, arguments: tuple[str, ...]) -> list[str]:
    return [*command.split()[1:], *arguments]


def as_owner(database: TestDatabase, work: Callable[[Connection], T]) -> T:
    async def run() -> T:
        owner = engine(connector(database.accesses.owner.url()), size=1)
        try:
            async with owner.begin() as connection:
                return await connection.run_sync(work)
        finally:
            await owner.dispose()

    return asyncio.run(run())


def step_of(connection: Connection) -> str:
    return str(connection.scalar(text("select version_num from alembic_version")))


def set_back(connection: Connection) -> str:
    """Takes the newest step away; the one that is the newest then."""
    config = _config()
    config.attributes["connection"] = connection
    alembic.downgrade(config, "-1")
    return step_of(connection)


def set_ahead(connection: Connection, serves: str) -> None:
    """As a later program leaves it, which serves programs that know this step."""
    connection.execute(text("update alembic_version set version_num = 'v9999'"))
    connection.execute(text(f"comment on table alembic_version is 'serves programs from {serves}'"))


@pytest.fixture
def other(
    tmp_path_factory: pytest.TempPathFactory, said: Said, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TestDatabase]:
    """A database of this test's own, which every command of the test speaks to."""
    with own_database(tmp_path_factory.mktemp("aged")) as made:
        for name, value in made.environment().items():
            monkeypatch.setenv(name, value)
        yield made


def test_every_command_says_whether_it_changes_the_schema() -> None:
    """A new command fails here until it stands in one of the tables above, and so in the test below."""
    assert set(commands(parser())) == CHANGE.keys() | LEAVE.keys() | APART.keys() | AS_IT_IS.keys()
    for command, arguments in (CHANGE | LEAVE | APART | AS_IT_IS).items():
        assert parser().parse_args(words(command, arguments)).migrates is (command in CHANGE)


def test_only_what_is_meant_to_changes_an_older_schema_and_nothing_touches_a_newer_one(
    other: TestDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    older = as_owner(other, set_back)
    line = f"quietline: the database schema ({older}) is older than this program ({NEWEST}); run: quietline migrate\n"
    for command, arguments in (LEAVE | {"quietline serve": ("--no-migrate",)}).items():
        assert (main(words(command, arguments)), capsys.readouterr().err) == (1, line), command
        assert as_owner(other, step_of) == older
    assert main(["migrate"]) == 0
    assert as_owner(other, step_of) == NEWEST
    capsys.readouterr()
    as_owner(other, partial(set_ahead, serves="v9998"))
    line = (
        f"quietline: the database schema (v9999) is newer than this program ({NEWEST}): "
        "run the program that made it so, or a newer one\n"
    )
    for command, arguments in (CHANGE | LEAVE).items():
        assert (main(words(command, arguments)), capsys.readouterr().err) == (1, line), command
    assert as_owner(other, step_of) == "v9999"
    as_owner(other, lambda connection: connection.execute(text("delete from alembic_version")))
    line = f"quietline: the database schema is not there yet ({NEWEST}); run: quietline migrate\n"
    assert (main(["doctor"]), capsys.readouterr().err) == (1, line)


def test_a_newer_schema_that_says_it_serves_this_program_is_served_and_left_as_it_is(
    other: TestDatabase, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine that restarts in the middle of a rolling restart, with the version before."""
    as_owner(other, set_back)
    assert main(["migrate"]) == 0
    said = "select obj_description('alembic_version'::regclass, 'pg_class')"
    assert as_owner(other, lambda found: found.scalar(text(said))) == f"serves programs from {SERVES_FROM}"
    as_owner(other, partial(set_ahead, serves=NEWEST))
    capsys.readouterr()
    with monkeypatch.context() as older:
        older.setattr("threads.schema.install", too_late)
        older.setattr("threads.schema.upgrade", too_late)
        for command in (["person", "list"], ["migrate"], ["audit", "verify"]):
            assert main(command) == 0, capsys.readouterr().err
    server = start_server(other.environment(), "--roles", "web")
    assert server.stop() == 0
    assert as_owner(other, step_of) == "v9999"


def too_late(*_: object) -> None:
    raise AssertionError("an older program touched the schema")
