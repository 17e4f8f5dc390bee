"""A snooze, for every state there can be: what might need somebody is shown, and a row wakes when its time has come."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.conversations import AnswerRule, Circle, Conversation, Kind, Session, SessionState, Snoozed
from messaging.errors import Malformed
from messaging.ids import ConversationId, PracticeId, SessionId
from messaging.inbox.labels import LENGTH, MOST, checked_labels
from messaging.inbox.listing import Arranged, HeldHere, InboxLine
from messaging.inbox.snoozing import LONGEST, checked_until

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
HOURS = st.integers(-100, 100).map(lambda hours: NOW + timedelta(hours=hours))
ONE = ConversationId(UUID(int=1))
LIVE = Session(SessionId(UUID(int=2)), ONE, SessionState.LIVE, NOW, 50)


@st.composite
def lines(draw: st.DrawFn) -> InboxLine:
    """A row in any state."""
    conversation = Conversation(
        practice=PracticeId(UUID(int=3)),
        id=ONE,
        kind=Kind.INDIVIDUAL,
        revision=1,
        last_number=9,
        last_at=NOW,
        waiting_since=draw(st.none() | HOURS),
        answer=AnswerRule(),
        live=draw(st.sampled_from((None, LIVE))),
        members=(),
    )
    snoozed = draw(st.none() | st.builds(Snoozed, HOURS, st.integers(0, 9)))
    held = draw(st.none() | st.builds(HeldHere, HOURS, st.none()))
    arranged = Arranged(snoozed=snoozed, answered_aside=draw(st.booleans()))
    return InboxLine(Circle(conversation, {}), draw(st.integers(0, 2)), None, None, held, arranged)


@given(line=lines(), now=HOURS)
def test_what_might_need_somebody_is_shown_whatever_was_wished(line: InboxLine, now: datetime) -> None:
    """A promise that runs, a held letter, a live session, unread words."""
    conversation = line.conversation
    needed = conversation.waiting_since or conversation.live or line.held or line.unread
    if needed:
        assert not line.hidden(now)


@pytest.mark.parametrize("reason", ["waits", "live", "held", "unread"])
def test_each_reason_alone_keeps_a_row_in_sight(reason: str) -> None:
    conversation = Conversation(
        practice=PracticeId(UUID(int=3)),
        id=ONE,
        kind=Kind.INDIVIDUAL,
        revision=1,
        last_number=9,
        last_at=NOW,
        waiting_since=NOW if reason == "waits" else None,
        answer=AnswerRule(),
        live=LIVE if reason == "live" else None,
        members=(),
    )
    line = InboxLine(
        circle=Circle(conversation, {}),
        unread=int(reason == "unread"),
        last=None,
        promise=None,
        held=HeldHere(NOW, None) if reason == "held" else None,
        arranged=Arranged(snoozed=Snoozed(NOW + timedelta(hours=1), 9)),
    )
    assert not line.hidden(NOW)


@given(line=lines(), now=HOURS)
def test_a_row_is_hidden_only_while_its_wish_holds_and_is_back_when_it_ends(
    line: InboxLine, now: datetime
) -> None:
    snoozed = line.arranged.snoozed if line.arranged else None
    if snoozed is None:
        assert not line.hidden(now)
        assert not line.back(now)
    else:
        assert line.back(now) is (now >= snoozed.until)
        assert not (line.hidden(now) and line.back(now))
    if line.hidden(now):
        assert line.snoozed_until(now) is not None, "what is out of sight says until when"


@given(line=lines(), now=HOURS)
def test_a_clients_word_wakes_it_until_it_is_dealt_with(line: InboxLine, now: datetime) -> None:
    snoozed = line.arranged.snoozed if line.arranged else None
    if line.arranged and line.arranged.answered_aside and line.runs:
        assert line.snoozed_until(now) is None
    elif snoozed and now < snoozed.until:
        assert line.snoozed_until(now) == snoozed.until


@pytest.mark.parametrize("until", [NOW, NOW - timedelta(seconds=1), NOW + LONGEST + timedelta(seconds=1)])
def test_one_looks_away_until_a_moment_ahead_within_a_year(until: datetime) -> None:
    assert checked_until(NOW + LONGEST, NOW) == NOW + LONGEST
    with pytest.raises(Malformed):
        checked_until(until, NOW)


def test_labels_are_few_short_and_each_there_once() -> None:
    assert checked_labels(["  letters  only ", "Letters Only", "new"]) == ("letters only", "new")
    assert len(checked_labels([f"{n}" for n in range(MOST)])) == MOST
    for wrong in (
        [""],
        [" "],
        ["x" * (LENGTH + 1)],
        [3],
        [None],
        ["a\x00b"],
        [f"{n}" for n in range(MOST + 1)],
    ):
        with pytest.raises(Malformed):
            checked_labels(wrong)
