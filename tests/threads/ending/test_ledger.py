"""The ledger: what it says is on disk, and it survives a power cut in the middle of a line."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from messaging.ids import PracticeId
from messaging.memory.ending import Erasable, Erasing, LedgerTrouble
from threads.ending.ledger import LedgerFile


def some(what: Erasable = Erasable.CONVERSATION) -> Erasing:
    return Erasing(what, PracticeId(uuid4()), uuid4(), datetime.now(UTC))


def test_what_was_entered_is_read_in_order(tmp_path: Path) -> None:
    ledger, lines = LedgerFile(tmp_path / "new" / "erased.ledger"), [some(what) for what in Erasable]
    assert list(ledger.entered()) == []
    for one in lines:
        ledger.enter(one)
    assert list(LedgerFile(tmp_path / "new" / "erased.ledger").entered()) == lines
    assert (tmp_path / "new" / "erased.ledger").stat().st_mode & 0o777 == 0o600


def test_a_line_cut_off_anywhere_is_no_line_and_spoils_none(tmp_path: Path) -> None:
    path = tmp_path / "erased.ledger"
    first, second = some(), some()
    LedgerFile(path).enter(first)
    whole = path.read_bytes()
    LedgerFile(path).enter(second)
    both = path.read_bytes()
    for cut in range(len(whole), len(both)):
        path.write_bytes(both[:cut])
        assert list(LedgerFile(path).entered()) == [first]
        LedgerFile(path).enter(second)
        assert list(LedgerFile(path).entered()) == [first, second]


@pytest.mark.parametrize("held", [b"nonsense\n", b"{}\n", b'{"what": "house"}\n', b"\xff\n", b"[]\n"])
def test_one_that_says_something_else_is_refused(tmp_path: Path, held: bytes) -> None:
    path = tmp_path / "erased.ledger"
    path.write_bytes(held)
    with pytest.raises(LedgerTrouble, match="QUIETLINE_LEDGER_FILE"):
        LedgerFile(path).entered()
    path.unlink()
    path.mkdir()
    with pytest.raises(LedgerTrouble):
        LedgerFile(path).entered()
    with pytest.raises(LedgerTrouble):
        LedgerFile(path).enter(some())
