"""Audit lines of reads that wait in a file: in order, bounded, and found again by the next process."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from messaging.ids import PersonId, PracticeId
from messaging.memory.trail import Line
from messaging.trust.noted import Noted
from tests.cast import Cast
from threads.trail.trail import Trail
from threads.trail.waiting_lines import LOST, NAME, WaitingLines

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PRACTICE, OTHER = PracticeId(uuid4()), PracticeId(uuid4())


def line(number: int, practice: PracticeId = PRACTICE) -> Line:
    """The reading of something."""
    return Line(practice, NOON + timedelta(seconds=number), PersonId(uuid4()), "opened", uuid4())


def test_what_waits_is_found_again_in_its_order(tmp_path: Path) -> None:
    first, lines = WaitingLines(tmp_path), [line(number) for number in range(5)]
    assert all(first.add(one) for one in lines)
    first.close()
    second = WaitingLines(tmp_path)
    assert second.all() == lines
    second.written()
    second.close()
    assert WaitingLines(tmp_path).all() == []


def test_beyond_the_bound_a_loss_is_a_line_once_for_each_practice(tmp_path: Path) -> None:
    waiting = WaitingLines(tmp_path, most=2)
    assert all(waiting.add(line(number)) for number in range(5))
    assert all(waiting.add(line(number, OTHER)) for number in range(5))
    assert [(one.practice, one.action) for one in waiting.all()] == [
        (PRACTICE, "opened"),
        (PRACTICE, "opened"),
        (PRACTICE, LOST),
        (OTHER, LOST),
    ]


def test_two_processes_have_a_file_each(tmp_path: Path) -> None:
    first, second = WaitingLines(tmp_path), WaitingLines(tmp_path)
    assert first.add(line(1))
    assert second.add(line(2))
    assert sorted(path.name for path in tmp_path.iterdir()) == [NAME, f"{NAME}.1"]


def test_half_a_line_is_not_taken_for_one(tmp_path: Path) -> None:
    waiting = WaitingLines(tmp_path)
    waiting.add(line(1))
    waiting.close()
    with (tmp_path / NAME).open("a") as file:
        file.write('["half')
    assert len(WaitingLines(tmp_path)) == 1


def test_where_nothing_can_be_written_nothing_waits(tmp_path: Path) -> None:
    assert not WaitingLines(tmp_path / "nowhere").add(line(1))


async def test_lines_that_stand_already_are_not_written_twice(cast: Cast, tmp_path: Path) -> None:
    office, waiting = cast.office, WaitingLines(tmp_path)
    kept = Line(cast.practice.id, office.clock(), cast["mira"].id, "opened", cast.conversation("ruth"))
    await office.memory.trail.note(kept.practice, kept.at, kept.actor, Noted.OPENED, kept.subject)
    before, _ = await office.memory.trail.verify(kept.practice)
    waiting.add(kept)
    waiting.add(Line(kept.practice, office.clock(), kept.actor, "opened", kept.subject))
    running = office.memory.trail
    assert isinstance(running, Trail)
    assert await Trail(running._database, running._mac, running.anchors, waiting)._write_what_waited()
    assert await running.verify(kept.practice) == (before + 1, None)
    assert not waiting.all()
