"""A practice in figures: what is counted of letters and sessions, by whom it may be seen, and who is late."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from messaging.conversations import SessionState
from messaging.counting.mail_health import flush_own, mail_health
from messaging.counting.overdue import overdue_of
from messaging.counting.statistics import LETTERS, Letter, answers, became, months_before, statistics_of
from messaging.errors import NotFound
from messaging.ids import ConversationId, PersonId
from messaging.letters.writing import Letter as Handed
from messaging.letters.writing import write_letter
from messaging.memory.counting import Took, Written
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.messaging.sessions.booked import office_at

NINE = datetime(2026, 11, 2, 9, tzinfo=UTC)
CIRCLE, OTHER, RUTH, MIRA = (UUID(int=number) for number in range(4))


def wrote(hours: int, *, client: bool = True, conversation: UUID = CIRCLE) -> Written:
    author = RUTH if client else MIRA
    return Written(ConversationId(conversation), PersonId(author), NINE + timedelta(hours=hours), client)


def test_a_wait_begins_with_the_first_letter_and_ends_with_the_answer() -> None:
    first, added, answer, again = wrote(0), wrote(2), wrote(30, client=False), wrote(40)
    elsewhere = wrote(1, conversation=OTHER)
    found = list(answers([first, added, answer, again, elsewhere]))
    assert set(map(str, found)) == {
        str(one)
        for one in (
            Letter(added),
            Letter(answer),
            Letter(first, answer.at),
            Letter(again),
            Letter(elsewhere),
        )
    }


def test_months_are_those_of_the_calendar_also_over_the_new_year() -> None:
    found = months_before(date(2027, 2, 28))
    assert (found[0], found[1], found[2], found[-1]) == (
        date(2027, 2, 1),
        date(2027, 1, 1),
        date(2026, 12, 1),
        date(2026, 3, 1),
    )


@pytest.mark.parametrize("state", SessionState)
def test_what_is_still_to_come_is_not_counted(state: SessionState) -> None:
    took = Took(ConversationId(CIRCLE), NINE, state, late=True)
    assert (
        became(took)
        == {
            SessionState.BOOKED: "",
            SessionState.LIVE: "held",
            SessionState.ENDED: "held",
            SessionState.MISSED: "missed",
            SessionState.CANCELLED: "cancelled_late",
        }[state]
    )


async def letter(cast: Cast, who: str, conversation: str, hours: float, now: datetime | None = None) -> None:
    """Written so many hours before now."""
    office = office_at(cast.office, (now or cast.office.clock()) - timedelta(hours=hours))
    held, circle = await cast.enter(who, conversation, Deed.WRITE)
    await write_letter(office, held, circle, Handed(uuid4(), f"A letter of {who}."))


async def test_a_practice_is_counted_and_what_few_wrote_is_not_shown(cast: Cast) -> None:
    # In the middle of a month, and in the past for every clock.
    now = datetime(2026, 10, 18, 12, tzinfo=UTC)
    for name in ("ruth", "linden", "omar"):
        await letter(cast, name, name, 30, now)
    await letter(cast, "mira", "ruth", 2, now)
    (month, *_) = await statistics_of(office_at(cast.office, now), cast["nour"])
    assert month.letters.whole is None
    assert dict(month.letters.parts) == dict.fromkeys(LETTERS)
    assert (month.sent.whole, month.hours, month.sessions.whole) == (None, None, 0)
    for who in ("mira", "ruth"):
        for act in (statistics_of, overdue_of, mail_health, flush_own):
            with pytest.raises(NotFound):
                await act(cast.office, cast[who])


async def test_who_is_late_is_told_by_number_and_day(cast: Cast) -> None:
    await letter(cast, "ruth", "ruth", 24 * 30)
    await letter(cast, "omar", "omar", 24 * 20)
    await letter(cast, "linden", "linden", 1)
    late = await overdue_of(cast.office, cast["nour"])
    assert {(one.clinician.name, one.count) for one in late} == {("Dr Mira", 1), ("Eli", 1)}
    assert late[0].since < late[1].since < cast.office.clock()


async def test_mail_is_counted_by_provider_and_tried_at_once(cast: Cast) -> None:
    await letter(cast, "mira", "ruth", 1)
    found = await mail_health(cast.office, cast["nour"])
    assert [(one.domain, one.state, one.count) for one in found.queue] == [("mail.example", "owed", 1)]
    assert (found.held, found.unarrived, found.cut) == (0, 0, False)
    assert await flush_own(cast.office, cast["nour"]) >= 0
