"""When a reminder is due: decided from the booking, the practice's rules and the clock alone."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from messaging.conversations import Session, SessionRules, SessionState
from messaging.ids import ConversationId, SessionId
from messaging.sessions.reminding import due_now, next_due

STARTS = datetime(2026, 11, 26, 17, tzinfo=UTC)
SESSION = Session(SessionId(UUID(int=1)), ConversationId(UUID(int=2)), SessionState.BOOKED, STARTS, 50)
RULES = SessionRules()


def before(**ago: int) -> datetime:
    return STARTS - timedelta(**ago)


@pytest.mark.parametrize(
    ("now", "due", "again"),
    [
        (before(days=3), None, before(days=1)),
        (before(days=1, seconds=1), None, before(days=1)),
        (before(days=1), 1440, before(hours=1)),
        (before(hours=2), 1440, before(hours=1)),
        (before(hours=1), 60, None),
        (before(minutes=1), 60, None),
        (before(), None, None),
        (STARTS + timedelta(minutes=5), None, None),
    ],
    ids=str,
)
def test_a_reminder_is_due_until_the_next_one_is(
    now: datetime, due: int | None, again: datetime | None
) -> None:
    assert due_now(SESSION, RULES, before(days=7), now) == due
    assert next_due(SESSION, RULES, before(days=7), now) == again


@pytest.mark.parametrize(
    ("agreed", "due"),
    [(before(hours=20), [60]), (before(hours=1), []), (before(minutes=5), []), (before(days=1), [60])],
    ids=str,
)
def test_who_agreed_after_it_was_due_is_not_reminded(agreed: datetime, due: list[int]) -> None:
    asked = {due_now(SESSION, RULES, agreed, STARTS - timedelta(minutes=m)) for m in range(1, 1500)}
    assert sorted(one for one in asked if one) == due


@pytest.mark.parametrize(
    ("minutes", "due"), [(0, set()), (60, {60}), (30, {30, 60}), (2880, {60, 2880})], ids=str
)
def test_the_earlier_reminder_is_the_practices_to_choose(minutes: int, due: set[int]) -> None:
    rules = SessionRules(reminder_minutes=minutes)
    asked = {due_now(SESSION, rules, before(days=9), before(minutes=m)) for m in range(1, 3000)}
    assert asked - {None} == due
