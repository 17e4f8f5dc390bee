"""Logs: one JSON object a line, ids and types only.

What is logged is decided here, not where it is logged: the text of an exception may quote what somebody wrote, so only
its type and its frames are written.
"""

import asyncio
import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any, Final

from messaging.faults import located

log = logging.getLogger(__name__)

_BUILT_IN: Final = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
_QUIET: Final = ("uvicorn", "uvicorn.error", "uvicorn.access", "alembic", "asyncio", "mail.log", "sqlalchemy")


class JsonLines(logging.Formatter):
    """A record as a JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        return json.dumps(self.fields(record), default=str, ensure_ascii=True)

    def fields(self, record: logging.LogRecord) -> dict[str, Any]:
        """Time, level, where, what, and the ids given as `extra`."""
        held: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        held |= {k: v for k, v in record.__dict__.items() if k not in _BUILT_IN}
        if record.exc_info and record.exc_info[1] is not None:
            held |= located(record.exc_info[1])
        return held


class Lines(JsonLines):
    """The same for a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        held = self.fields(record)
        rest = " ".join(
            f"{k}={v}" for k, v in held.items() if k not in ("time", "level", "logger", "message")
        )
        return f"{held['time'][11:23]} {held['level']:7} {held['logger']}: {held['message']} {rest}".rstrip()


def set_up_logging(kind: str) -> None:
    """Everything to standard error; libraries only from warnings up."""
    logging.raiseExceptions = False  # a record that cannot be formatted would be printed with its values
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if kind == "json" else Lines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def in_the_loop(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A fault that nobody waited for. The loop's own handler would print the task, and with it the fault's text."""
    fault = context.get("exception")
    said = located(fault) if isinstance(fault, BaseException) else {"says": context.get("message", "")}
    log.error("a fault nobody waited for", extra=said)
