"""The file of signed heads: a line a day and practice whoever writes it, never changed, whole or said not to be."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from messaging.ids import PracticeId
from messaging.trust.signed_heads import HeadSigner, NoHead, SignedHead, head_of
from threads.trail.heads_file import HeadsFile

OURS = HeadSigner(b"k" * 32)
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def head(practice: int, days: int = 0, lines: int = 7) -> SignedHead:
    return OURS.sign(NOON + timedelta(days=days), UUID(int=practice), lines, b"m" * 32)


def test_lines_are_only_added_and_once_a_day(tmp_path: Path) -> None:
    path = tmp_path / "below" / "heads"
    one, other = HeadsFile(path), HeadsFile(path)
    assert one.known() == other.known() == {}
    assert one.add([head(1), head(2)]) == 2
    before = path.read_bytes()
    assert other.add([head(1, lines=9), head(3)]) == 1, "another process has been there"
    assert other.add([head(1, days=1)]) == 1
    assert path.read_bytes().startswith(before)
    made = [head_of(line) for line in path.read_text("ascii").splitlines()]
    assert [(one.practice.int, one.lines) for one in made] == [(1, 7), (2, 7), (3, 7), (1, 7)]
    assert all(map(OURS.made, made))
    days = {PracticeId(UUID(int=n)): NOON.date() for n in (2, 3)}
    assert HeadsFile(path).known() == days | {PracticeId(UUID(int=1)): NOON.date() + timedelta(days=1)}


def test_a_line_that_was_cut_off_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "heads"
    path.write_text(head(1).written()[:40])
    file = HeadsFile(path)
    assert file.known() == {}
    assert file.add([head(1)]) == 1
    cut, whole = path.read_text("ascii").splitlines()
    with pytest.raises(NoHead):
        head_of(cut)
    assert OURS.made(head_of(whole))


def test_nobody_elses_key_makes_ours() -> None:
    assert HeadSigner(b"k" * 32).made(head(1))
    assert not HeadSigner(b"l" * 32).made(head(1))
    assert len(OURS.public) == 32
