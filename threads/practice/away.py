"""Days on which nobody answers in a conversation, as they are kept beside it."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from messaging.conversations import Away


def written_away(away: Sequence[Away]) -> list[dict[str, str]] | None:
    """As it is kept: ids and days."""
    return [_written(one) for one in away] or None


def read_away(kept: "list[dict[str, Any]] | str | None") -> tuple[Away, ...]:
    """The inverse; the driver by itself hands it over as text."""
    if kept is None:
        return ()
    held: list[dict[str, Any]] = json.loads(kept) if isinstance(kept, str) else kept
    return tuple(_read(one) for one in held)


def _written(one: Away) -> dict[str, str]:
    held = {"absence": str(one.absence), "first": one.first.isoformat(), "last": one.last.isoformat()}
    return held if one.over is None else held | {"over": one.over.isoformat()}


def _read(held: dict[str, Any]) -> Away:
    over = held.get("over")
    return Away(
        UUID(held["absence"]),
        date.fromisoformat(held["first"]),
        date.fromisoformat(held["last"]),
        None if over is None else datetime.fromisoformat(over),
    )
