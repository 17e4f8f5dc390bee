"""`quietline retention`: says what is kept and until when, and erases what is due only where that is asked for and meant."""

import json
from datetime import UTC, datetime

from sqlalchemy import Connection, text

from tests.cast import provisioning_lines
from tests.conftest import TestDatabase
from tests.web.commands.test_people_commands import Terminal, slug, terminal
from tests.web.commands.test_schema_age import as_owner

__all__ = ["slug", "terminal"]
LONG_AGO = datetime(2001, 2, 3, tzinfo=UTC)


def test_what_is_due_is_told_and_goes_when_it_is_meant(
    terminal: Terminal, slug: str, database: TestDatabase
) -> None:
    lines = [json.loads(line) for line in provisioning_lines(slug, clients=2)]
    lines = [one for one in lines if "session" not in one]
    next(one["practice"] for one in lines if "practice" in one)["keep_years"] = 10
    made = terminal.provisioned(lines)
    mine = [one["conversation"]["id"] for one in made if "conversation" in one and "session" not in one]
    assert [one for one in terminal.told("retention", "--json") if one["conversation"] in mine] == []

    def ended(connection: Connection) -> None:
        practice = next(one["practice"]["id"] for one in made if "practice" in one)
        state = text("select set_config('quietline.practices', :practices, true)")
        connection.execute(state, {"practices": f"{{{practice}}}"})
        change = text("update conversations set ended_at = :at where id = :id")
        connection.execute(change, {"at": LONG_AGO, "id": mine[0]})

    as_owner(database, ended)
    (told,) = [one for one in terminal.told("retention", "--json") if one["conversation"] in mine]
    assert (told["conversation"], told["stage"], told["held"]) == (mine[0], "due", False)
    assert told["until"].startswith("2011-02-03")
    code, out, err = terminal.run("retention", "--erase")
    assert (code, mine[0] in out, "--yes" in err) == (1, True, True)
    gone = [
        one
        for one in terminal.told("retention", "--erase", "--yes", "--reason", "its term", "--json")
        if "erased" in one
    ]
    assert {one["erased"] for one in gone} == {"conversation", "person"}
    assert mine[0] in {one["id"] for one in gone}
    assert [one for one in terminal.told("retention", "--json") if one["conversation"] in mine] == []
