"""When letters are answered, as forms say it and as it is kept."""

from collections.abc import Mapping
from typing import Final

from messaging.conversations import AnswerRule
from messaging.leaving.answer_rules import Weekday, checked_answer_rule
from web.pages.parts.circles_view import AnswerFields

DAYS: Final = "days"


def answer_fields(fields: Mapping[str, str]) -> AnswerFields:
    """As it was typed."""
    return AnswerFields(fields.get("way", ""), fields.get("days", ""), fields.get("by", ""))


def answer_rule(typed: AnswerFields) -> AnswerRule:
    """What was typed. Raises Malformed."""
    if typed.way == DAYS:
        days = int(typed.days) if typed.days.isascii() and typed.days.isdigit() and len(typed.days) < 4 else 0
        return checked_answer_rule({"working_days": days, "by": typed.by})
    known = {str(number): day.value for number, day in enumerate(Weekday)}
    return checked_answer_rule({"weekday": known.get(typed.way, ""), "by": typed.by})


def fields_of(rule: AnswerRule) -> AnswerFields:
    """The rule as its form shows it."""
    way = DAYS if rule.weekday is None else str(rule.weekday)
    return AnswerFields(way, str(rule.days), f"{rule.by:%H:%M}")
