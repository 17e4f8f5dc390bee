"""A limit for each test, its fixtures included: one that waits for ever must not hold up the whole run.

The process ends where it stands and says where that was. Run side by side, the worker is replaced, the test counts as
failed, and is tried once more with the others that failed (`deploy/test`). Seen: a loop of libuv's that closed, and waited
for a socket that was still open.
"""

import faulthandler
import os
import sys
from collections.abc import Generator

import pytest

SECONDS = float(os.environ.get("TEST_SECONDS", "600"))
"""Several times the longest one on a busy machine."""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol() -> Generator[None, object, object]:
    """Around all of it: set-up, call and what follows."""
    faulthandler.dump_traceback_later(SECONDS, exit=True, file=sys.__stderr__ or sys.stderr)
    try:
        return (yield)
    finally:
        faulthandler.cancel_dump_traceback_later()
