"""What is written together: in order, each once, and nobody behind who has nothing to do with what stands still."""

import asyncio
from collections import defaultdict
from datetime import UTC, datetime
from itertools import count
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.errors import Busy
from messaging.ids import ConversationId, EntryId, PersonId, PracticeId
from messaging.memory.record import Gate, Outcome, Posting, Turn, Verdict
from messaging.messages import Body, Channel, Entry, EntryKind
from threads.record import batching
from threads.record.batching import BATCH, WAITING, Incoming

PRACTICE, AUTHOR = PracticeId(UUID(int=1)), PersonId(UUID(int=2))
WRITTEN = Outcome(Verdict.NEW)


def posting(conversation: int, text: str, key: UUID | None = None) -> Posting:
    entry = Entry(
        conversation=ConversationId(UUID(int=conversation)),
        number=0,
        id=EntryId(uuid4()),
        author=AUTHOR,
        kind=EntryKind.MESSAGE,
        channel=Channel.CHAT,
        at=datetime.now(UTC),
        body=Body(text),
    )
    return Posting(PRACTICE, entry, key or uuid4(), Gate.LIVE, Turn.NEITHER, b"")


def texts(batch: list[batching.Waiting]) -> list[str]:
    return [one.posting.entry.body.text for one in batch]


def end(queue: Incoming, batch: list[batching.Waiting]) -> None:
    queue.settled(batch)
    for one in batch:
        one.answer(WRITTEN)
    queue.told(batch)


async def test_the_next_batch_waits_for_the_one_under_way_and_takes_all_that_came() -> None:
    queue = Incoming()
    _ = queue.take(posting(1, "a"))
    first = await queue.batch()
    _ = queue.take(posting(1, "b"))
    _ = queue.take(posting(2, "c"))
    second = asyncio.create_task(queue.batch())
    await asyncio.sleep(0)
    assert not second.done()
    end(queue, first)
    assert texts(await second) == ["b", "c"]


async def test_where_a_commit_stands_still_others_go_on_and_it_keeps_its_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(batching, "STILL", 0.0)
    queue = Incoming()
    _ = queue.take(posting(1, "locked"))
    locked = await queue.batch()
    for conversation, text in ((1, "one"), (2, "two"), (1, "three"), (3, "four")):
        _ = queue.take(posting(conversation, text))
    others = await queue.batch()
    assert texts(others) == ["two", "four"]
    _ = queue.take(posting(1, "five"))
    end(queue, others)
    beside = asyncio.create_task(queue.batch())
    await asyncio.sleep(0)
    assert not beside.done()  # of the one conversation that is locked nothing is tried
    end(queue, locked)
    assert texts(await beside) == ["one", "three", "five"]


async def test_who_stands_still_delays_nobody_who_comes_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is waited for once, not again before each batch of the others."""
    queue = Incoming()
    _ = queue.take(posting(1, "locked"))
    locked = await queue.batch()
    _ = queue.take(posting(2, "a"))
    monkeypatch.setattr(batching, "STILL", 0.0)
    end(queue, await queue.batch())
    monkeypatch.setattr(batching, "STILL", 3600.0)
    _ = queue.take(posting(2, "b"))
    async with asyncio.timeout(10):
        assert texts(await queue.batch()) == ["b"]
    end(queue, locked)


async def test_too_much_is_refused_at_once_and_what_was_answered_makes_room() -> None:
    queue = Incoming()
    for n in range(WAITING):
        _ = queue.take(posting(n, ""))
    with pytest.raises(Busy):
        _ = queue.take(posting(0, ""))
    batch = await queue.batch()
    assert len(batch) == BATCH
    end(queue, batch)
    assert queue.waiting == WAITING - BATCH
    _ = queue.take(posting(0, ""))


async def test_a_key_that_comes_twice_is_written_once_and_answered_twice() -> None:
    queue, key = Incoming(), uuid4()
    once, again = queue.take(posting(1, "a", key)), queue.take(posting(1, "a", key))
    batch = await queue.batch()
    assert len(batch) == 1
    end(queue, batch)
    assert (await once, await again) == (WRITTEN, WRITTEN)
    assert (queue.waiting, queue.idle.is_set()) == (0, True)


@given(st.lists(st.one_of(st.integers(0, 4), st.just("begin"), st.integers(-9, -1)), max_size=60))
def test_whatever_stands_still_each_is_written_once_and_in_its_order(steps: list[int | str]) -> None:
    """A number from 0 is a conversation in which somebody writes; a negative one, which batch under way ends."""
    asyncio.run(_walk(steps))


async def _walk(steps: list[int | str]) -> None:
    queue, numbers = Incoming(), count()
    said: dict[int, list[str]] = defaultdict(list)
    written: dict[int, list[str]] = defaultdict(list)
    under_way: list[list[batching.Waiting]] = []

    def finish(batch: list[batching.Waiting]) -> None:
        for one in batch:
            written[one.conversation.int].append(one.posting.entry.body.text)
        end(queue, batch)

    for step in steps:
        if step == "begin":
            if batch := queue._cut():
                both = {one.conversation for other in under_way for one in other}
                assert not both & {one.conversation for one in batch}
                under_way.append(batch)
        elif isinstance(step, int) and step >= 0:
            said[step].append(text := str(next(numbers)))
            _ = queue.take(posting(step, text))
        elif isinstance(step, int) and under_way:
            finish(under_way.pop(step % len(under_way)))
    while under_way or queue.waiting:
        if batch := queue._cut():
            under_way.append(batch)
        finish(under_way.pop(0))
    assert written == said
    assert queue.idle.is_set()
