"""A practice in figures, month by month: letters, sessions, whether promises were kept. Without a word, of no few people.

Counted of ids and times alone. Whether a letter was answered in time is told by the rule as it is today: how it was at the
time is kept nowhere. Each figure is shown only where `few` lets it be.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median
from typing import Final, assert_never
from zoneinfo import ZoneInfo

from messaging.conversations import SessionState
from messaging.counting.few import By, Figures, is_few, may_be_shown
from messaging.errors import NotFound
from messaging.ids import ConversationId, PersonId
from messaging.leaving.promises import promised_by
from messaging.memory.counting import Case, Took, Written
from messaging.office import Office
from messaging.people import Person, Practice, Role

MONTHS: Final = 12
COUNTED: Final = 100_000
"""Letters, and sessions, of these months at most: the newest."""
TURN: Final = 500
"""Letters looked at before others get their turn."""
IN_TIME, LATE, NOT_ANSWERED = "in_time", "late", "not_answered"
LETTERS: Final = (IN_TIME, LATE, NOT_ANSWERED)
"""Letters of those in care: answered by when it was promised, later, or not by themselves: added to one that waited, needing
no answer, or waiting still."""
HELD, MISSED, CANCELLED, CANCELLED_LATE = "held", "missed", "cancelled", "cancelled_late"
SESSIONS: Final = (HELD, MISSED, CANCELLED, CANCELLED_LATE)


@dataclass(frozen=True, slots=True)
class Month:
    """One month on the practice's clock. `hours`: half of the letters were answered sooner; None: of too few people."""

    first: date
    letters: Figures
    sent: Figures
    """Letters by those who care."""
    sessions: Figures
    hours: float | None


@dataclass(slots=True)
class _Counts:
    letters: dict[str, Counter[PersonId]] = field(default_factory=lambda: {one: Counter() for one in LETTERS})
    sent: Counter[PersonId] = field(default_factory=Counter)  # bound: those who care in one practice
    sessions: dict[str, Counter[PersonId]] = field(
        default_factory=lambda: {one: Counter() for one in SESSIONS}
    )
    took: list[tuple[PersonId, timedelta]] = field(default_factory=list)  # bound: COUNTED


async def statistics_of(office: Office, administrator: Person) -> tuple[Month, ...]:
    """The last months, the newest first. Raises NotFound for who does not administer, Busy."""
    practice = await office.memory.people.practice(administrator.practice)
    if practice is None or administrator.role is not Role.ADMINISTRATOR:
        raise NotFound
    now = office.clock()
    firsts = months_before(now.astimezone(ZoneInfo(practice.time_zone)).date())
    since = datetime(firsts[-1].year, firsts[-1].month, 1, tzinfo=ZoneInfo(practice.time_zone))
    counting = office.memory.counting
    cases = await counting.cases(practice.id)
    counts: defaultdict[date, _Counts] = defaultdict(_Counts)
    for turn, one in enumerate(answers(await counting.written(practice.id, since, COUNTED)), 1):
        _count_letter(counts, one, cases, practice)
        if turn % TURN == 0:
            await office.breathe()
    for taken in await counting.took(practice.id, since, now, COUNTED):
        _count_session(counts, taken, cases, practice)
    return tuple(_month(first, counts[first]) for first in firsts)


def months_before(today: date) -> tuple[date, ...]:
    """The first days of this month and those before it, the newest first."""
    number = today.year * 12 + today.month - 1
    return tuple(date(one // 12, one % 12 + 1, 1) for one in range(number, number - MONTHS, -1))


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter; `answered`: when, of one that began a wait which a letter of theirs who care has ended."""

    written: Written
    answered: datetime | None = None


def answers(written: Iterable[Written]) -> Iterable[Letter]:
    """Each letter with its answer: one conversation after the other, each in order."""
    waiting: Written | None = None
    for one in written:
        if waiting is not None and waiting.conversation != one.conversation:
            yield Letter(waiting)
            waiting = None
        if one.by_client and waiting is None:
            waiting = one
            continue
        yield Letter(one)
        if not one.by_client and waiting is not None:
            yield Letter(waiting, one.at)
            waiting = None
    if waiting is not None:
        yield Letter(waiting)


def _count_letter(
    counts: Mapping[date, _Counts], one: Letter, cases: Mapping[ConversationId, Case], practice: Practice
) -> None:
    written, case = one.written, cases.get(one.written.conversation)
    if case is None:
        return
    month = counts[_first(written.at, practice)]
    if not written.by_client:
        month.sent[case.client] += 1
        return
    what = NOT_ANSWERED
    if one.answered is not None:
        month.took.append((written.author, one.answered - written.at))
        what = IN_TIME if one.answered <= promised_by(case.answer, written.at, practice) else LATE
    month.letters[what][written.author] += 1


def _count_session(
    counts: Mapping[date, _Counts], one: Took, cases: Mapping[ConversationId, Case], practice: Practice
) -> None:
    case, what = cases.get(one.conversation), became(one)
    if case is not None and what:
        counts[_first(one.starts, practice)].sessions[what][case.client] += 1


def became(one: Took) -> str:
    """What a session counts as; empty while that is open."""
    match one.state:
        case SessionState.ENDED | SessionState.LIVE:
            return HELD
        case SessionState.MISSED:
            return MISSED
        case SessionState.CANCELLED:
            return CANCELLED_LATE if one.late else CANCELLED
        case SessionState.BOOKED:
            return ""
        case _:
            assert_never(one.state)


def _first(at: datetime, practice: Practice) -> date:
    return at.astimezone(ZoneInfo(practice.time_zone)).date().replace(day=1)


def _month(first: date, found: _Counts) -> Month:
    sent: Mapping[str, By] = {"sent": found.sent}
    return Month(
        first,
        may_be_shown(found.letters),
        may_be_shown(sent),
        may_be_shown(found.sessions),
        _middle(found.took),
    )


def _middle(took: Sequence[tuple[PersonId, timedelta]]) -> float | None:
    """Hours, of enough people: nobody's own time stands there alone, for half of the letters lie on either side."""
    if is_few(len({who for who, _ in took})):
        return None
    return round(median(one.total_seconds() for _, one in took) / 3600, 1)
