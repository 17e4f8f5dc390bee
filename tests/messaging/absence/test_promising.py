"""A promise moves only later, and never unsaid."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from messaging.absence.declaring import end_absence
from messaging.absence.offering import hand_back
from messaging.absence.settling import settle
from messaging.conversations import AnswerRule, Away, CoverScope
from messaging.facts import AwayFacts, CoverFacts
from messaging.ids import PracticeId
from messaging.leaving.promises import promise_of, promised_by
from messaging.people import Practice
from messaging.practice.circles import answer_by, join_circle
from messaging.record.reading import entries_after
from tests.cast import Cast
from tests.messaging.absence.away import is_away, runs, writes
from tests.messaging.sessions.booked import office_at

DAY = date(2026, 11, 30)
RECEIVED = datetime(2026, 11, 30, 9, tzinfo=UTC)


@st.composite
def rules(draw: st.DrawFn) -> AnswerRule:
    """When letters are answered."""
    weekday = draw(st.none() | st.integers(0, 6))
    return AnswerRule(weekday, time(draw(st.integers(0, 23))), draw(st.integers(1, 10)))


@st.composite
def aways(draw: st.DrawFn) -> Away:
    """An absence, over or not."""
    first = DAY + timedelta(days=draw(st.integers(-5, 40)))
    over = draw(st.none() | st.integers(-48, 400))
    last = first + timedelta(days=draw(st.integers(0, 30)))
    return Away(UUID(int=1), first, last, None if over is None else RECEIVED + timedelta(hours=over))


@given(
    rules(),
    st.lists(aways(), max_size=4),
    aways(),
    st.sets(st.integers(0, 6), min_size=1),
    st.sets(st.integers(0, 60), max_size=8),
)
def test_no_absence_brings_a_promise_nearer_and_none_lies_within_one(
    rule: AnswerRule, known: list[Away], fresh: Away, workdays: set[int], holidays: set[int]
) -> None:
    """Whatever is said, ended early or said besides: what was promised holds, or becomes later."""
    days = {DAY + timedelta(days=one): "" for one in holidays}
    practice = Practice(
        PracticeId(UUID(int=2)), "p", "P", "Europe/Vienna", workdays=tuple(workdays), holidays=days
    )
    plain = promised_by(rule, RECEIVED, practice)
    before = promised_by(replace(rule, away=tuple(known)), RECEIVED, practice)
    after = promised_by(replace(rule, away=(*known, fresh)), RECEIVED, practice)
    assert plain <= before <= after
    ended = replace(fresh, over=fresh.over or RECEIVED + timedelta(hours=1))
    if ended.over is not None and ended.over > RECEIVED:
        kept = promised_by(replace(rule, away=(*known, ended)), RECEIVED, practice)
        assert kept == after or fresh.over is not None, "ended early it counts for who was told of it"
    local = after.astimezone(ZoneInfo("Europe/Vienna")).date()
    assert not any(one.first <= local <= one.last for one in (*known, fresh) if one.counts(RECEIVED))


async def promise(cast: Cast, where: str = "ruth") -> datetime | None:
    """As every page says it."""
    found = await cast.office.memory.conversations.find(cast.practice.id, cast.conversation(where))
    assert found is not None
    return promise_of(cast.practice, found)


async def said(cast: Cast, where: str = "ruth") -> list[datetime | None]:
    """The times that those in care were told, in order."""
    held, _ = await cast.enter("ruth", where)
    facts = [one.body.facts for one in await entries_after(cast.office, held, 0)]
    return [one.promised for one in facts if isinstance(one, AwayFacts | CoverFacts) and one.promised]


async def test_who_waits_is_told_once_by_when_and_an_early_end_keeps_it(cast: Cast) -> None:
    await writes(cast)
    before = await promise(cast)
    absence = await is_away(cast, None, days=20)
    moved = await promise(cast)
    assert before is not None
    assert moved is not None
    assert before < absence.ends <= moved
    assert await said(cast) == [moved]
    await settle(cast.office, cast.practice.id, absence.id)
    await end_absence(cast.office, cast["mira"])
    assert await promise(cast) == moved, "told once, it stands"
    assert await said(cast) == [moved]
    await writes(cast, "linden", "linden")
    nearer = await promise(cast, "linden")
    assert nearer is not None
    assert nearer < absence.ends, "who writes now is answered as ever"


async def test_another_rule_keeps_the_days_on_which_nobody_answers(cast: Cast) -> None:
    await writes(cast)
    absence = await is_away(cast, None, days=20)
    moved = await answer_by(cast.office, cast["mira"], cast.conversation("ruth"), AnswerRule(days=1))
    assert moved is not None
    assert moved == await promise(cast)
    assert moved >= absence.ends


async def test_taken_over_new_letters_are_promised_as_ever_and_handed_back_who_waits_is_told(
    cast: Cast,
) -> None:
    await writes(cast, "linden", "linden")
    absence = await runs(cast, CoverScope.TAKE_OVER)
    await writes(cast)
    near = await promise(cast)
    assert near is not None
    assert near < absence.ends
    await hand_back(cast.office, cast["eli"], absence.id)
    moved = await promise(cast)
    assert moved is not None
    assert moved >= absence.ends
    assert (await said(cast))[-1] == moved


async def test_a_colleague_who_is_there_for_good_answers_and_nothing_moves(cast: Cast) -> None:
    await writes(cast)
    before = await promise(cast)
    await join_circle(cast.office, cast["nour"], cast.conversation("ruth"), cast["eli"].id)
    absence = await is_away(cast, None)
    assert await promise(cast) == before
    assert await said(cast) == []
    assert await settle(office_at(cast.office, absence.ends), cast.practice.id, absence.id) is None
