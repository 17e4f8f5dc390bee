"""An entry as it stands, after what its author made of it."""

from datetime import UTC, datetime
from uuid import uuid4

from messaging.ids import ConversationId, EntryId, PersonId
from messaging.messages import Body, Channel, Entry, EntryKind, EventName
from messaging.record.mended import as_it_stands

RUTH, MIRA = PersonId(uuid4()), PersonId(uuid4())
WHERE = ConversationId(uuid4())


def entry(number: int, body: Body, author: PersonId = RUTH, amends: int | None = None) -> Entry:
    kind = EntryKind.EVENT if body.event else EntryKind.MESSAGE
    at = datetime(2026, 11, 22, 18, number, tzinfo=UTC)
    return Entry(WHERE, number, EntryId(uuid4()), author, kind, Channel.CHAT, at, body, amends=amends)


FIRST = entry(2, Body("firts"))
BETTER = entry(3, Body("first", event=EventName.CORRECTED), amends=2)
BEST = entry(5, Body("First.", event=EventName.CORRECTED), amends=2)
GONE = entry(6, Body(event=EventName.WITHDRAWN), amends=2)


def test_the_last_correction_stands_and_is_marked() -> None:
    shown = as_it_stands(FIRST, [BETTER, BEST])
    assert (shown.body.text, shown.edited, shown.withdrawn) == ("First.", True, False)
    assert shown.number == 2


def test_a_withdrawal_is_final_even_before_a_correction_that_raced_it() -> None:
    late = entry(7, Body("back again", event=EventName.CORRECTED), amends=2)
    for amendments in ([BETTER, GONE], [GONE, late], [BETTER, GONE, late]):
        shown = as_it_stands(FIRST, amendments)
        assert (shown.body.text, shown.edited, shown.withdrawn) == ("", False, True)


def test_a_correction_is_read_with_the_latest_words_and_without_withdrawn_ones() -> None:
    assert as_it_stands(BETTER, [BETTER, BEST]).body.text == "First."
    gone = as_it_stands(BETTER, [BETTER, GONE])
    assert (gone.body.text, gone.body.event) == ("", EventName.CORRECTED)


def test_nobody_elses_words_count() -> None:
    foreign = entry(4, Body("no", event=EventName.CORRECTED), author=MIRA, amends=2)
    assert as_it_stands(FIRST, [foreign]) == FIRST


def test_other_events_that_amend_change_nothing() -> None:
    first = entry(8, Body("what I take", event=EventName.CLOSING))
    second = entry(9, Body("what I take with me", event=EventName.CLOSING), amends=8)
    assert as_it_stands(first, [second]) == first
    assert as_it_stands(second, [second]) == second
