"""Which rows are shown: a group as far as the page reaches, all of them counted, and what needs a look however far down."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from messaging.conversations import AnswerRule, Snoozed
from messaging.ids import ConversationId
from messaging.inbox.heads import Head
from messaging.memory.inbox import InboxHead
from web.pages.parts.inbox_view import Group
from web.pages.staff.listed import FIRST, Asked, Reach, group_of, next_waking, parts_of

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
HOURS = st.integers(-600, 600).map(lambda hours: NOW + timedelta(hours=hours))


@st.composite
def a_head(draw: st.DrawFn) -> Head:
    """Any of them."""
    waits = draw(st.none() | HOURS)
    kept = InboxHead(
        conversation=ConversationId(UUID(int=draw(st.integers(1, 10**9)))),
        waiting_since=waits,
        held_since=draw(st.none() | HOURS),
        answer=AnswerRule(),
        last_at=draw(st.none() | HOURS),
        said_at=draw(st.none() | HOURS),
        live=draw(st.booleans()),
        ended=draw(st.booleans()),
        fresh=draw(st.booleans()),
        after_end=draw(st.booleans()),
        snoozed=draw(st.none() | st.builds(Snoozed, HOURS, st.integers(0, 9))),
        answered_aside=draw(st.booleans()),
        assignee=None,
    )
    return Head(kept, waits)


heads = st.lists(a_head(), max_size=60, unique_by=lambda one: one.id)


@given(found=heads, marks=st.data())
def test_all_are_counted_and_what_needs_a_look_is_shown(found: list[Head], marks: st.DataObject) -> None:
    marked = {one.id for one in found if marks.draw(st.booleans())}
    parts = parts_of(found, NOW, Reach(), marked)
    assert sum(part.total for part in parts.values()) == len(found)
    shown = [one for part in parts.values() for one in part.shown]
    assert len(shown) == len(set(shown))
    assert marked <= set(shown)
    for group, part in parts.items():
        others = [one for one in part.shown if one not in marked]
        assert len(others) <= FIRST[group]
        assert part.total > len(part.shown) or len(part.shown) == part.total


@given(found=heads)
def test_nothing_that_runs_is_put_aside_and_the_next_waking_is_of_those_that_are(found: list[Head]) -> None:
    aside = [one for one in found if group_of(one, NOW) is Group.ASIDE]
    assert not any(one.runs for one in aside)
    at = next_waking(found, NOW)
    assert at == min((one.kept.snoozed.until for one in aside if one.kept.snoozed), default=None)
    if at is not None:
        woken = [one for one in aside if group_of(one, at) is not Group.ASIDE]
        assert woken, "somebody is back at that moment"


def test_an_address_says_how_far_and_what_cannot_be_read_is_the_usual() -> None:
    assert Reach.of("resting-106") == Reach(Group.RESTING, 106)
    for wrong in ("", "resting", "resting-x", "nobody-3", "resting--3", "resting-999999999"):
        assert Reach.of(wrong) == Reach()
    asked = Asked.of({"who": "me", "label": "ab12", "more": "resting-106"})
    assert asked.query() == "who=me&label=ab12&more=resting-106"
    assert Asked.of({"who": "x", "label": "a b", "more": "x"}) == Asked()
    assert Reach().further(Group.RESTING) == f"resting-{FIRST[Group.RESTING] + 100}"
