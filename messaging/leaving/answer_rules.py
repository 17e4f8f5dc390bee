"""Answer rules as they are said: a weekday and an hour, or so many working days."""

from collections.abc import Mapping
from datetime import time
from enum import StrEnum
from typing import Any, Final

from messaging.conversations import AnswerRule
from messaging.errors import Malformed

MOST_DAYS: Final = 10


class Weekday(StrEnum):
    """In the order in which they are counted (0 Monday)."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


FIELDS: Final = ("weekday", "by", "working_days")


def checked_answer_rule(said: Mapping[str, Any]) -> AnswerRule:
    """`{weekday?, by?, working_days?}`; what is not said is as at first: two working days, by 18:00. Raises Malformed."""
    unknown = sorted(said.keys() - set(FIELDS))
    if unknown:
        raise Malformed(f"Not known here: {', '.join(repr(one[:40]) for one in unknown[:5])}.")
    weekday, days = said.get("weekday"), said.get("working_days")
    if weekday is not None and days is not None:
        raise Malformed("Letters are answered on a weekday, or within working days: say one of the two.")
    plain = AnswerRule()
    return AnswerRule(
        None if weekday is None else _weekday(weekday),
        plain.by if said.get("by") is None else checked_hour(said["by"]),
        plain.days if days is None else _days(days),
    )


def said_of(rule: AnswerRule) -> dict[str, Any]:
    """The other way."""
    by = f"{rule.by:%H:%M}"
    if rule.weekday is None:
        return {"working_days": rule.days, "by": by}
    return {"weekday": list(Weekday)[rule.weekday].value, "by": by}


def _weekday(said: object) -> int:
    if not isinstance(said, str) or said not in set(Weekday):
        raise Malformed(f"A weekday is one of {', '.join(Weekday)}.")
    return [one.value for one in Weekday].index(str(said))


def checked_hour(said: object) -> time:
    """An hour like 18:00. Raises Malformed."""
    try:
        found = time.fromisoformat(said) if isinstance(said, str) and len(said) == len("18:00") else None
    except ValueError:
        found = None
    if found is None:
        raise Malformed("An hour is written like 18:00.")
    return found


def _days(said: object) -> int:
    if not isinstance(said, int) or isinstance(said, bool) or not 1 <= said <= MOST_DAYS:
        raise Malformed(f"Working days are a number from 1 to {MOST_DAYS}.")
    return said
