"""The statement of group commit against what it says of itself: whatever stands in one batch, numbers have no gap, and who
waits for whom is as if each had come alone.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import select

from messaging.ids import ConversationId, EntryId, PersonId
from messaging.memory.record import Gate, Outcome, Posting, Turn, Verdict
from messaging.messages import Body, Channel, Entry, EntryKind
from messaging.sessions.holding import open_session
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.conftest import TestDatabase
from threads.database import connector
from threads.planned import connect_planned
from threads.record.writer import write_together
from threads.tables.conversations import conversations

ROUNDS = 12
LARGEST = 9


@dataclass
class Thread:
    """What must come of it, one posting after the other."""

    conversation: ConversationId
    author: PersonId
    last: int
    waits: datetime | None
    keys: dict[UUID, int] = field(default_factory=dict)

    def judged(self, batch: Sequence[Posting]) -> list[tuple[Verdict, int]]:
        """The verdict and number of each, and who waits after all of them."""
        found = [self._judged(one) for one in batch]
        for one, (verdict, _) in zip(batch, found, strict=True):
            if verdict is Verdict.NEW and one.turn is Turn.ANSWERS:
                self.waits = None
            elif verdict is Verdict.NEW and one.turn is Turn.ASKS:
                self.waits = self.waits or one.entry.at
        return found

    def _judged(self, one: Posting) -> tuple[Verdict, int]:
        if one.key in self.keys:
            return Verdict.KNOWN, self.keys[one.key]
        if one.entry.author != self.author:
            return Verdict.NOT_FOUND, 0
        if one.gate is Gate.IDLE:
            return Verdict.SESSION_LIVE, 0
        if one.gate is Gate.LIVE and one.entry.at.year > 2100:
            return Verdict.NO_SESSION, 0
        self.last += 1
        self.keys[one.key] = self.last
        return Verdict.NEW, self.last


def posting(cast: Cast, thread: Thread, chance: random.Random, at: datetime) -> Posting:
    kind = chance.choice(["new", "new", "known", "stranger", "late", "idle"])
    key = chance.choice(list(thread.keys)) if kind == "known" and thread.keys else uuid4()
    entry = Entry(
        conversation=thread.conversation,
        number=0,
        id=EntryId(uuid4()),
        author=PersonId(uuid4()) if kind == "stranger" else thread.author,
        kind=EntryKind.MESSAGE,
        channel=Channel.CHAT,
        at=at.replace(year=2101) if kind == "late" else at,
        body=Body(""),
        key=key,
    )
    gate = Gate.IDLE if kind == "idle" else Gate.LIVE
    return Posting(cast.practice.id, entry, key, gate, chance.choice(list(Turn)), b"sealed")


def without_twins(batch: list[Posting]) -> list[Posting]:
    """A key stands once in a batch: the writer sees to it."""
    return list({(one.entry.conversation, one.key): one for one in batch}.values())


async def standing(cast: Cast, conversation: ConversationId) -> tuple[int, datetime | None]:
    columns = conversations.c.last_number, conversations.c.waiting_since
    async with cast.office.memory.people._database.within(cast.practice.id) as connection:  # type: ignore[attr-defined]
        row = (await connection.execute(select(*columns).where(conversations.c.id == conversation))).one()
        return row.last_number, row.waiting_since


@pytest.mark.parametrize("seed", range(8))
async def test_a_batch_of_anything_is_judged_as_if_each_had_come_alone(
    cast: Cast, database: TestDatabase, seed: int
) -> None:
    chance, threads = random.Random(seed), list[Thread]()
    for name in ("ruth", "linden"):
        held, _ = await cast.enter("mira", name, Deed.HOLD_SESSION)
        await open_session(cast.office, held, beside=True)
        thread = Thread(cast.conversation(name), cast["mira"].id, *await standing(cast, held.conversation))
        threads.append(thread)
    connection = await connect_planned(connector(**database.accesses.app.connect_kwargs()))
    try:
        for number in range(ROUNDS):
            at = datetime.now(UTC).replace(microsecond=number)
            batch = without_twins(
                [
                    posting(cast, chance.choice(threads), chance, at + timedelta(microseconds=n))
                    for n in range(chance.randint(1, LARGEST))
                ]
            )
            await judged_so(connection, threads, batch)
        for thread in threads:
            assert await standing(cast, thread.conversation) == (thread.last, thread.waits)
    finally:
        connection.terminate()


async def judged_so(connection: asyncpg.Connection, threads: list[Thread], batch: list[Posting]) -> None:
    outcomes = await write_together(connection, batch)
    for thread in threads:
        mine: list[tuple[Posting, Outcome]] = [
            (one, told)
            for one, told in zip(batch, outcomes, strict=True)
            if one.entry.conversation == thread.conversation
        ]
        wanted = thread.judged([one for one, _ in mine])
        assert [(told.verdict, told.number) for _, told in mine] == wanted
        assert {told.waiting_since for _, told in mine} <= {thread.waits}
        for one, told in mine:
            known = told.verdict is Verdict.KNOWN
            assert (told.first is not None) == known
            assert not known or (told.first is not None and told.first.key == one.key)
