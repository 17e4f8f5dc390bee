"""A practice's rules for its sessions: what may be set, and what stays."""

from typing import Any

import pytest

from messaging.conversations import SessionRules
from messaging.errors import Malformed
from messaging.sessions.rules import checked_rules


def test_what_is_not_named_stays() -> None:
    before = SessionRules(grace_minutes=10, code_word=True, regions=("Wien",))
    after = checked_rules({"plan_b_minutes": 3, "regions": ["Wien", "Tirol", "Wien"]}, before)
    assert after == SessionRules(10, 3, 1440, code_word=True, regions=("Wien", "Tirol"))
    assert checked_rules({}) == SessionRules()


@pytest.mark.parametrize(
    "wanted",
    [
        {"grace": 5},
        {"grace_minutes": -1},
        {"grace_minutes": 121},
        {"grace_minutes": True},
        {"grace_minutes": "5"},
        {"grace_minutes": 2.5},
        {"reminder_minutes": 10**9},
        {"code_word": 1},
        {"regions": "Wien"},
        {"regions": ["", "Wien"]},
        {"regions": ["two\nlines"]},
        {"regions": ["x" * 81]},
        {"regions": [7]},
        {"regions": ["a"] * 301},
    ],
)
def test_what_is_no_rule_is_refused(wanted: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        checked_rules(wanted)
