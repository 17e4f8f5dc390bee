"""Reading again: held letters are decided anew, the record stays as it was said."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from channels.email.reading import rereading
from channels.email.reading.as_read import as_reading
from channels.email.reading.reader import Reader
from channels.email.reading.rereading import Reread, Rereader
from channels.email.workers.reading_room import ReadingRoom
from messaging.arriving.screening import refuse
from messaging.memory.arriving import OriginalState
from messaging.trust.access import Deed
from tests.channels.email.post import Post
from tests.channels.email.world import DOMAIN
from tests.conftest import TestDatabase


async def again(post: Post, conversation: str | None = None) -> list[Reread]:
    """Held letters of the practice, or everything of one conversation."""
    room = ReadingRoom(1)
    rereader = Rereader(post.cast.office, post.terms, room)
    practice, found = post.cast.practice.id, list[Reread]()
    try:
        if conversation is None:
            found += [one async for one in rereader.held(practice)]
        else:
            found += [one async for one in rereader.delivered(practice, post.cast.conversation(conversation))]
    finally:
        await room.close()
    return found


async def arrive(post: Post, raw: bytes) -> None:
    assert (await post.offer(raw, await post.address("ruth"))).startswith("250")
    await post.read_all()


async def test_what_was_held_for_want_of_proof_is_delivered_once_it_is_proved(post: Post) -> None:
    keys = post.names.table.pop((f"s1._domainkey.{DOMAIN}", "TXT"))
    await arrive(post, post.letter("ruth", "held for a missing key"))
    await arrive(post, post.letter("ruth", "a forgery").replace(b"forgery", b"FORGERY"))
    assert await post.counts() == {OriginalState.HELD: 2}
    assert [one.now for one in await again(post)] == [OriginalState.HELD] * 2
    post.names.table[f"s1._domainkey.{DOMAIN}", "TXT"] = keys
    assert [one.now for one in await again(post)] == [OriginalState.DELIVERED, OriginalState.HELD]
    assert await post.counts() == {OriginalState.DELIVERED: 1, OriginalState.HELD: 1}
    (entry,) = await post.entries("ruth")
    assert entry.body.text == "held for a missing key"
    assert len(await again(post)) == 1


async def test_what_a_clinician_refuses_while_it_is_judged_stays_refused(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = post.names.table.pop((f"s1._domainkey.{DOMAIN}", "TXT"))
    await arrive(post, post.letter("ruth", "turned away meanwhile"))
    post.names.table[f"s1._domainkey.{DOMAIN}", "TXT"] = keys
    (waiting,) = await post.screener()
    judge = Reader._verdict

    async def slowly(reader: Reader, *given: Any) -> Any:
        verdict = await judge(reader, *given)
        held, _ = await post.cast.enter("mira", "ruth", Deed.SETTLE)
        await refuse(post.cast.office, held, waiting.id)
        return verdict

    monkeypatch.setattr(Reader, "_verdict", slowly)
    assert [(one.now, one.same) for one in await again(post)] == [(OriginalState.REFUSED, False)]
    assert await post.entries("ruth") == []
    assert await post.counts() == {OriginalState.REFUSED: 1}


async def test_the_record_is_compared_and_never_rewritten(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    quoted = "Yes.\r\n\r\nOn Monday Dr Mira wrote:\r\n> And the ducks?"
    await arrive(post, post.letter("ruth", quoted, Message_ID="<1@mail.example>"))
    await arrive(post, post.letter("ruth", "Another.", Message_ID="<2@mail.example>"))
    before = await post.entries("ruth")
    assert [one.same for one in await again(post, "ruth")] == [True, True]

    def better(told: Any, *given: Any) -> Any:
        reading = as_reading(told, *given)
        return replace(reading, text="Yes, they do.") if reading.text == "Yes." else reading

    monkeypatch.setattr(rereading, "as_reading", better)
    assert [one.same for one in await again(post, "ruth")] == [False, True]
    assert await post.entries("ruth") == before
    assert await post.counts() == {OriginalState.DELIVERED: 2}


async def test_the_command_says_what_it_found_without_a_word_of_it(
    post: Post, database: TestDatabase
) -> None:
    await arrive(post, post.letter("ruth", "by the lake"))
    command = [sys.executable, "-m", "web.cli", "mail", "reparse", "--json"]
    environment = {"PATH": os.environ["PATH"], **database.environment()}

    def said(*which: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*command, *which], env=environment, capture_output=True, text=True, check=False
        )

    done = said("--conversation", str(post.cast.conversation("ruth")))
    (line,) = map(json.loads, done.stdout.splitlines())
    assert (line["was"], line["now"], line["same"]) == ("delivered", "delivered", True)
    assert "lake" not in done.stdout + done.stderr
    unknown = said("--conversation", str(post.cast.practice.id))
    assert (unknown.returncode, unknown.stderr) == (1, "quietline: there is no such conversation\n")
