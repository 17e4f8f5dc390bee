"""What stands in the clear beside an entry is bound to its words: changed in the database, the words do not open."""

import logging
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest

from messaging.letters.writing import Letter, write_letter
from messaging.memory.record import Posting, Verdict
from messaging.record.placing import body_place
from messaging.record.posting import say
from messaging.record.reading import entries_after
from messaging.sessions.holding import open_session
from messaging.trust.access import Deed
from messaging.trust.alarms import LOGGER
from messaging.trust.encryption import VERSION, WITH_FACTS, Place
from tests.cast import Cast
from tests.conftest import TestDatabase
from threads.tables.record import entries

SOMEBODY = uuid.uuid4()
CHANGES: dict[str, object] = {
    "id": SOMEBODY,
    "author_id": SOMEBODY,
    "kind": "event",
    "channel": "email",
    "letter_id": SOMEBODY,
    "at": timedelta(microseconds=1),
    "amends": 1,
}
"""Columns that are bound, and what somebody with the owner's rights might write there."""
BY_THE_KEY = {"practice_id", "conversation_id", "sealed"}
"""In the place of every sealed value, or the value itself."""
NOT_BOUND = {"number", "session_id", "key"}
"""Decided by the transaction that writes, after sealing; `key` only makes a retry harmless."""


@pytest.fixture
async def owner(database: TestDatabase) -> AsyncIterator[asyncpg.Connection]:
    """A connection that may do what the serving role may not."""
    connection = await asyncpg.connect(database.accesses.owner.url())
    yield connection
    await connection.close()


def test_each_column_of_an_entry_is_bound_or_said_not_to_be() -> None:
    assert {c.name for c in entries.columns} == {*CHANGES, *BY_THE_KEY, *NOT_BOUND}


@pytest.mark.parametrize("column", CHANGES)
async def test_a_changed_column_hides_the_words_and_rings(
    cast: Cast, owner: asyncpg.Connection, column: str, caplog: pytest.LogCaptureFixture
) -> None:
    held, circle = await cast.enter("mira", "ruth", Deed.SAY)
    await write_letter(cast.office, held, circle, Letter(uuid.uuid4(), "what she wrote"))
    await write_letter(cast.office, held, circle, Letter(uuid.uuid4(), "what follows"))
    await _change(cast, owner, column)
    with caplog.at_level(logging.CRITICAL, LOGGER):
        shown = [e.body.text for e in await entries_after(cast.office, held, 0)]
    assert len(shown) == 2
    assert "what she wrote" not in shown
    assert "could not be opened" in shown[0]
    assert shown[1] == "what follows"
    assert {r.alarm for r in caplog.records if hasattr(r, "alarm")} == {"entry"}


async def _change(cast: Cast, owner: asyncpg.Connection, column: str) -> None:
    value = CHANGES[column]
    changed = f"{column} + $1" if isinstance(value, timedelta) else "$1"
    async with owner.transaction():
        await owner.execute("select set_config('quietline.practices', $1, true)", f"{{{cast.practice.id}}}")
        await owner.execute(
            f"update entries set {column} = {changed} where conversation_id = $2 and number = 1",
            value,
            cast.conversation("ruth"),
        )


async def test_what_was_sealed_before_facts_were_bound_still_opens(cast: Cast) -> None:
    """An entry of an earlier version beside one of today; and nobody can make today's look like an earlier one."""
    held, _ = await cast.enter("mira", "ruth", Deed.HOLD_SESSION)
    await open_session(cast.office, held)
    writer = cast.office.memory.writer
    earlier = _EarlierWriter(cast, writer.write)
    object.__setattr__(cast.office.memory, "writer", earlier)
    key = uuid.uuid4()
    first = await say(cast.office, held, key, "from before")
    object.__setattr__(cast.office.memory, "writer", writer)
    assert (await say(cast.office, held, key, "from before")).verdict is Verdict.KNOWN
    await say(cast.office, held, uuid.uuid4(), "from today")
    read = await entries_after(cast.office, held, first.number - 1)
    assert [e.body.text for e in read] == ["from before", "from today"]
    kept = await cast.office.memory.threads.after(held, first.number - 1, 9)
    assert [e.sealed[:1] for e in kept] == [VERSION, WITH_FACTS]


class _EarlierWriter:
    """Seals as the program did before facts were bound."""

    def __init__(self, cast: Cast, write: object) -> None:
        self._cast, self._write = cast, write

    def write(self, posting: Posting) -> object:
        ring = self._cast.office.keyring
        key = ring.ready(posting.practice, posting.entry.conversation)
        assert key is not None
        now = body_place(posting.practice, posting.entry)
        place = Place(now.field, now.practice, now.owner, now.row)
        sealed = ring.seal(key, place, key.open(now, posting.sealed))
        return self._write(  # type: ignore[operator]
            Posting(
                posting.practice,
                posting.entry,
                posting.key,
                posting.gate,
                posting.turn,
                sealed,
                posting.effects,
            )
        )
