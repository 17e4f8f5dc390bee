"""Alarms: what must never happen, and did. Each is one line at level critical, with ids and no words; the web counts them.

The one place of this floor that logs: an alarm must be heard whoever calls, and must not wait for anybody.
"""

import logging
from enum import StrEnum
from typing import Final
from uuid import UUID

LOGGER: Final = "quietline.alarms"

_log = logging.getLogger(LOGGER)


class Alarm(StrEnum):
    """What for."""

    ENTRY = "entry"
    """An entry does not open as what its row says it is: somebody changed the row, or the disk did."""
    NOTE = "note"
    """The same of a note about a conversation."""
    RELEASE = "release"
    """A release is not the one its client made: somebody changed to whom it is, what it holds or until when."""
    SEAM = "seam"
    """Two parts of the program disagree (`seams`)."""
    TRAIL = "trail"
    """The audit trail is shorter than, or not the same as, what was anchored outside the database."""


def ring(alarm: Alarm, subject: UUID | None = None, *, what: str = "") -> None:
    """Rings; `what` is a name out of the program, never of anybody's choosing."""
    extra = {"alarm": alarm.value, "subject": str(subject) if subject else None, "what": what or None}
    _log.critical("alarm", extra={k: v for k, v in extra.items() if v is not None})
