"""Notes in a search of one's caseload, over a real PostgreSQL and with real processes."""

from uuid import uuid4

import pytest
from sqlalchemy import text

from messaging.memory.trail import Asked as AskedOfTrail
from messaging.notes.note import Changed, Written
from messaging.notes.process import write_own
from messaging.notes.progress import amend_note, take_out, write_note
from messaging.notes.sealed import own_key_id
from messaging.practice.circles import join_circle, leave_circle
from messaging.record.reading import enter
from messaging.trust.access import Deed, Pass
from messaging.trust.noted import Noted
from tests.cast import Cast
from tests.conftest import TestDatabase
from tests.messaging.searching.asked import results, wrote
from threads.database import Database, connector


async def noting(cast: Cast, who: str = "mira", of: str = "ruth") -> Pass:
    return (await enter(cast.office, cast[who], cast.conversation(of), Deed.NOTE))[0]


async def notes(cast: Cast, q: str, who: str = "mira", **more: str) -> list[tuple[str, bool]]:
    """What is found of notes: the words around, and whether it is one's own."""
    told = await results(cast, q, who, **more)
    assert told.complete
    return [(hit.excerpt, hit.own) for hit in told.hits if hit.note is not None]


async def test_notes_are_found_as_they_stand_and_own_ones_by_their_author(cast: Cast) -> None:
    held = await noting(cast)
    note, _ = await write_note(cast.office, held, Written(uuid4(), "firstbird of the record"))
    await amend_note(cast.office, held, note.id, Changed("canarybird of the record"))
    gone, _ = await write_note(cast.office, held, Written(uuid4(), "canarybird taken out"))
    await take_out(cast.office, held, gone.id)
    await write_own(cast.office, await noting(cast, of="linden"), Written(uuid4(), "canarybird of mine"))
    await write_own(cast.office, await noting(cast, "eli", "omar"), Written(uuid4(), "canarybird of Eli"))
    letter = await wrote(cast, "canarybird in a letter")
    assert await notes(cast, "firstbird") == []
    assert await notes(cast, "CANARYBIRD") == [
        ("canarybird of mine", True),
        ("canarybird of the record", False),
    ]
    assert await notes(cast, "canarybird", "eli") == [("canarybird of Eli", True)]
    ruth = str(cast.conversation("ruth"))
    assert await notes(cast, "canarybird", conversation=ruth) == [("canarybird of the record", False)]
    assert await notes(cast, "canarybird", kind="letter") == []
    told = await results(cast, "canarybird", kind="note")
    assert [hit.number for hit in told.hits] == [0, 0]
    assert (await results(cast, "canarybird")).hits[0].number == letter


async def test_who_joined_later_finds_progress_notes_from_then_on_and_who_left_finds_none(cast: Cast) -> None:
    held, conversation = await noting(cast), cast.conversation("ruth")
    await wrote(cast, "Something had been said before Eli came.")
    await write_note(cast.office, held, Written(uuid4(), "canarybird before"))
    await join_circle(cast.office, cast["nour"], conversation, cast["eli"].id)
    await write_note(cast.office, held, Written(uuid4(), "canarybird after"))
    await write_own(cast.office, held, Written(uuid4(), "canarybird of Mira"))
    await write_own(cast.office, await noting(cast, "eli"), Written(uuid4(), "canarybird of Eli"))
    assert await notes(cast, "canarybird", "eli") == [
        ("canarybird of Eli", True),
        ("canarybird after", False),
    ]
    await leave_circle(cast.office, cast["nour"], conversation, cast["eli"].id)
    assert await notes(cast, "canarybird", "eli") == []


async def test_own_notes_whose_key_is_not_at_hand_are_said_to_be_missing(
    cast: Cast, database: TestDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    await write_own(cast.office, await noting(cast), Written(uuid4(), "canarybird"))
    base = Database(connector(database.accesses.owner.url()))
    async with base.within(cast.practice.id) as connection:
        await connection.execute(
            text("delete from data_keys where owner_id = :owner"), {"owner": own_key_id(cast["mira"].id)}
        )
    await base.close()
    told = await results(cast, "canarybird")
    assert (list(told.hits), told.complete) == ([], False)
    assert [one.message for one in caplog.records if one.name == "quietline.alarms"] == ["alarm"]


async def test_the_trail_says_that_own_notes_were_used_only_where_one_was_told(cast: Cast) -> None:
    await write_own(cast.office, await noting(cast), Written(uuid4(), "canarybird"))
    wanted = AskedOfTrail(acts=frozenset({Noted.OWN_NOTES_USED}))
    used = []
    for q in ("nothingbird", "canarybird"):
        await results(cast, q)
        used.append(await cast.office.memory.trail_lines.newest(cast.practice.id, wanted, None, 50))
    assert [len(one) for one in used] == [1, 2], "the first is of writing it"
    assert {one.line.subject for one in used[1]} == {None}
