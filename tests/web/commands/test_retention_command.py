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


def test_process_notes_have_a_time_of_their_own_and_go_when_it_is_meant(
    terminal: Terminal, slug: str, database: TestDatabase
) -> None:
    """Of a conversation whose record is kept on; told by ids, and never how many they are."""
    lines = [json.loads(line) for line in provisioning_lines(slug, clients=1)]
    made = terminal.provisioned([one for one in lines if "session" not in one])
    ids: dict[str, str] = {
        name: one[name]["id"] for one in made for name in ("practice", "conversation") if name in one
    }
    (ids["author"],) = [
        one["person"]["id"] for one in made if one.get("person", {}).get("role") == "therapist"
    ]

    def noted(connection: Connection) -> None:
        for name, value in (("practices", ids["practice"]), ("authors", ids["author"])):
            state = text(f"select set_config('quietline.{name}', :value, true)")
            connection.execute(state, {"value": f"{{{value}}}"})
        connection.execute(
            text(
                "insert into process_notes values "
                "(:practice, :conversation, :author, gen_random_uuid(), 1, :at, :at, 'sealed')"
            ),
            {**ids, "at": LONG_AGO},
        )
        change = text("update conversations set ended_at = :at where id = :conversation")
        connection.execute(change, {"at": LONG_AGO, "conversation": ids["conversation"]})

    as_owner(database, noted)

    def told(*more: str) -> list[dict[str, object]]:
        found = terminal.told("retention", *more, "--json")
        return [one for one in found if one.get("own_notes_of") == ids["author"]]

    (due,) = told()
    assert (due["conversation"], due["stage"], due["held"]) == (ids["conversation"], "due", False)
    assert str(due["until"]).startswith("2001-05-06")
    code, out, _ = terminal.run("retention", "--erase")
    assert (code, f"own notes of {ids['author']} on {ids['conversation']}: due" in out) == (1, True)
    assert told("--erase", "--yes", "--reason", "their time")[-1]["erased"] == "own_notes"
    assert told() == []
    stays = [
        one for one in terminal.told("retention", "--json") if one["conversation"] == ids["conversation"]
    ]
    assert [one["stage"] for one in stays] == ["kept"], "the record"
