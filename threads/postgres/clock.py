"""The clock by which the embedded database marks its commits: it runs on this machine."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """This machine's."""
    return datetime.now(UTC)
