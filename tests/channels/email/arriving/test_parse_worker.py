"""The reader's box: letters that burn all the processor time they are given do not keep people waiting."""

import asyncio
import resource
import sys
import time
from typing import Any
from uuid import uuid4

import pytest

from channels.email.workers import reading_room
from channels.email.workers.parse_worker import Read
from channels.email.workers.reading_room import ReadingRoom, Unread
from messaging.letters.writing import Letter, write_letter
from messaging.trust.access import Deed
from tests.cast import Cast

WORKER = """
from channels.email.workers import answering, parse_worker
answering.CPU_SECONDS = 1
truly = parse_worker.answer
def answer(question):
    while question.raw == b"x":
        pass
    return truly(question)
parse_worker.answer = answer
parse_worker.main()
"""


def box(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rooms open with the real worker, whose reading of one letter goes wrong."""

    async def start(_work: str) -> asyncio.subprocess.Process:
        pipe: Any = asyncio.subprocess.PIPE
        script = (sys.executable, "-c", WORKER)
        silent = asyncio.subprocess.DEVNULL
        return await asyncio.create_subprocess_exec(
            *script, cwd=reading_room.ROOT, stdin=pipe, stdout=pipe, stderr=silent
        )

    monkeypatch.setattr(reading_room, "start", start)
    monkeypatch.setattr(reading_room, "READ_SECONDS", 60.0)  # the kernel must be faster than we are


async def test_while_bombs_are_read_people_are_answered(monkeypatch: pytest.MonkeyPatch, cast: Cast) -> None:
    box(monkeypatch)
    room = ReadingRoom(2)
    admitted, circle = await cast.enter("mira", "linden", Deed.WRITE)
    burnt = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    reading = [asyncio.create_task(room.read(Read(b"x"))) for _ in range(4)]
    waited = []
    while not all(one.done() for one in reading):
        began = time.monotonic()
        await write_letter(cast.office, admitted, circle, Letter(uuid4(), "words"))
        waited.append(time.monotonic() - began)
    assert all(isinstance(one.exception(), Unread) for one in reading)
    await room.close()
    burnt = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - burnt
    assert burnt > 2, "the bombs did burn"
    assert len(waited) > 10
    assert sorted(waited)[len(waited) // 2] < 0.5, waited


def failing(monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    """Rooms open with the real worker, whose answer is a fault."""
    script = (
        "import channels.email.workers.parse_worker as worker, channels.email.workers.answering as answering\n"
        "truly = worker.answer\n"
        "def answer(question):\n"
        "    if question.raw.startswith(b'Subject: good'):\n        return truly(question)\n"
        f"    {fault}\n"
        "worker.answer = answer\nworker.main()"
    )

    async def start(_work: str) -> asyncio.subprocess.Process:
        pipe: Any = asyncio.subprocess.PIPE
        silent = asyncio.subprocess.DEVNULL
        return await asyncio.create_subprocess_exec(
            sys.executable, "-c", script, cwd=reading_room.ROOT, stdin=pipe, stdout=pipe, stderr=silent
        )

    monkeypatch.setattr(reading_room, "start", start)


async def test_a_fault_in_the_box_is_told_by_its_place_and_not_by_the_letter(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    failing(monkeypatch, "raise ValueError(question.raw.decode())")
    room = ReadingRoom(1)
    with pytest.raises(Unread):
        await room.read(Read(b"I have not told my husband"))
    await room.close()
    (record,) = caplog.records
    assert record.__dict__["fault"] == "ValueError"
    assert record.__dict__["frames"][0].startswith("channels.email.workers.answering:answer_all:")
    assert "husband" not in str(record.__dict__)


async def test_a_worker_that_was_taken_over_writes_no_words_into_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    failing(
        monkeypatch,
        "answering.located = lambda fault: dict(fault='my husband', frames=['x'])\n    raise ValueError",
    )
    room = ReadingRoom(1)
    with pytest.raises(Unread):
        await room.read(Read(b"I have not told my husband"))
    await room.close()
    assert not [record for record in caplog.records if "husband" in str(record.__dict__)]
