"""Words kept by a commit whose answer was lost on its way: their author is answered, and those who follow are told."""

import asyncio
import json
from collections.abc import Sequence
from uuid import uuid4

import asyncpg
import pytest

from channels.chat.connection import Connection
from messaging.entrance.signing_in import who
from messaging.memory.record import Outcome, Posting, Verdict
from messaging.record.posting import say
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.journeys.talking import DEADLINE
from tests.journeys.test_live_chat import begin_session
from threads.record.writer import GroupWriter, write_together


class Wire:
    """The other end, which takes everything."""

    def __init__(self) -> None:
        self.clear = True
        self.told: asyncio.Queue[str] = asyncio.Queue()

    def send_text(self, text: str) -> None:
        self.told.put_nowait(text)

    def end(self, code: int, reason: str) -> None: ...

    def pause(self) -> None: ...

    def resume(self) -> None: ...


async def test_words_kept_by_a_commit_whose_answer_was_lost_are_told_at_once(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    await begin_session(cast)
    wire = Wire()
    mira = Connection(await who(cast.office, await cast.token("mira")), wire)
    await cast.house.hub.open(mira, cast.conversation("ruth"), 1)
    lost: list[list[Outcome]] = []

    async def losing(connection: asyncpg.Connection, postings: Sequence[Posting]) -> list[Outcome]:
        outcomes = await write_together(connection, postings)
        if not lost:
            lost.append(outcomes)
            raise ConnectionResetError
        return outcomes

    assert isinstance(cast.office.memory.writer, GroupWriter)
    for lane in cast.office.memory.writer._lanes:
        monkeypatch.setattr(lane, "_write", losing)
    held, _ = await cast.enter("ruth", "ruth", Deed.SAY)
    outcome = await say(cast.office, held, uuid4(), "Did you get this?")
    assert (outcome.verdict, outcome.number) == (Verdict.KNOWN, 2)
    async with asyncio.timeout(DEADLINE):
        while (frame := json.loads(await wire.told.get()))["type"] != "message":
            pass
    assert (frame["number"], frame["text"]) == (2, "Did you get this?")
