"""The virus checker's protocol, and the files of letters that wait for it: none lost, none handed out unseen."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from channels.email.reading.clamd import TOO_LARGE, Clamd
from channels.email.running import run_checking
from messaging.arriving import originals
from messaging.arriving.arrival import Arrival, Destination, Enclosure, Reading
from messaging.arriving.files import AGAIN, CheckerAway, check_due, file_checks, none_held_back
from messaging.arriving.receiving import deliver, standing
from messaging.errors import Conflict, NotFound
from messaging.memory.arriving import FileState, OriginalState
from messaging.messages import Entry
from messaging.record.files import attachment_bytes
from messaging.record.reading import enter, entry_numbered
from messaging.trust.access import Deed, Pass
from tests.cast import Cast
from tests.channels.email.arriving.clamd import EICAR, FakeClamd

LETTER = b"From: ruth@mail.example\r\n\r\nTwo files.\r\n"


@pytest.fixture
async def daemon() -> AsyncIterator[FakeClamd]:
    """One that has not been started yet."""
    made = FakeClamd()
    yield made
    await made.stop()


async def test_a_clean_file_and_a_bad_one_are_told_apart(daemon: FakeClamd, tmp_path: Path) -> None:
    path = str(tmp_path / "clamd.ctl")
    await daemon.start(path)
    clamd = Clamd(path=path)
    await clamd.ping()
    assert await clamd.check(b"lake" * 50_000) is None
    assert await clamd.check(b"") is None
    assert await clamd.check(b"first " * 20_000 + EICAR) == "Win.Test.EICAR_HDB-1"
    assert daemon.looked_at == [200_000, 0, 120_000 + len(EICAR)]


async def test_a_file_that_is_too_large_is_said_to_be_so(daemon: FakeClamd) -> None:
    clamd = Clamd("127.0.0.1", await daemon.start())
    assert await clamd.check(bytes(1_000_001)) == TOO_LARGE
    assert await clamd.check(bytes(20_000_000)) == TOO_LARGE


@pytest.mark.parametrize("dies", ["command", "middle"])
async def test_a_checker_that_dies_said_nothing(daemon: FakeClamd, dies: str) -> None:
    daemon.dies = dies
    clamd = Clamd("127.0.0.1", await daemon.start())
    with pytest.raises(CheckerAway):
        await clamd.check(bytes(500_000))
    await daemon.stop()
    with pytest.raises(CheckerAway):
        await clamd.ping()


@pytest.mark.parametrize(
    "answer",
    [
        "INSTREAM: Can't open file or directory ERROR",
        "UNKNOWN COMMAND",
        "stream: OK but not quite",
        "x" * 9000,
    ],
)
async def test_an_answer_that_does_not_say_clean_is_not_taken_for_it(daemon: FakeClamd, answer: str) -> None:
    daemon.says = answer
    with pytest.raises(CheckerAway):
        await Clamd("127.0.0.1", await daemon.start()).check(b"lake")


async def test_a_checker_that_never_answers_is_given_up() -> None:
    over = asyncio.Event()

    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    with pytest.raises(CheckerAway):
        await Clamd("127.0.0.1", server.sockets[0].getsockname()[1], seconds=0.05).check(b"lake")
    over.set()
    server.close()


async def letter_with_files(cast: Cast, *contents: bytes, waits: bool = True) -> tuple[Pass, Entry]:
    """Ruth's letter with files, as the clinician reads it."""
    office = replace(cast.office, checks_files=waits)
    to = Destination(cast.practice.id, cast.conversation("ruth"), cast["ruth"].id)
    arrival = Arrival("reply@mail.example", "ruth@mail.example", "mail.example", None)
    kept = await originals.keep(office, to, arrival, LETTER)
    stored = await office.memory.mailbox.original(cast.practice.id, kept)
    assert stored is not None
    at = await standing(office, stored)
    assert at is not None
    files = tuple(Enclosure(f"{i}.bin", "application/pdf", one) for i, one in enumerate(contents))
    reading = Reading(uuid4(), "ruth@mail.example", "x", "Two files.", enclosures=files)
    assert await deliver(office, stored, at, reading) is OriginalState.DELIVERED
    held, circle = await enter(office, cast["mira"], cast.conversation("ruth"), Deed.READ)
    entry = await entry_numbered(office, held, circle.conversation.last_number)
    assert entry is not None
    return held, entry


async def test_files_wait_for_the_checker_and_only_clean_ones_are_handed_out(
    cast: Cast, daemon: FakeClamd
) -> None:
    held, entry = await letter_with_files(cast, b"lake", b"x" + EICAR)
    lake, bad = entry.body.attachments
    waiting = await file_checks(cast.office, held, [entry])
    assert {check.state for check in waiting.values()} == {FileState.WAITING}
    for note in (lake, bad):
        with pytest.raises(NotFound):
            await attachment_bytes(cast.office, held, note)
    with pytest.raises(Conflict):
        await none_held_back(cast.office, held, entry)

    clamd = Clamd("127.0.0.1", await daemon.start())
    assert [await check_due(cast.office, clamd, 60, 1) for _ in range(3)] == [1, 1, 0]
    assert await attachment_bytes(cast.office, held, lake) == b"lake"
    with pytest.raises(NotFound):
        await attachment_bytes(cast.office, held, bad)
    stands = await file_checks(cast.office, held, [entry])
    assert [(one, c.state, c.finding) for one, c in stands.items()] == [
        (bad.id, FileState.FOUND, "Win.Test.EICAR_HDB-1")
    ]
    with pytest.raises(Conflict):
        await none_held_back(cast.office, held, entry)


async def test_a_checker_that_is_away_loses_no_file(cast: Cast, daemon: FakeClamd) -> None:
    held, entry = await letter_with_files(cast, b"lake")
    (lake,) = entry.body.attachments
    later = cast.office.clock()
    for wait in (*AGAIN, AGAIN[-1]):
        office = replace(cast.office, clock=partial(_same, later))
        assert await check_due(office, Clamd("127.0.0.1", 1), 60, 5) == 1
        assert await check_due(office, Clamd("127.0.0.1", 1), 60, 5) == 0
        with pytest.raises(NotFound):
            await attachment_bytes(office, held, lake)
        later += timedelta(seconds=wait + 1)
    office = replace(cast.office, clock=lambda: later)
    assert await check_due(office, Clamd("127.0.0.1", await daemon.start()), 60, 5) == 1
    assert await attachment_bytes(office, held, lake) == b"lake"


def _same(moment: datetime) -> datetime:
    return moment


async def test_without_a_checker_files_are_at_hand_at_once(cast: Cast) -> None:
    held, entry = await letter_with_files(cast, b"lake", waits=False)
    assert await attachment_bytes(cast.office, held, entry.body.attachments[0]) == b"lake"
    assert await check_due(cast.office, None, 60, 5) == 0


async def test_files_that_wait_are_let_go_when_there_is_no_checker_any_more(cast: Cast) -> None:
    held, entry = await letter_with_files(cast, b"lake")
    assert await check_due(cast.office, None, 60, 5) == 1
    assert await attachment_bytes(cast.office, held, entry.body.attachments[0]) == b"lake"


async def test_a_file_is_looked_at_as_soon_as_it_came(cast: Cast, daemon: FakeClamd) -> None:
    clamd = Clamd("127.0.0.1", await daemon.start())
    came = asyncio.Event()
    running = asyncio.create_task(run_checking(cast.office, clamd, came))
    held, entry = await letter_with_files(cast, b"lake")
    came.set()
    async with asyncio.timeout(20):
        while await file_checks(cast.office, held, [entry]):
            await asyncio.wait([running], timeout=0.02)
    running.cancel()
    assert await attachment_bytes(cast.office, held, entry.body.attachments[0]) == b"lake"
