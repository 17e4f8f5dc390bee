"""Trouble of ours is never a letter's fault: however readers fail, letters wait uncounted and are read when it is over."""

import asyncio
import errno
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from channels.email.reading.reader import POISON
from channels.email.reading.rereading import read_again
from channels.email.sealing.opening import Check
from channels.email.senders.replays import Taken
from channels.email.workers import reading_room
from channels.email.workers.judge_worker import Judge
from channels.email.workers.parse_worker import Read
from channels.email.workers.reading_room import ReadersAway, ReadingRoom, Unread
from messaging.arriving import originals
from messaging.memory.arriving import OriginalState
from tests.channels.email.post import Post

READERS_BEGIN_ANEW = True
TAKEN = Taken((), datetime.fromtimestamp(0, UTC))
Break = Callable[[pytest.MonkeyPatch, Path], None]


def no_such_program(patch: pytest.MonkeyPatch, _: Path) -> None:
    patch.setattr(sys, "executable", "/nonexistent/python")


def not_allowed(patch: pytest.MonkeyPatch, folder: Path) -> None:
    (folder / "python").write_text("")
    patch.setattr(sys, "executable", str(folder / "python"))


def program(words: str) -> Break:
    """Something else runs in its place."""

    def put(patch: pytest.MonkeyPatch, folder: Path) -> None:
        path = folder / "python"
        path.write_text(f"#!/bin/sh\n{words}\n")
        path.chmod(0o755)
        patch.setattr(sys, "executable", str(path))
        patch.setattr(reading_room, "READ_SECONDS", 0.5)
        patch.setattr(reading_room, "JUDGE_SECONDS", 0.5)

    return put


def no_process(code: int) -> Break:
    """The kernel has none to give."""

    def refuse(patch: pytest.MonkeyPatch, _: Path) -> None:
        async def start(*_arguments: object, **_more: object) -> None:
            raise OSError(code, "no")

        patch.setattr(asyncio, "create_subprocess_exec", start)

    return refuse


WAYS: dict[str, Break] = {
    "ENOENT": no_such_program,
    "EACCES": not_allowed,
    **{errno.errorcode[code]: no_process(code) for code in (errno.EAGAIN, errno.ENOMEM, errno.EMFILE)},
    "exits at once": program("exit 1"),
    "exits well": program("exit 0"),
    "is killed": program("kill -9 $$"),
    "says something else": program("head -c 4 >/dev/null; echo no such thing is installed here"),
    "says nothing": program("exec sleep 20"),
    "cannot import": program(f"exec {sys.executable} -c 'import no_such_module'"),
}
QUESTIONS: dict[str, Callable[[ReadingRoom], Awaitable[object]]] = {
    "read": lambda room: room.read(Read(b"Subject: x\r\n\r\nx\r\n")),
    "judge": lambda room: room.judge(Judge(b"x\r\n", TAKEN, None, "x", "", None, False, ("127.0.0.1", 1))),
    "unlock": lambda room: room.unlock(Check(b"x", b"x", b"")),
}


@pytest.mark.parametrize("way", WAYS)
async def test_however_readers_fail_no_letter_is_blamed(
    way: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    room = ReadingRoom(2)
    with monkeypatch.context() as patch:
        WAYS[way](patch, tmp_path)
        for ask in QUESTIONS.values():
            with pytest.raises(ReadersAway):
                await ask(room)
        assert not await room.ready()
    assert await room.ready()
    assert await QUESTIONS["read"](room)
    await room.close()


async def test_a_letter_that_ends_its_reader_is_to_blame(monkeypatch: pytest.MonkeyPatch) -> None:
    room = ReadingRoom(1)
    truly = reading_room.told

    async def told(
        process: asyncio.subprocess.Process, question: object, kind: type, seconds: float
    ) -> object:
        if question == Read(b"bomb"):
            process.kill()
        return await truly(process, question, kind, seconds)

    monkeypatch.setattr(reading_room, "told", told)
    with pytest.raises(Unread):
        await room.read(Read(b"bomb"))
    assert await room.ready()
    await room.close()


async def test_letters_wait_uncounted_however_long_it_takes(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.email.reading.reader.OURS", 0.0)
    for number in range(3):
        await post.offer(post.letter("ruth", f"Letter {number}."), await post.address("ruth"))
    with monkeypatch.context() as patch:
        no_such_program(patch, Path())
        for _ in range(POISON + 2):
            post.reader._room._away = False  # as if it had just failed
            await post.reader.read_due()
    assert await post.counts() == {OriginalState.RECEIVED: 3}
    await post.read_all()
    assert await post.counts() == {OriginalState.DELIVERED: 3}
    assert [one.body.text.strip() for one in await post.entries("ruth")] == [f"Letter {i}." for i in range(3)]


async def test_what_was_held_for_our_trouble_is_read_again_once_by_each_version(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, room = post.cast.office, post.reader._room
    # What other tests left in the database is none of this one's.
    await read_again(office, post.terms, room, "0")
    await post.offer(post.letter("ruth"), await post.address("ruth"))
    due = await office.memory.mailbox.due_originals(office.clock(), 0.0, 1000)
    (waiting,) = (one for one in due if one.practice == post.cast.practice.id)
    await originals.hold(office, waiting, "unreadable", None)
    with monkeypatch.context() as patch:
        patch.setattr("channels.email.reading.reader.Reader.read", _cannot)
        assert await read_again(office, post.terms, room, "1") == 0
    assert await post.counts() == {OriginalState.HELD: 1}
    assert await read_again(office, post.terms, room, "1") == 0, "once"
    assert await read_again(office, post.terms, room, "2") == 1
    assert await post.counts() == {OriginalState.DELIVERED: 1}


async def _cannot(*_: object) -> None:
    raise Unread


async def test_a_process_that_cannot_be_killed_holds_nobody_up(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Stuck:
        pid, killed = 7, False

        def kill(self) -> None:
            self.killed = True

        async def wait(self) -> None:
            await asyncio.Event().wait()

    monkeypatch.setattr(reading_room, "GONE", 0.01)
    stuck = Stuck()
    await reading_room.end(cast(asyncio.subprocess.Process, stuck))
    assert stuck.killed
    assert "not gone" in caplog.text
