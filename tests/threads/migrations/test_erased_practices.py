"""Practices that were erased before their ids were kept are found once the schema is brought up to date."""

from pathlib import Path
from uuid import UUID, uuid4

import alembic.command as alembic
from sqlalchemy import Connection, text

from tests.conftest import own_database
from tests.web.commands.test_schema_age import as_owner
from threads.schema import _config

GONE, HERE = uuid4(), uuid4()


def moved(connection: Connection, where: str) -> None:
    config = _config()
    config.attributes["connection"] = connection
    (alembic.upgrade if where == "head" else alembic.downgrade)(config, where)


def known(connection: Connection) -> list[tuple[UUID, bytes]]:
    query = text("select target_id, hash from directory where kind = 'erased_practice'")
    return [(row.target_id, row.hash) for row in connection.execute(query)]


def erased_by_the_version_before(connection: Connection) -> None:
    moved(connection, "v0033")
    connection.execute(
        text("select set_config('quietline.practices', :both, true)"), {"both": f"{{{GONE},{HERE}}}"}
    )
    for practice, slug in ((GONE, f"erased-{GONE}"), (HERE, f"erased-{uuid4()}")):
        connection.execute(
            text(
                "insert into practices (practice_id, slug, name, time_zone, created_at) "
                "values (:practice, :slug, '', 'UTC', now())"
            ),
            {"practice": practice, "slug": slug},
        )


def forced(connection: Connection) -> bool:
    query = "select relforcerowsecurity from pg_class where oid = 'practices'::regclass"
    return bool(connection.scalar(text(query)))


def test_the_step_finds_them_behind_row_security_and_leaves_it_as_it_was(tmp_path: Path) -> None:
    with own_database(tmp_path / "one") as one:
        as_owner(one, erased_by_the_version_before)
        as_owner(one, lambda connection: moved(connection, "head"))
        assert as_owner(one, known) == [(GONE, GONE.bytes)]
        assert as_owner(one, forced)
        as_owner(one, lambda connection: moved(connection, "v0033"))
        assert as_owner(one, known) == []
