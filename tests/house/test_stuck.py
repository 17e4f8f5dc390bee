"""What waits for ever ends, says where it stood, and counts as failed."""

import os
import subprocess
import sys
from pathlib import Path

from tests.house.tree import ROOT

WAITS = """
import threading, pytest

@pytest.fixture
def loop():
    yield
    threading.Event().wait()

def test_fine(): pass
def test_waits_at_its_end(loop): pass
"""


def test_a_test_that_waits_for_ever_ends_its_process(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(WAITS)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "tests.stuck",
            "-p",
            "no:cacheprovider",
            "-s",
            "-q",
            "test_it.py",
        ],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "TEST_SECONDS": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "Timeout" in done.stderr
    assert "in loop" in done.stderr
