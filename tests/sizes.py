"""How many times a test does what it does: enough in every run, and all that was promised when asked.

TESTS_FULL=1 python -m pytest tests/...      (docs/mail.md says which tests have a full size)
"""

import os


def size(always: int, full: int) -> int:
    """The number for this run."""
    return full if os.environ.get("TESTS_FULL") else always
