"""The promise: the time by which a letter will be answered, computed, and shown to both sides."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from messaging.conversations import AnswerRule, Conversation
from messaging.people import Practice

FULL_DAY = timedelta(hours=24)
SOONEST = timedelta(hours=22)
"""No promise is nearer to its letter than this, whatever the rule, and though clocks go forward in between."""


def promised_by(rule: AnswerRule, received: datetime, practice: Practice) -> datetime:
    """When a letter received at `received` (aware) is answered at the latest, in UTC.

    With a weekday: that day's hour, but never less than 24 hours away, or a letter of the last minute would be due at once;
    where that day is a holiday, on the next day somebody works. Without: so many working days later, and one more where that
    is less than 24 hours away: what comes after the hour counts as the next day's. Wall-clock hours stay the same across
    daylight-saving changes. Where who answers is away on that day, on the first day after on which letters are answered.
    """
    zone, day = ZoneInfo(practice.time_zone), _day(rule, received, practice)
    counting = [one for one in rule.away if one.counts(received)]
    while any(
        one.first <= day <= one.last for one in counting
    ):  # bound: absences end, and each turn is a later day
        day = _following(rule, practice, day)
    return datetime.combine(day, rule.by, zone).astimezone(UTC)


def _day(rule: AnswerRule, received: datetime, practice: Practice) -> date:
    zone = ZoneInfo(practice.time_zone)
    local = received.astimezone(zone)
    day = local.date()
    if rule.weekday is None:
        day = _worked(practice, day, rule.days)
        due = datetime.combine(day, rule.by, zone)
        return _worked(practice, day, 1) if due.astimezone(UTC) - received < FULL_DAY else day
    day += timedelta(days=(rule.weekday - day.weekday()) % 7)
    due = datetime.combine(day, rule.by, zone)
    if due.astimezone(UTC) - received < FULL_DAY:
        day += timedelta(days=7)
    return _no_holiday(practice, day)


def _following(rule: AnswerRule, practice: Practice, day: date) -> date:
    """The next day on which letters are answered."""
    if rule.weekday is None:
        return _worked(practice, day, 1)
    day += timedelta(days=1)
    return _no_holiday(practice, day + timedelta(days=(rule.weekday - day.weekday()) % 7))


def _no_holiday(practice: Practice, day: date) -> date:
    if day in practice.holidays:
        while not practice.works_on(day):
            day += timedelta(days=1)
    return day


def _worked(practice: Practice, day: date, days: int) -> date:
    """So many days on which somebody works after this one."""
    while days:
        day += timedelta(days=1)
        days -= practice.works_on(day)
    return day


def promise_of(practice: Practice | None, conversation: Conversation) -> datetime | None:
    """When the waiting letter is answered at the latest; None when nothing waits, or care has ended."""
    if practice is None or conversation.waiting_since is None or conversation.ended_at is not None:
        return None
    return promised_by(conversation.answer, conversation.waiting_since, practice)


def promise_from(practice: Practice, conversation: Conversation, received: datetime) -> datetime | None:
    """By when a letter received then is answered. None where care has ended: nothing is promised any more."""
    return None if conversation.ended_at else promised_by(conversation.answer, received, practice)
